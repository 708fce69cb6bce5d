// Credentials and the rules for leaves without any MLS engine (protocol.md C2, C3).
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { concat, random, toHex, uint, utf8, type Bytes } from '../bytes.ts';
import { again, newContext, person, refused, rosterOf, type Person } from '../test/call.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import { acceptNewLeaf, acceptTree, type Candidate } from './acceptable.ts';
import { createCredential, decodeCredential, encodeCredential, verifyCredential } from './credential.ts';

const [ada, ben, mal] = (await Promise.all(['ada', 'ben', 'mal'].map((name) => person(name)))) as [
  Person,
  Person,
  Person,
];
const context = newContext(ada);

async function candidate(who: Person, index: number, leafKey: Bytes = random(32)): Promise<Candidate> {
  const credential = await createCredential(who, { context, leafKey });
  return { index, credential, signatureKey: leafKey, encryptionKey: random(32) };
}

describe('a credential', () => {
  it('[C2] is version, identity, LiveKit identity and signature, and nothing else', async () => {
    const leafKey = random(32);
    const bytes = await createCredential(ada, { context, leafKey });
    const { identity, livekitIdentity, signature } = decodeCredential(bytes);
    expect(livekitIdentity).toBe('ada-1');
    expect(toHex(identity)).toBe(toHex(ada.identity.publicKey));
    expect(toHex(bytes)).toBe(
      toHex(concat(uint(1, 1), ada.identity.publicKey, uint(5, 2), utf8('ada-1'), signature)),
    );
    expect(toHex(encodeCredential({ identity, livekitIdentity, signature }))).toBe(toHex(bytes));
    await expect(verifyCredential(decodeCredential(bytes), { context, leafKey })).resolves.toBeUndefined();
  });

  it('[C2] is worth nothing after any change of a bit or length', async () => {
    const leafKey = random(32);
    const bytes = await createCredential(ada, { context, leafKey });
    for (const changed of mutations(bytes)) {
      const refusing = (async () => verifyCredential(decodeCredential(changed), { context, leafKey }))();
      await expect(refusing).rejects.toMatchObject({ name: 'CryptoError' });
    }
  });

  it('[C2] holds for its group, call and leaf key only', async () => {
    const leafKey = random(32);
    const credential = decodeCredential(await createCredential(ada, { context, leafKey }));
    const scopes = [
      { context, leafKey: random(32) },
      { context: { ...context, callId: random(16) }, leafKey },
      { context: { ...context, groupId: random(16) }, leafKey },
    ];
    for (const scope of scopes) {
      await expect(verifyCredential(credential, scope)).rejects.toMatchObject(refused('bad_credential'));
    }
  });

  it('[C2] refuses bytes that are none', () => {
    fc.assert(
      fc.property(anyBytes(0, 200), (bytes) => {
        expect(refusal(() => decodeCredential(bytes))).toBe('malformed');
      }),
    );
  });

  it('[C2] takes LiveKit identities of plain characters only', async () => {
    for (const livekitIdentity of ['', ' ', 'ada 1', 'ада', 'a'.repeat(65), 'a\u0000']) {
      const scope = { context, leafKey: random(32) };
      await expect(createCredential({ ...ada, livekitIdentity }, scope)).rejects.toBeInstanceOf(RangeError);
      const bytes = encodeCredential({ identity: random(32), livekitIdentity, signature: random(64) });
      expect(refusal(() => decodeCredential(bytes))).toBe('malformed');
    }
  });
});

describe('a tree of leaves', () => {
  it('[C3] is accepted with every leaf a verified member, once', async () => {
    const leaves = await acceptTree([await candidate(ada, 0), await candidate(ben, 2)], {
      context,
      isMember: rosterOf(ada, ben),
    });
    expect(leaves.map(({ index, livekitIdentity }) => [index, livekitIdentity])).toEqual([
      [0, 'ada-1'],
      [2, 'ben-1'],
    ]);
  });

  it('[C3] asks for every leaf, and only after its credential verified', async () => {
    const asked = vi.fn(() => Promise.resolve(true));
    const tree = [await candidate(ada, 0), await candidate(ben, 1)];
    await acceptTree(tree, { context, isMember: asked });
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mockClear();
    const stolen = { ...(await candidate(mal, 2)), credential: (await candidate(ada, 0)).credential };
    await expect(acceptNewLeaf(stolen, [], { context, isMember: asked })).rejects.toMatchObject(
      refused('bad_credential'),
    );
    expect(asked).not.toHaveBeenCalled();
  });

  it('[C3] refuses somebody who is not a member, in a tree and beside it', async () => {
    const rules = { context, isMember: rosterOf(ada, ben) };
    const [a, m] = [await candidate(ada, 0), await candidate(mal, 1)];
    await expect(acceptTree([a, m], rules)).rejects.toMatchObject(refused('not_member'));
    await expect(acceptNewLeaf(m, [a], rules)).rejects.toMatchObject(refused('not_member'));
  });

  it('[C3] refuses a second leaf of an identity, a key or a LiveKit identity', async () => {
    const rules = { context, isMember: () => true };
    const a = await candidate(ada, 0);
    const b = await candidate(ben, 1);
    const doubles = [
      await candidate(again(ada), 1),
      await candidate({ ...ben, livekitIdentity: 'ada-1' }, 1),
      await candidate(ben, 1, a.signatureKey),
      { ...b, encryptionKey: a.encryptionKey },
    ];
    for (const double of doubles) {
      await expect(acceptTree([a, double], rules)).rejects.toMatchObject(refused('duplicate_leaf'));
      await expect(acceptNewLeaf(double, [a], rules)).rejects.toMatchObject(refused('duplicate_leaf'));
    }
    await expect(acceptNewLeaf(b, [a], rules)).resolves.toMatchObject({ index: 1 });
  });
});
