// A new group of one (RFC 9420 §11).
import { random, wipe, type Bytes } from '../bytes.ts';
import { stateOf } from './epoch.ts';
import type { Extension } from './extension.ts';
import { refuseGroupExtensions } from './commit-leaves.ts';
import type { GroupContext } from './group-context.ts';
import { protocolVersion, type KeyPackage, type KeyPackageSecrets } from './key-package.ts';
import { confirmationTag, secretsFrom } from './key-schedule.ts';
import { RatchetTree } from './ratchet-tree.ts';
import type { GroupState } from './state.ts';
import type { CipherSuite } from './suite.ts';
import { interimTranscriptHash } from './transcript.ts';
import { treeHash } from './tree-hash.ts';
import { nodeOf } from './tree-math.ts';

/** Epoch 0, with the leaf of my key package as the only one. The secrets are copied. */
export function createGroup(
  suite: CipherSuite,
  me: { readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets },
  given: { readonly groupId: Bytes; readonly extensions?: readonly Extension[] },
): GroupState {
  const tree = RatchetTree.of(me.keyPackage.leafNode);
  const extensions = given.extensions ?? [];
  refuseGroupExtensions(extensions);
  const context: GroupContext = {
    version: protocolVersion,
    cipherSuite: suite.id,
    groupId: given.groupId,
    epoch: 0n,
    treeHash: treeHash(suite, tree),
    confirmedTranscriptHash: new Uint8Array(0),
    extensions,
  };
  const epochSecret = random(suite.hashBytes);
  const secrets = secretsFrom(suite, epochSecret);
  wipe(epochSecret);
  const tag = confirmationTag(suite, secrets, context.confirmedTranscriptHash);
  const interim = interimTranscriptHash(suite, context.confirmedTranscriptHash, tag);
  return stateOf(
    suite,
    { context, secrets, confirmationTag: tag, interimTranscriptHash: interim },
    {
      tree,
      ownLeaf: 0,
      privateKeys: new Map([[nodeOf(0), me.secrets.encryptionPrivateKey.slice()]]),
      signaturePrivateKey: me.secrets.signaturePrivateKey.slice(),
      past: undefined,
    },
  );
}
