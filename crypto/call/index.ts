// One call's key agreement (protocol.md C1–C14, E1–E2, K1) behind one interface: `engine` makes or joins a call and gives
// immutable states. client/call/session.ts drives it with the delivery log and imports this module lazily. What MLS is stays in
// crypto/mls; who may be in a call and what a commit may do is here (rules.ts).
export { engine } from './engine.ts';
export { mlsGroupId } from './group-info.ts';
export { placeOfMessage } from './messages.ts';
export { RemovedByCommit } from './removal.ts';
export type { RemovalPurpose } from './removal.ts';
export { maxAdds } from './rules.ts';
export type {
  Addition,
  CallContext,
  CallEngine,
  CallState,
  Change,
  EpochMessages,
  IsMember,
  JoinRequest,
  Leaf,
  Me,
  PendingJoin,
  Proposed,
  RefusedRequest,
  SealedWelcome,
} from './types.ts';
