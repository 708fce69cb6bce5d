// A state as bytes and back, in the notation of RFC 9420 (the format is ours). The bytes hold every secret of the epoch: whoever
// stores them encrypts them. Read back strictly: a state that does not fit together is refused.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  bytesOfKey,
  decode,
  encode,
  keyOf,
  opaque,
  optional,
  struct,
  u16,
  u32,
  vector,
  type Codec,
} from './codec.ts';
import { groupContext } from './group-context.ts';
import { proposal } from './proposal.ts';
import { ratchetTree } from './ratchet-tree.ts';
import type { SecretTree } from './secret-tree.ts';
import type { GroupState, KeptSecrets, PastEpoch } from './state.ts';
import { checkStored } from './stored-check.ts';
import type { AeadKeys, CipherSuite } from './suite.ts';

const version = 1;

const mapOf = <K, V>(key: Codec<K>, value: Codec<V>): Codec<ReadonlyMap<K, V>> => {
  const entries = vector(struct<{ key: K; value: V }>({ key, value }));
  return {
    write: (to, map) =>
      entries.write(
        to,
        [...map].map(([name, one]) => ({ key: name, value: one })),
      ),
    read: (from) => {
      const read = entries.read(from);
      const map = new Map(read.map(({ key: name, value: one }) => [name, one]));
      if (map.size !== read.length) throw new CryptoError('malformed', 'a key twice');
      return map;
    },
  };
};

/** Keys of maps that are bytes. */
const name: Codec<string> = {
  write: (to, value) => opaque.write(to, bytesOfKey(value)),
  read: (from) => keyOf(opaque.read(from)),
};

const ratchet = struct({
  generation: u32,
  secret: opaque,
  skipped: mapOf(u32, struct<AeadKeys>({ key: opaque, nonce: opaque })),
});

const secretTree: Codec<SecretTree> = struct({
  leafCount: u32,
  nodes: mapOf(u32, opaque),
  ratchets: mapOf(u32, struct({ handshake: ratchet, application: ratchet })),
});

const secrets: Codec<KeptSecrets> = struct({
  senderData: opaque,
  exporter: opaque,
  external: opaque,
  confirmation: opaque,
  membership: opaque,
  resumption: opaque,
  authentication: opaque,
  init: opaque,
});

const past: Codec<PastEpoch> = struct({
  context: groupContext,
  tree: ratchetTree,
  senderData: opaque,
  resumption: opaque,
  secretTree,
});

const stored: Codec<Omit<GroupState, 'suite'> & { readonly version: number }> = struct({
  version: u16,
  context: groupContext,
  tree: ratchetTree,
  ownLeaf: u32,
  interimTranscriptHash: opaque,
  confirmationTag: opaque,
  secrets,
  secretTree,
  privateKeys: mapOf(u32, opaque),
  signaturePrivateKey: opaque,
  proposals: mapOf(name, struct({ proposal, sender: u32 })),
  pendingUpdates: mapOf(name, opaque),
  past: optional(past),
});

/** All of a state but its suite. Secret. */
export function storeState(state: GroupState): Bytes {
  return encode(stored, { version, ...state });
}

/** The state that was stored. Throws `CryptoError`: `malformed`, `unsupported` for another version or suite, `out_of_range`, `bad_commit`. */
export function restoreState(suite: CipherSuite, bytes: Bytes): GroupState {
  const { version: found, ...rest } = decode(stored, bytes, Infinity);
  if (found !== version) throw new CryptoError('unsupported', 'a state of another version');
  const state = { suite, ...rest };
  checkStored(state);
  return state;
}
