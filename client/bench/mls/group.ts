// A group of any size as it is after so many external joins, without the messages: every leaf in turn puts its path into one tree,
// which is what joining leaves behind. Gives the state of any member of it. Only benchmarks know all private keys of a group.
import { random, utf8, type Bytes } from '../../../crypto/bytes.ts';
import { stateOf } from '../../../crypto/mls/epoch.ts';
import { confirmationTag, secretsFrom } from '../../../crypto/mls/key-schedule.ts';
import { suiteX25519 as suite, type GroupState } from '../../../crypto/mls/index.ts';
import { signLeafNode } from '../../../crypto/mls/leaf-node.ts';
import { RatchetTree } from '../../../crypto/mls/ratchet-tree.ts';
import { interimTranscriptHash } from '../../../crypto/mls/transcript.ts';
import { treeHash } from '../../../crypto/mls/tree-hash.ts';
import { createPath } from '../../../crypto/mls/treekem.ts';
import { directPath, nodeOf } from '../../../crypto/mls/tree-math.ts';

export const capabilities = {
  versions: [1],
  cipherSuites: [suite.id],
  extensions: [],
  proposals: [],
  credentials: [1],
};

/** A leaf's credential, as long as a call's. */
export function credentialOf(name: string): { type: 'basic'; identity: Bytes } {
  const identity = new Uint8Array(123);
  identity.set(utf8(name));
  return { type: 'basic', identity };
}

export interface Forged {
  /** The state of the member at a leaf. */
  member(index: number): GroupState;
}

export function forgeGroup(size: number): Forged {
  const groupId = random(20);
  const privateKeys = new Map<number, Bytes>();
  const signatureKeys: Bytes[] = [];
  let tree: RatchetTree | undefined;
  for (let index = 0; index < size; index++) {
    const { privateKey, publicKey } = suite.signature.generateKeyPair();
    signatureKeys.push(privateKey);
    const content = {
      signatureKey: publicKey,
      credential: credentialOf(`m${index}`),
      capabilities,
      extensions: [],
    };
    const standIn = signLeafNode(
      suite,
      { ...content, encryptionKey: publicKey, source: { kind: 'update' } },
      { signaturePrivateKey: privateKey, place: { groupId, leafIndex: index } },
    );
    if (tree === undefined) tree = RatchetTree.of(standIn);
    else tree.addLeaf(standIn);
    const path = createPath(suite, tree, {
      content,
      groupId,
      leafIndex: index,
      signaturePrivateKey: privateKey,
    });
    for (const [node, key] of path.privateKeys) privateKeys.set(node, key);
  }
  if (tree === undefined) throw new RangeError('size must be at least 1');
  return memberOf(tree, { groupId, privateKeys, signatureKeys });
}

function memberOf(
  tree: RatchetTree,
  group: { groupId: Bytes; privateKeys: ReadonlyMap<number, Bytes>; signatureKeys: readonly Bytes[] },
): Forged {
  const context = {
    ...{ version: 1, cipherSuite: suite.id, groupId: group.groupId, epoch: 1000n, extensions: [] },
    treeHash: treeHash(suite, tree),
    confirmedTranscriptHash: random(suite.hashBytes),
  };
  const epochSecret = random(suite.hashBytes);
  return {
    member(index) {
      const secrets = secretsFrom(suite, epochSecret);
      const tag = confirmationTag(suite, secrets, context.confirmedTranscriptHash);
      const interim = interimTranscriptHash(suite, context.confirmedTranscriptHash, tag);
      const known = [nodeOf(index), ...directPath(nodeOf(index), tree.leafCount)].filter(
        (node) => !tree.isBlank(node),
      );
      return stateOf(
        suite,
        { context, secrets, confirmationTag: tag, interimTranscriptHash: interim },
        {
          tree: tree.clone(),
          ownLeaf: index,
          privateKeys: new Map(known.map((node) => [node, (group.privateKeys.get(node) as Bytes).slice()])),
          signaturePrivateKey: (group.signatureKeys[index] as Bytes).slice(),
          past: undefined,
        },
      );
    },
  };
}
