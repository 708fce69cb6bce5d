// Ratchet trees that Mal, a member with every key of the group, puts into a GroupInfo for a joiner (protocol.md C2–C4, C10). Their hash
// is the one that Mal signs, their parent hashes hold and their leaves sign for themselves, except where a test says so.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { suiteX25519 as suite } from '../mls/index.ts';
import type { GroupInfo } from '../mls/group-info.ts';
import type { LeafContent } from '../mls/leaf-node.ts';
import type { RatchetTree } from '../mls/ratchet-tree.ts';
import { again, Call, person, refused, rosterOf, type Person } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { capabilities } from './new-leaf.ts';
import { engine } from './index.ts';
import { people } from './test/attack.ts';
import { flatTree, forgeInfo, forgeTree, groupInfoOf, treeWithLeaf } from './test/forge-info.ts';
import { mlsOf } from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
const dan = await person('dan');
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd, dan);
});
afterEach(async () => {
  await call.join(cyd);
  expect(await call.views()).toHaveLength(1);
});

const honest = (): GroupInfo => groupInfoOf(call.context, call.epoch, call.groupInfo);
const malTree = (): RatchetTree => mlsOf(call.state(mal)).tree.clone();
const info = (tree: RatchetTree): Bytes => forgeTree(call.state(mal), honest(), tree);

function joining(groupInfo: Bytes): Promise<unknown> {
  return engine.join(call.context, cyd, call.epoch, groupInfo, call.isMember);
}

async function cydRefuses(tree: RatchetTree, code: CryptoErrorCode): Promise<void> {
  await expect(joining(info(tree))).rejects.toMatchObject(refused(code));
}

/** A tree whose leaf 0 is changed and signed by a key that Mal has; `of` gives its credential for that key. */
async function withLeaf(
  changes: Partial<LeafContent>,
  of: (leafKey: Bytes) => Promise<Bytes> = honestDan,
): Promise<RatchetTree> {
  const { publicKey: signatureKey, privateKey: signer } = suite.signature.generateKeyPair();
  const credential = { type: 'basic', identity: await of(signatureKey) } as const;
  const all = { signatureKey, credential, ...changes };
  return treeWithLeaf(call.state(mal), { index: 0, changes: all, signer });
}

/** Dan's, who is a member and not in the call. */
function honestDan(leafKey: Bytes): Promise<Bytes> {
  return createCredential(dan, { context: call.context, leafKey });
}

describe('a tree', () => {
  it('[C3] forged by these tests without a change is taken, so that what follows fails for its reason', async () => {
    await expect(joining(info(flatTree(call.state(mal))))).resolves.toMatchObject({ kind: 'commit' });
    await expect(joining(info(await withLeaf({})))).resolves.toMatchObject({ kind: 'commit' });
  });

  it('[C3] may not hold a ghost: an identity that is not a member', async () => {
    const among = (roster: readonly Person[]): Promise<unknown> =>
      engine.join(call.context, cyd, call.epoch, call.groupInfo, rosterOf(...roster));
    await expect(among([ada, ben, cyd])).rejects.toMatchObject(refused('not_member'));
    await expect(among([ada, ben, mal, cyd])).resolves.toMatchObject({ kind: 'commit' });
  });

  it('[C3] may not hold an identity, LiveKit identity, signature key or encryption key twice', async () => {
    const bens = malTree().leafOrThrow(1);
    const named = (who: Person) => (leafKey: Bytes) =>
      createCredential(who, { context: call.context, leafKey });
    await cydRefuses(await withLeaf({}, named(again(ben))), 'duplicate_leaf');
    await cydRefuses(await withLeaf({}, named({ ...dan, livekitIdentity: 'ben-1' })), 'duplicate_leaf');
    await cydRefuses(await withLeaf({ encryptionKey: bens.encryptionKey }), 'duplicate_leaf');
    const { signaturePrivateKey: signer } = mlsOf(call.state(mal));
    const signatureKey = suite.signature.publicKeyOf(signer);
    const credential = { type: 'basic', identity: await honestDan(signatureKey) } as const;
    const changes = { signatureKey, credential };
    await cydRefuses(treeWithLeaf(call.state(mal), { index: 0, changes, signer }), 'duplicate_leaf');
    const twice = malTree();
    twice.setParent(twice.root, { ...twice.parent(twice.root)!, encryptionKey: bens.encryptionKey });
    await cydRefuses(twice, 'duplicate_leaf');
  });

  it('[C2] may not hold a credential for another leaf key, call or group', async () => {
    const wrong: ((leafKey: Bytes) => Promise<Bytes>)[] = [
      () => createCredential(ada, { context: call.context, leafKey: random(32) }),
      (leafKey) => createCredential(ada, { context: { ...call.context, callId: random(16) }, leafKey }),
      (leafKey) => createCredential(ada, { context: { ...call.context, groupId: random(16) }, leafKey }),
    ];
    for (const of of wrong) await cydRefuses(await withLeaf({}, of), 'bad_credential');
  });

  it('[C2] may not hold a certificate or bytes that are no credential', async () => {
    const certificate = { type: 'x509', certificates: [{ data: random(9) }] } as const;
    await cydRefuses(await withLeaf({ credential: certificate }), 'unsupported');
    await cydRefuses(await withLeaf({}, () => Promise.resolve(random(104))), 'malformed');
  });

  it('[C3] may not hold a leaf whose own signature does not verify', async () => {
    const { publicKey: signatureKey } = suite.signature.generateKeyPair();
    const credential = { type: 'basic', identity: await honestDan(signatureKey) } as const;
    const changes = { signatureKey, credential };
    const other = treeWithLeaf(call.state(mal), { index: 0, changes, signer: random(32) });
    await cydRefuses(other, 'bad_signature');
    const moved = flatTree(call.state(mal));
    const bens = moved.leafOrThrow(1);
    moved.removeLeaf(1);
    moved.setLeaf(3, bens);
    await cydRefuses(moved, 'bad_signature');
  });

  it('[C4] may not hold leaves with extensions, without the suite, or of an Update', async () => {
    const unknown = [{ type: 0xf00d, data: random(1) }];
    await cydRefuses(await withLeaf({ extensions: [{ type: 1, data: random(1) }] }), 'not_allowed');
    await cydRefuses(await withLeaf({ extensions: unknown }), 'unsupported');
    const listed = { ...capabilities, extensions: [0xf00d] };
    await cydRefuses(await withLeaf({ extensions: unknown, capabilities: listed }), 'not_allowed');
    for (const less of [{ cipherSuites: [] }, { versions: [] }, { credentials: [] }]) {
      await cydRefuses(await withLeaf({ capabilities: { ...capabilities, ...less } }), 'unsupported');
    }
    await cydRefuses(await withLeaf({ source: { kind: 'update' } }), 'not_allowed');
  });

  it('[C4] may hold a leaf of a key package, of any lifetime: crypto has no clock', async () => {
    const tree = await withLeaf({
      source: { kind: 'key_package', lifetime: { notBefore: 0n, notAfter: 1n } },
    });
    await expect(joining(info(tree))).resolves.toMatchObject({ kind: 'commit' });
  });

  it('[C10] may not hold keys of another size or of small order', async () => {
    for (const encryptionKey of [random(31), new Uint8Array(0), new Uint8Array(32)]) {
      await cydRefuses(await withLeaf({ encryptionKey }), 'malformed');
      const tree = malTree();
      tree.setParent(tree.root, { ...tree.parent(tree.root)!, encryptionKey });
      await cydRefuses(tree, 'malformed');
    }
    for (const signatureKey of [random(31), new Uint8Array(32).fill(0xff)]) {
      await cydRefuses(await withLeaf({ signatureKey }), 'malformed');
    }
  });

  it('[C4] must have the hash that the group context names, and parent hashes that hold', async () => {
    const { groupContext } = honest();
    for (const treeHash of [random(32), new Uint8Array(0)]) {
      const other = forgeInfo(call.state(mal), honest(), { groupContext: { ...groupContext, treeHash } });
      await expect(joining(other)).rejects.toMatchObject(refused('bad_commit'));
    }
    const rekeyed = malTree();
    const root = rekeyed.parent(rekeyed.root)!;
    rekeyed.setParent(rekeyed.root, { ...root, encryptionKey: suite.kem.publicKeyOf(random(32)) });
    await cydRefuses(rekeyed, 'bad_commit');
    const rehashed = malTree();
    rehashed.setParent(rehashed.root, { ...root, parentHash: random(32) });
    await cydRefuses(rehashed, 'bad_commit');
    const without = malTree();
    without.setLeaf(0, (await withLeaf({})).leafOrThrow(0));
    await cydRefuses(without, 'bad_commit');
  });
});
