// People for the service's tests: real Ed25519 keys, and the signed statements that a client would send. Made with
// WebCrypto here and not with `crypto/identity`, which the service must not be able to import.
import { createHash, randomBytes, type webcrypto } from 'node:crypto';
import { fromBase64url, toBase64url, utf8, concat, type Bytes } from '../../crypto/bytes.ts';
import {
  memberStatement,
  profileHash,
  profileStatement,
  sessionStatement,
} from '../../crypto/identity/statements.ts';
import { createGroupId } from '../../crypto/invite/group-id.ts';

export interface Person {
  readonly name: string;
  /** base64url. */
  readonly identity: string;
  sign(statement: Bytes): Promise<string>;
  token: string;
}

export async function createPerson(name: string): Promise<Person> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    name,
    identity: toBase64url(publicKey),
    token: '',
    async sign(statement) {
      return toBase64url(new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, statement)));
    },
  };
}

export function randomText(length: number): string {
  return randomBytes(length).toString('base64url');
}

/** A group as its owner knows it before the service does. */
export interface Draft {
  readonly groupId: string;
  readonly nonce: string;
  readonly secretVersion: number;
  readonly door: string;
  readonly sealedName: string;
}

export function draftGroup(owner: Person): Draft {
  const nonce = randomBytes(16);
  const groupId = createGroupId(fromBase64url(owner.identity), new Uint8Array(nonce));
  return {
    groupId: toBase64url(groupId),
    nonce: nonce.toString('base64url'),
    secretVersion: 1,
    door: randomText(32),
    sealedName: sealedName(`group of ${owner.name}`),
  };
}

/** Looks like sealed text (G7); the service cannot tell, and must not be able to. */
export function sealedName(seed: string): string {
  return toBase64url(concat(new Uint8Array([1]), createHash('sha512').update(utf8(seed)).digest()));
}

export interface MemberRecordDraft {
  readonly identity: string;
  readonly inboxKey: string;
  readonly mac: string;
  readonly signature: string;
  readonly sealedName: string;
  readonly profile: ProfileDraft['profile'];
}

/** What `PUT …/profile` takes. */
export interface ProfileDraft {
  readonly sealedName: string;
  readonly nameVersion: number;
  readonly profile: { readonly revision: number; readonly sealedFace: string; readonly signature: string };
  readonly picture?: string | null;
}

/** How somebody is called and looks, signed. */
export async function profileOf(
  person: Person,
  group: Pick<Draft, 'groupId' | 'secretVersion'>,
  given: { readonly name?: string; readonly revision?: number } = {},
): Promise<ProfileDraft> {
  const { name = person.name, revision = 1 } = given;
  const [sealed, sealedFace] = [sealedName(name), randomText(106)];
  const statement = profileStatement({
    groupId: fromBase64url(group.groupId),
    identity: fromBase64url(person.identity),
    revision,
    secretVersion: group.secretVersion,
    hash: profileHash(fromBase64url(sealed), fromBase64url(sealedFace)),
  });
  const profile = { revision, sealedFace, signature: await person.sign(statement) };
  return { sealedName: sealed, nameVersion: group.secretVersion, profile };
}

export async function memberRecord(
  person: Person,
  group: Pick<Draft, 'groupId' | 'secretVersion'>,
): Promise<MemberRecordDraft> {
  const inboxKey = randomText(32);
  const mac = randomText(32);
  const statement = memberStatement({
    groupId: fromBase64url(group.groupId),
    secretVersion: group.secretVersion,
    identity: fromBase64url(person.identity),
    inboxKey: fromBase64url(inboxKey),
    mac: fromBase64url(mac),
  });
  const { sealedName, profile } = await profileOf(person, group);
  return {
    identity: person.identity,
    inboxKey,
    mac,
    signature: await person.sign(statement),
    sealedName,
    profile,
  };
}

export async function sessionProof(person: Person, audience: string, challenge: string): Promise<string> {
  return person.sign(sessionStatement(audience, fromBase64url(challenge)));
}
