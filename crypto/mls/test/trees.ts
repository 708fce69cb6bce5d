// Trees as a malicious member describes them: any nodes in any places, in a GroupInfo whose tree hash and signature fit them.
import type { Bytes } from '../../bytes.ts';
import { encode, type Codec, type Writer } from '../codec.ts';
import { extensionTypes } from '../extension.ts';
import { signGroupInfo, type GroupInfo } from '../group-info.ts';
import { leafNode, type LeafNode } from '../leaf-node.ts';
import { parentNode, RatchetTree, type ParentNode } from '../ratchet-tree.ts';
import type { GroupState } from '../state.ts';
import { treeHash } from '../tree-hash.ts';
import { describeGroup } from '../index.ts';
import { suite } from './people.ts';

export type Node = LeafNode | ParentNode | undefined;

const nodeOnWire: Codec<Node> = {
  write: (to, node) => {
    to.uint(node === undefined ? 0 : 1, 1);
    if (node === undefined) return;
    to.uint('source' in node ? 1 : 2, 1);
    if ('source' in node) leafNode.write(to, node);
    else parentNode.write(to, node);
  },
  read: () => {
    throw new TypeError('only written');
  },
};

/** `optional<Node> ratchet_tree<V>` of any nodes. */
export function encodeNodes(nodes: readonly Node[]): Bytes {
  return encode(
    {
      write: (to: Writer, all: readonly Node[]) => {
        const inner = all.map((node) => encode(nodeOnWire, node));
        to.length(inner.reduce((sum, { length }) => sum + length, 0));
        for (const bytes of inner) to.raw(bytes);
      },
      read: () => [],
    },
    nodes,
  );
}

/** A GroupInfo by `signer` with these nodes; the tree hash is theirs where they make a tree. */
export function infoWithNodes(signer: GroupState, nodes: readonly Node[], hash?: Bytes): GroupInfo {
  const { signature: _, ...content } = describeGroup(signer, { isJoinable: true, hasTree: true });
  const extensions = content.extensions.map((one) =>
    one.type === extensionTypes.ratchetTree ? { ...one, data: encodeNodes(nodes) } : one,
  );
  const groupContext = {
    ...content.groupContext,
    treeHash: hash ?? hashOf(nodes) ?? content.groupContext.treeHash,
  };
  return signGroupInfo(suite, { ...content, groupContext, extensions }, signer.signaturePrivateKey);
}

function hashOf(nodes: readonly Node[]): Bytes | undefined {
  try {
    return treeHash(suite, RatchetTree.fromNodes(nodes));
  } catch {
    return undefined; // no tree at all: the refusal comes before the hash
  }
}
