// One call's key agreement (protocol.md C1–C10, E1–E2, K1) behind one interface: `engine` makes or joins a call and gives
// immutable states. client/call/session.ts drives it with the delivery log and imports this module lazily, since the MLS
// library comes with it. The roster rules (credential.ts, acceptable.ts) and K1 (base-key.ts) belong to every engine.
export { engine } from './engine-ts-mls/engine.ts';
export type { CallContext, CallEngine, CallState, Change, IsMember, Leaf, Me, Proposed } from './types.ts';
