// One call's key agreement (protocol.md C1–C10, E1–E2, K1) behind one interface: `engine` makes or joins a call and gives
// immutable states. client/call/session.ts drives it with the delivery log and imports this module lazily. What MLS is stays in
// crypto/mls; who may be in a call and what a commit may do is here (rules.ts).
export { engine } from './engine.ts';
export { mlsGroupId } from './group-info.ts';
export { placeOfMessage } from './messages.ts';
export type {
  CallContext,
  CallEngine,
  CallState,
  Change,
  EpochMessages,
  IsMember,
  Leaf,
  Me,
  Proposed,
} from './types.ts';
