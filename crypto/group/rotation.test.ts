// G13, G14: a new secret reaches exactly who stays, and nobody can slip in another one.
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { x25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { random, toHex, utf8, type Bytes } from '../bytes.ts';
import { createInboxKey, type StoredInboxKey } from '../identity/index.ts';
import { createGroupSecret, deriveGroupKeys, encodeInvite, decodeInvite } from '../invite/index.ts';
import { mutations } from '../test/fuzz.ts';
import { atMs, departure, forge, grow, policy, refusalOf, removal, role } from '../test/history.ts';
import { person } from '../test/people.ts';
import {
  groupAt,
  listed,
  personNamed,
  rotatedBy,
  verified,
  type Person,
  type RotatingGroup,
} from '../test/rotating.ts';
import { foldHistory } from './history/index.ts';
import { openFromInbox, sealToInbox } from './inbox.ts';
import { openRotation, openSeals, rotate, signChange, type MemberShare, type Rotation } from './index.ts';

const [ada, ben, cyd] = (await Promise.all(
  ['Ada', 'Ben', 'Cyd'].map(async (name) => personNamed(name, await person())),
)) as [Person, Person, Person];
const first = await groupAt(ada, ben, cyd);
const second = await rotatedBy(ada.identity, first);

function shareOf({ rotation }: { readonly rotation: Rotation }, of: Person): MemberShare {
  return rotation.shares.find(({ identity }) => identity === of.identity.publicKey)!;
}

const opened = (group: RotatingGroup, of: Person, sealed: Bytes): ReturnType<typeof openRotation> =>
  openRotation(group.state, { identity: of.identity.publicKey, inboxKey: of.inboxKey }, sealed);

describe('a rotation', () => {
  it('[G13] gives every member the new secret, and the link of now carries it', async () => {
    for (const one of [ada, ben, cyd]) {
      const { sealedSecret } = shareOf(second, one);
      expect(sealedSecret).toHaveLength(81);
      expect(await opened(second, one, sealedSecret)).toEqual(second.secret);
    }
    expect(second.secret.version).toBe(2);
    expect(toHex(second.state.doorHash!)).toBe(toHex(sha256(deriveGroupKeys(second.secret).door)));
    expect(decodeInvite(encodeInvite(second.secret))).toEqual(second.secret);
    const third = await rotatedBy(ada.identity, second);
    expect(await opened(third, cyd, shareOf(third, cyd).sealedSecret)).toEqual(third.secret);
  });

  it('[G13] gives nothing to who was removed, left or was never admitted', async () => {
    const removed = await rotatedBy(ada.identity, second, removal(cyd.identity));
    const { state } = await grow(second.state, [cyd.identity, departure]);
    const left = await rotatedBy(ada.identity, { ...second, state });
    const approval = policy({ admission: 'approval' }, [ben.identity]);
    const { members } = await verified(second);
    const asked = await grow(second.state, [ada.identity, approval]);
    const unadmitted = await rotate(asked.state, { secret: second.secret, members });
    for (const { shares } of [removed.rotation, left.rotation, unadmitted]) {
      expect(shares.map(({ identity }) => identity)).toEqual([
        ada.identity.publicKey,
        ben.identity.publicKey,
      ]);
    }
    for (const { sealedSecret } of removed.rotation.shares) {
      expect(await refusalOf(opened(removed, cyd, sealedSecret))).toBe('not_opened');
    }
  });

  it('[G13] does not take a secret that the service slips in, sealed correctly', async () => {
    const slipped = { ...createGroupSecret(first.secret.groupId), version: 2 };
    const info = infoOf(slipped.groupId, 2, ben);
    const sealed = await sealToInbox(ben.inboxKey.publicKey, { info, text: slipped.secret });
    expect(await refusalOf(opened(second, ben, sealed))).toBe('wrong_secret');
    const genuine = await sealToInbox(ben.inboxKey.publicKey, { info, text: second.secret.secret });
    expect(await opened(second, ben, genuine)).toEqual(second.secret);
    const short = await sealToInbox(ben.inboxKey.publicKey, { info, text: second.secret.secret.slice(1) });
    expect(await refusalOf(opened(second, ben, short))).toBe('malformed');
  });

  it('[G13] has no share before the first rotation: the first secret comes by the link', async () => {
    const info = infoOf(first.secret.groupId, 1, ben);
    const sealed = await sealToInbox(ben.inboxKey.publicKey, { info, text: random(32) });
    expect(await refusalOf(opened(first, ben, sealed))).toBe('wrong_secret');
  });

  it('[G13] has shares that open for one member, version and group only', async () => {
    const third = await rotatedBy(ada.identity, second);
    const { sealedSecret } = shareOf(second, ben);
    expect(await refusalOf(opened(second, cyd, sealedSecret))).toBe('not_opened');
    expect(await refusalOf(opened(third, ben, sealedSecret))).toBe('not_opened');
    const asCyd = { identity: cyd.identity.publicKey, inboxKey: ben.inboxKey };
    expect(await refusalOf(openRotation(second.state, asCyd, sealedSecret))).toBe('not_opened');
    const elsewhere = await rotatedBy(ada.identity, await groupAt(ada, ben));
    expect(await refusalOf(opened(elsewhere, ben, sealedSecret))).toBe('not_opened');
  });

  it('[G13] has shares that are refused with any bit changed, cut or prolonged', async () => {
    const { sealedSecret } = shareOf(second, ben);
    for (const bytes of mutations(sealedSecret)) {
      // X25519 ignores the top bit of a public key, so that of the KEM output is bound by the KEM's context instead.
      expect(['not_opened', 'malformed']).toContain(await refusalOf(opened(second, ben, bytes)));
    }
  });

  it('[G13] is made by who may, from the secret in force', async () => {
    const { members } = await verified(first);
    const made = await rotate(first.state, { secret: first.secret, members });
    const signing = signChange(ben.identity, first.state, { action: made.action, atMs });
    expect(await refusalOf(signing)).toBe('not_allowed');
    const forged = await forge(first.state, [ben.identity, made.action]);
    expect(await refusalOf(foldHistory(first.state, forged))).toBe('not_allowed');
    const { state } = await grow(first.state, [ada.identity, role(ben.identity, 'admin')]);
    await signChange(ben.identity, state, { action: made.action, atMs });
    expect(await refusalOf(rotate(second.state, { secret: first.secret, members }))).toBe('wrong_version');
    const other = { ...createGroupSecret(first.secret.groupId), version: 2 };
    expect(await refusalOf(rotate(second.state, { secret: other, members }))).toBe('wrong_secret');
  });

  it('[G13] with a removal admits nobody by the old link, whose door it does not open', async () => {
    const group = await rotatedBy(ada.identity, second, removal(cyd.identity));
    const oldDoor = deriveGroupKeys(second.secret).door;
    expect(toHex(sha256(oldDoor))).not.toBe(toHex(group.state.doorHash!));
    const sybil = await personNamed('Cyd again', await person());
    const list = [...group.list, await listed(second.secret, sybil)];
    const verdict = await verified(group, list);
    expect(verdict.members.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
    expect(verdict.refused).toMatchObject([{ code: 'bad_mac' }]);
  });
});

describe('a sealed box', () => {
  const theirs = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const [info, text] = [utf8('an info'), random(32)];

  it.each([{ fallback: false }, { fallback: true }])(
    '[G13] is HPKE by another implementation too, with a key that is kept as fallback: $fallback',
    async ({ fallback }) => {
      const { publicKey, stored } = await createInboxKey({ fallback });
      const recipientPublicKey = await theirs.kem.deserializePublicKey(publicKey.buffer);
      const sealed = await theirs.seal({ recipientPublicKey, info: info.buffer }, text.buffer);
      const box = new Uint8Array([1, ...new Uint8Array(sealed.enc), ...new Uint8Array(sealed.ct)]);
      expect(toHex(await openFromInbox(stored, { info, box }))).toBe(toHex(text));

      const pair = x25519.keygen();
      const mine = await sealToInbox(pair.publicKey, { info, text }, { fallback });
      const recipientKey = await theirs.kem.importKey('raw', new Uint8Array(pair.secretKey).buffer, false);
      const recipient = { recipientKey, enc: mine.slice(1, 33).buffer, info: info.buffer };
      expect(toHex(new Uint8Array(await theirs.open(recipient, mine.slice(33).buffer)))).toBe(toHex(text));
    },
  );

  it('[G13] is sealed to and opened from no key of small order, and never the same twice', async () => {
    const { publicKey, stored } = await createInboxKey();
    expect(await refusalOf(sealToInbox(new Uint8Array(32), { info, text }))).toBe('malformed');
    const box = await sealToInbox(publicKey, { info, text });
    const weak = box.slice();
    weak.fill(0, 1, 33);
    expect(await refusalOf(openFromInbox(stored, { info, box: weak }))).toBe('malformed');
    expect(toHex(await sealToInbox(publicKey, { info, text }))).not.toBe(toHex(box));
  });

  it('[G13] opens with its own key only', async () => {
    const { publicKey } = await createInboxKey();
    const others: StoredInboxKey[] = [
      (await createInboxKey()).stored,
      (await createInboxKey({ fallback: true })).stored,
    ];
    const box = await sealToInbox(publicKey, { info, text });
    for (const stored of others)
      expect(await refusalOf(openFromInbox(stored, { info, box }))).toBe('not_opened');
  });
});

describe('earlier keys', () => {
  it('[G14] open from the secret in force down, each from the next', async () => {
    const third = await rotatedBy(ada.identity, second);
    expect(third.rotation.previousSeal).toHaveLength(137);
    const seals = openSeals(third.secret, third.previousSeals);
    expect([...seals.keys()]).toEqual([3, 2, 1]);
    for (const { secret } of [first, second, third]) {
      const { seal, handshake, media } = deriveGroupKeys(secret);
      expect(seals.get(secret.version)).toEqual({ seal, handshake, media });
    }
  });

  it('[G14] are not to be had from an older secret, or one of another group', async () => {
    const third = await rotatedBy(ada.identity, second, removal(cyd.identity));
    expect([...openSeals(second.secret, third.previousSeals).keys()]).toEqual([2, 1]);
    const guessed = { ...createGroupSecret(first.secret.groupId), version: 3 };
    expect([...openSeals(guessed, third.previousSeals).keys()]).toEqual([3]);
    const elsewhere = { ...third.secret, groupId: random(16) };
    expect([...openSeals(elsewhere, third.previousSeals).keys()]).toEqual([3]);
  });

  it('[G14] end where one is missing, moved or changed', async () => {
    const third = await rotatedBy(ada.identity, second);
    const [two, one] = [third.previousSeals.get(2)!, third.previousSeals.get(1)!];
    const keys = (seals: ReadonlyMap<number, Bytes>): number[] => [...openSeals(third.secret, seals).keys()];
    expect(keys(new Map([[1, one]]))).toEqual([3]);
    expect(keys(new Map([[2, two]]))).toEqual([3, 2]);
    expect(
      keys(
        new Map([
          [2, one],
          [1, two],
        ]),
      ),
    ).toEqual([3]);
    for (const bytes of mutations(two)) expect(keys(new Map([[2, bytes]]))).toEqual([3]);
  });

  it('[G14] let a member of after a rotation read the names of before', async () => {
    const dan = await personNamed('Dan', await person());
    const group = { ...second, list: [...second.list, await listed(second.secret, dan)] };
    const { members } = await verified(group);
    expect(members.map(({ name }) => name)).toEqual(['Ada', 'Ben', 'Cyd', 'Dan']);
  });
});

/** G13, by hand. */
function infoOf(groupId: Bytes, version: number, of: Person): Bytes {
  const label = utf8('Aparté/1 rotation');
  return new Uint8Array([0, label.length, ...label, ...groupId, 0, 0, 0, version, ...of.identity.publicKey]);
}
