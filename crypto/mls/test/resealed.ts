// Mutants that get deep: after a change everything above it is computed anew with real keys — signatures, tags, tree hashes, seals — so that
// the outer checks pass and the rule under the change has to refuse it.
import { random, type Bytes } from '../../bytes.ts';
import { decode, encode } from '../codec.ts';
import { protect } from '../create-commit.ts';
import { extensionTypes } from '../extension.ts';
import {
  decodeMessage,
  encodeMessage,
  signContent,
  type FramedContent,
  type WireFormat,
} from '../framing.ts';
import { signKeyPackage } from '../key-package.ts';
import { signLeafNode } from '../leaf-node.ts';
import { ratchetTree, RatchetTree } from '../ratchet-tree.ts';
import { storeState } from '../stored-state.ts';
import type { GroupState } from '../state.ts';
import type { UpdatePath } from '../update-path.ts';
import { forgeCommit } from './forge.ts';
import type { Parts } from './grammar.ts';
import { mutated } from './grammar.ts';
import { suite, type Person } from './people.ts';
import type { Scenario } from './scenario.ts';
import type { Choices } from './seeded.ts';
import { infoWithNodes } from './trees.ts';
import { openWelcome, resign, sealWelcome } from './welcomes.ts';
import { welcomeIn } from './group.ts';

export interface Making {
  readonly scenario: Scenario;
  readonly parts: Parts;
  readonly choices: Choices;
}

/** What Mal says, changed, signed by Mal, tagged or encrypted. The confirmation tag of a commit stays the old one. */
export function resaidMessage({ scenario, parts, choices }: Making): Bytes {
  const { mal } = scenario;
  const said = scenario.messages.flatMap((bytes) => {
    const message = decodeMessage(bytes);
    return message.wireFormat === 'public_message' ? [message.publicMessage] : [];
  });
  const { framed, auth } = choices.pick(said);
  const sender = { kind: 'member', leafIndex: mal.ownLeaf } as const;
  const content = choices.oneIn(3) ? resignedLeaf(framed, mal) : framed;
  const other: FramedContent = { ...mutated({ ...content, sender }, parts, choices), sender };
  const wireFormat: WireFormat = choices.pick(['public_message', 'private_message']);
  const signature = signContent(
    suite,
    { wireFormat, framed: other, context: mal.context },
    mal.signaturePrivateKey,
  );
  const isCommit = other.content.type === 'commit';
  const tag = isCommit ? { confirmationTag: auth.confirmationTag ?? random(suite.hashBytes) } : {};
  return protect(mal, { wireFormat, framed: other, auth: { signature, ...tag } }).message;
}

/** A commit's path leaf, signed by Mal for Mal's place. */
function resignedLeaf(framed: FramedContent, mal: GroupState): FramedContent {
  if (framed.content.type !== 'commit' || framed.content.commit.path === undefined) return framed;
  const { commit } = framed.content;
  const path = commit.path as UpdatePath;
  const { signature: _, ...leaf } = {
    ...path.leafNode,
    signatureKey: mal.tree.leafOrThrow(mal.ownLeaf).signatureKey,
  };
  const by = {
    signaturePrivateKey: mal.signaturePrivateKey,
    place: { groupId: mal.context.groupId, leafIndex: mal.ownLeaf },
  };
  const leafNode = signLeafNode(suite, leaf, by);
  return { ...framed, content: { type: 'commit', commit: { ...commit, path: { ...path, leafNode } } } };
}

/** A commit whose parts are changed before what follows is computed from them: right tags over wrong content. */
export function forgedCommit({ scenario, parts, choices }: Making): Bytes {
  const some = Array.from({ length: choices.below(4) }, () => choices.pick(scenario.proposals));
  const proposals = choices.oneIn(2) ? some : mutated({ some }, parts, choices).some;
  const applied = choices.oneIn(3) ? { applied: [] } : {};
  return forgeCommit(scenario.mal, {
    ...{ proposals, ...applied, hasPath: !choices.oneIn(4) },
    wireFormat: choices.pick(['public_message', 'private_message']),
    leaf: (leaf) => (choices.oneIn(3) ? mutated(leaf, parts, choices) : leaf),
    nodes: (nodes) => (choices.oneIn(3) ? mutated({ nodes }, parts, choices).nodes : nodes),
    pathKeys: (keys) =>
      choices.oneIn(4) ? mutated({ encryptionKey: keys }, parts, choices).encryptionKey : keys,
  });
}

/** A key package, changed, its leaf and itself signed with the key that it names, if that is one of ours. */
export function resignedKeyPackage({ parts, choices }: Making, owner: Person, bytes: Bytes): Bytes {
  const message = decodeMessage(bytes);
  if (message.wireFormat !== 'key_package') throw new TypeError('not a key package');
  const { signature: _, leafNode, ...rest } = mutated(message.keyPackage, parts, choices);
  const { signature: __, ...content } = leafNode;
  const { privateKey, publicKey } = owner.signatureKeys;
  const place = { groupId: random(16), leafIndex: 5 };
  const signed = signLeafNode(
    suite,
    { ...content, signatureKey: publicKey },
    { signaturePrivateKey: privateKey, place },
  );
  const keyPackage = signKeyPackage(suite, { ...rest, leafNode: signed }, privateKey);
  return encodeMessage({ wireFormat: 'key_package', keyPackage });
}

/** A GroupInfo of Mal's, changed in itself or in its tree, whose hash is that of the tree. */
export function resignedGroupInfo({ scenario, parts, choices }: Making): Bytes {
  const { mal } = scenario;
  const nodes = mal.tree.toNodes();
  const info = infoWithNodes(mal, choices.oneIn(2) ? nodes : mutated({ nodes }, parts, choices).nodes);
  const groupInfo = choices.oneIn(2)
    ? info
    : resign(mutated(info, parts, choices), {}, mal.signaturePrivateKey);
  return encodeMessage({ wireFormat: 'group_info', groupInfo });
}

/** A Welcome, opened, changed inside and sealed again. */
export function resealedWelcome({ scenario, parts, choices }: Making): Bytes {
  const opened = openWelcome(welcomeIn(scenario.welcome), scenario.invited);
  const secrets = choices.oneIn(2) ? opened.secrets : mutated(opened.secrets, parts, choices);
  const tree = opened.info.extensions.find(({ type }) => type === extensionTypes.ratchetTree)?.data as Bytes;
  const nodes = decode(ratchetTree, tree).toNodes();
  const change = choices.oneIn(3)
    ? infoWithNodes(scenario.mal, mutated({ nodes }, parts, choices).nodes)
    : choices.oneIn(2)
      ? mutated(opened.info, parts, choices)
      : opened.info;
  const info = resign(opened.info, change, scenario.mal.signaturePrivateKey);
  return encodeMessage({ wireFormat: 'welcome', welcome: sealWelcome(scenario.invited, { secrets, info }) });
}

/** A stored state whose fields were changed. */
export function changedState({ parts, choices }: Making, state: GroupState): Bytes {
  const { suite: _, tree, ...fields } = state;
  const plain = mutated({ ...(toPlain(fields) as object), nodes: tree.toNodes() }, parts, choices);
  const { nodes, ...rest } = plain;
  const changed = { ...(fromPlain(rest) as Omit<GroupState, 'suite' | 'tree'>), suite };
  return storeState({ ...changed, tree: RatchetTree.fromNodes(nodes) });
}

/** Maps and trees as structs, for `mutated` to see into. */
function toPlain(value: unknown): unknown {
  if (value instanceof Map)
    return { entries: [...value].map(([key, one]) => ({ key: key as unknown, one: toPlain(one) })) };
  if (value instanceof RatchetTree) return { tree: encode(ratchetTree, value) };
  if (value instanceof Uint8Array || Array.isArray(value) || typeof value !== 'object' || value === null)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlain(one)]));
}

function fromPlain(value: unknown): unknown {
  if (value instanceof Uint8Array || Array.isArray(value) || typeof value !== 'object' || value === null)
    return value;
  if ('entries' in value) {
    const entries = value.entries as readonly { key: unknown; one: unknown }[];
    return new Map(entries.map(({ key, one }) => [key, fromPlain(one)]));
  }
  if ('tree' in value && value.tree instanceof Uint8Array)
    return decode(ratchetTree, new Uint8Array(value.tree));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fromPlain(one)]));
}
