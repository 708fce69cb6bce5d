// Messaging Layer Security, RFC 9420: what a client of one group needs, as docs/decisions/0007 says. crypto/call uses it through this
// page. By section: §2.1 codec.ts · §4, C tree-math.ts · §5.1 suite.ts, hpke.ts, labels.ts · §6 framing.ts, public-message.ts,
// private-message.ts · §7 ratchet-tree.ts, leaf-node.ts, leaf-validation.ts, treekem.ts, tree-hash.ts · §8 key-schedule.ts,
// transcript.ts, psk.ts · §9 secret-tree.ts · §10 key-package.ts · §11 create-group.ts · §12.1–3 proposal.ts, proposal-list.ts ·
// §12.4 create-commit.ts, process-commit.ts, commit-leaves.ts, addable.ts, epoch.ts, welcome.ts, external-commit.ts, tree-validation.ts
export { whyNotAddable } from './addable.ts';
export type { Application, CommitView, SentProposal } from './application.ts';
export type { Capabilities, Credential } from './credential.ts';
export { createCommit, type CommitOptions, type MadeCommit } from './create-commit.ts';
export { createGroup } from './create-group.ts';
export { describeGroup } from './describe.ts';
export { joinByExternalCommit, type ExternalJoin, type MadeJoin } from './external-commit.ts';
export { extensionTypes } from './extension.ts';
export { decodeMessage, encodeMessage, type MlsMessage } from './framing.ts';
export type { GroupInfo } from './group-info.ts';
export { createKeyPackage, keyPackageRef, type KeyPackage, type KeyPackageSecrets } from './key-package.ts';
export { exportSecret } from './key-schedule.ts';
export type { LeafNode } from './leaf-node.ts';
export type { Proposal } from './proposal.ts';
export type { RatchetTree } from './ratchet-tree.ts';
export { receive, type Received } from './receive.ts';
export {
  messageKeysOf,
  openMessage,
  sealMessage,
  wipeMessageKeys,
  type MessageKeys,
} from './message-keys.ts';
export { propose, proposeUpdate, sendApplication } from './send.ts';
export { acceptCommit, forgetMessageKeys, wipeState, type GroupState } from './state.ts';
export { restoreState, storeState } from './stored-state.ts';
export type { KeyPair } from './suite.ts';
export { wipeSecretTree } from './secret-tree.ts';
export { suiteX25519 } from './suite-x25519.ts';
export { joinByWelcome } from './welcome.ts';
