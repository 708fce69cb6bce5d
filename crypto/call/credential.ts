// A leaf's credential (protocol.md C2): which identity stands behind a leaf key, for which group, call and LiveKit
// identity. The engine puts these bytes into MLS' basic credential; rules.ts decides with them who may have a leaf.
import { concat, fromUtf8, Reader, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { leafStatement, verify } from '../identity/index.ts';
import type { CallContext, Me } from './types.ts';

const version = 1;
const identityBytes = 32;
const signatureBytes = 64;
/** The service's are 22 characters (L1); this leaves room and keeps what is shown or compared to plain ASCII. */
const livekitIdentityPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** What a credential binds a leaf to. */
export interface CredentialScope {
  readonly context: Pick<CallContext, 'groupId' | 'callId'>;
  /** The leaf's Ed25519 signature key, 32 bytes. */
  readonly leafKey: Bytes;
}

/** A decoded credential; nothing in it is proven before `verifyCredential`. */
export interface Credential {
  /** 32 bytes. */
  readonly identity: Bytes;
  readonly livekitIdentity: string;
  /** 64 bytes, over the statement `leaf`. */
  readonly signature: Bytes;
}

/** The credential bytes of my own new leaf. Throws `RangeError` for a LiveKit identity that no reader would take. */
export async function createCredential(me: Me, scope: CredentialScope): Promise<Bytes> {
  if (!livekitIdentityPattern.test(me.livekitIdentity)) {
    throw new RangeError('livekitIdentity must be 1 to 64 characters of A–Z, a–z, 0–9, - and _');
  }
  const signature = await me.identity.sign(statementOf(scope, me.livekitIdentity));
  return encodeCredential({
    identity: me.identity.publicKey,
    livekitIdentity: me.livekitIdentity,
    signature,
  });
}

/** `u8(1) ‖ identity ‖ v16(LiveKit identity) ‖ signature`. */
export function encodeCredential(credential: Credential): Bytes {
  const name = utf8(credential.livekitIdentity);
  return concat(uint(version, 1), credential.identity, uint(name.length, 2), name, credential.signature);
}

/** The fields of credential bytes. Throws `CryptoError('malformed')` for anything but the one encoding. */
export function decodeCredential(bytes: Bytes): Credential {
  const reader = new Reader(bytes);
  if (reader.uint(1) !== version) throw new CryptoError('malformed', 'credential of another version');
  const identity = reader.take(identityBytes);
  const livekitIdentity = fromUtf8(reader.vector(2, 64));
  const signature = reader.take(signatureBytes);
  reader.end();
  if (!livekitIdentityPattern.test(livekitIdentity)) {
    throw new CryptoError('malformed', 'LiveKit identity with other characters');
  }
  return { identity, livekitIdentity, signature };
}

/** Throws `CryptoError('bad_credential')` unless the identity signed for this group, call, leaf key and LiveKit identity. */
export async function verifyCredential(credential: Credential, scope: CredentialScope): Promise<void> {
  const statement = statementOf(scope, credential.livekitIdentity);
  if (!(await verify(credential.identity, statement, credential.signature))) {
    throw new CryptoError('bad_credential', 'the identity did not sign for this leaf');
  }
}

function statementOf({ context, leafKey }: CredentialScope, livekitIdentity: string): Bytes {
  return leafStatement({ groupId: context.groupId, callId: context.callId, leafKey, livekitIdentity });
}
