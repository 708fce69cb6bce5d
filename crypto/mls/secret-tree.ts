// The secret tree and its ratchets (RFC 9420 §9): one key and nonce for every message of every sender. Tree in, new tree out: a key
// is gone from the new tree once it was taken, and a message that does not open leaves the old tree as it was. Every tree
// owns its bytes. Skipping is bounded: a sender may be ahead by `maxSkip` messages, and so many keys wait for late ones.
import { wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { deriveTreeSecret, expandWithLabel } from './labels.ts';
import type { AeadKeys, CipherSuite } from './suite.ts';
import {
  directPath,
  isLeafNode,
  left,
  nodeOf,
  right,
  root,
  type LeafIndex,
  type NodeIndex,
} from './tree-math.ts';

/** How far ahead of what was seen a generation may be, and how many unused keys a ratchet keeps. */
export const maxSkip = 256;

export type RatchetKind = 'handshake' | 'application';

interface Ratchet {
  /** Of the next key. */
  readonly generation: number;
  readonly secret: Bytes;
  /** Keys that were passed over, by generation, oldest first. */
  readonly skipped: ReadonlyMap<number, AeadKeys>;
}

export interface SecretTree {
  readonly leafCount: number;
  /** Secrets of subtrees from which nothing was taken yet. */
  readonly nodes: ReadonlyMap<NodeIndex, Bytes>;
  readonly ratchets: ReadonlyMap<LeafIndex, Readonly<Record<RatchetKind, Ratchet>>>;
}

/** Whose ratchet. */
export interface RatchetPlace {
  readonly leaf: LeafIndex;
  readonly kind: RatchetKind;
}

/** A key and nonce, and the tree without them. */
export interface Taken {
  readonly tree: SecretTree;
  readonly generation: number;
  readonly keys: AeadKeys;
}

/** The tree of an epoch. `encryptionSecret` is copied. */
export function createSecretTree(encryptionSecret: Bytes, leafCount: number): SecretTree {
  return { leafCount, nodes: new Map([[root(leafCount), encryptionSecret.slice()]]), ratchets: new Map() };
}

/** The next key of a ratchet, for sending. Throws `CryptoError('out_of_range')` at the last generation. */
export function takeNext(suite: CipherSuite, tree: SecretTree, place: RatchetPlace): Taken {
  const { ratchets } = withRatchets(suite, tree, place.leaf);
  return takeAt(suite, tree, { ...place, generation: ratchets[place.kind].generation });
}

/**
 * The key of one generation, for receiving. Throws `CryptoError`: `replayed` for a key that was taken or thrown away,
 * `out_of_range` for one too far ahead.
 */
export function takeAt(
  suite: CipherSuite,
  tree: SecretTree,
  given: RatchetPlace & { generation: number },
): Taken {
  const { leaf, kind, generation } = given;
  const { nodes, ratchets } = withRatchets(suite, tree, leaf);
  const ratchet = ratchets[kind];
  if (generation >= 2 ** 32 - 1 || generation > ratchet.generation + maxSkip) {
    throw new CryptoError('out_of_range', `generation ${generation} is too far ahead`);
  }
  const { next, keys } =
    generation < ratchet.generation ? late(ratchet, generation) : ahead(suite, ratchet, generation);
  const all = new Map(tree.ratchets).set(leaf, { ...ratchets, [kind]: next });
  return { tree: copySecretTree({ leafCount: tree.leafCount, nodes, ratchets: all }), generation, keys };
}

/** A tree with bytes of its own. */
export function copySecretTree({ leafCount, nodes, ratchets }: SecretTree): SecretTree {
  return {
    leafCount,
    nodes: new Map([...nodes].map(([node, secret]) => [node, secret.slice()])),
    ratchets: new Map(
      [...ratchets].map(([leaf, { handshake, application }]) => [
        leaf,
        { handshake: copyRatchet(handshake), application: copyRatchet(application) },
      ]),
    ),
  };
}

export function wipeSecretTree({ nodes, ratchets }: SecretTree): void {
  wipe(...nodes.values());
  for (const { handshake, application } of ratchets.values()) {
    for (const { secret, skipped } of [handshake, application]) {
      wipe(secret, ...[...skipped.values()].flatMap(({ key, nonce }) => [key, nonce]));
    }
  }
}

function copyRatchet({ generation, secret, skipped }: Ratchet): Ratchet {
  const copies = [...skipped].map(
    ([at, { key, nonce }]) => [at, { key: key.slice(), nonce: nonce.slice() }] as const,
  );
  return { generation, secret: secret.slice(), skipped: new Map(copies) };
}

function late(ratchet: Ratchet, generation: number): { next: Ratchet; keys: AeadKeys } {
  const found = ratchet.skipped.get(generation);
  if (found === undefined) throw new CryptoError('replayed', `the key of generation ${generation} is gone`);
  const skipped = new Map(ratchet.skipped);
  skipped.delete(generation);
  return { next: { ...ratchet, skipped }, keys: { key: found.key.slice(), nonce: found.nonce.slice() } };
}

function ahead(suite: CipherSuite, ratchet: Ratchet, wanted: number): { next: Ratchet; keys: AeadKeys } {
  const skipped = new Map(ratchet.skipped);
  let { secret } = ratchet;
  for (let generation = ratchet.generation; ; generation++) {
    const keys = keysFrom(suite, secret, generation);
    secret = deriveTreeSecret(suite, secret, { label: 'secret', generation, length: suite.hashBytes });
    if (generation === wanted) {
      const oldest = [...skipped.keys()].slice(0, Math.max(0, skipped.size - maxSkip));
      for (const old of oldest) skipped.delete(old);
      return { next: { generation: wanted + 1, secret, skipped }, keys };
    }
    skipped.set(generation, keys);
  }
}

function keysFrom(suite: CipherSuite, secret: Bytes, generation: number): AeadKeys {
  const { keyBytes, nonceBytes } = suite.aead;
  return {
    key: deriveTreeSecret(suite, secret, { label: 'key', generation, length: keyBytes }),
    nonce: deriveTreeSecret(suite, secret, { label: 'nonce', generation, length: nonceBytes }),
  };
}

type Ratchets = Readonly<Record<RatchetKind, Ratchet>>;

/** The ratchets of a leaf, derived from above where that was not done yet, and the node secrets that are left then. */
function withRatchets(
  suite: CipherSuite,
  tree: SecretTree,
  leaf: LeafIndex,
): { nodes: ReadonlyMap<NodeIndex, Bytes>; ratchets: Ratchets } {
  const known = tree.ratchets.get(leaf);
  if (known !== undefined) return { nodes: tree.nodes, ratchets: known };
  const node = nodeOf(leaf);
  if (!Number.isInteger(leaf) || leaf < 0 || leaf >= tree.leafCount) {
    throw new CryptoError('out_of_range', `no leaf ${leaf} in this epoch`);
  }
  const nodes = new Map(tree.nodes);
  const path = [node, ...directPath(node, tree.leafCount)].reverse();
  for (const at of path) {
    const secret = nodes.get(at);
    if (secret === undefined) continue;
    nodes.delete(at);
    if (isLeafNode(at))
      return {
        nodes,
        ratchets: {
          handshake: start(suite, secret, 'handshake'),
          application: start(suite, secret, 'application'),
        },
      };
    nodes.set(left(at), childSecret(suite, secret, 'left'));
    nodes.set(right(at), childSecret(suite, secret, 'right'));
  }
  throw new CryptoError('replayed', `the secrets of leaf ${leaf} are gone`);
}

function childSecret(suite: CipherSuite, secret: Bytes, side: 'left' | 'right'): Bytes {
  const context = new TextEncoder().encode(side);
  return expandWithLabel(suite, secret, { label: 'tree', context, length: suite.hashBytes });
}

function start(suite: CipherSuite, secret: Bytes, kind: RatchetKind): Ratchet {
  const context = new Uint8Array(0);
  const first = expandWithLabel(suite, secret, { label: kind, context, length: suite.hashBytes });
  return { generation: 0, secret: first, skipped: new Map() };
}
