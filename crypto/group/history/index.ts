// A group's history (protocol.md G8–G11): signed changes from its beginning on, and the state that they lead to. Holds no secret,
// opens nothing and has no clock: the service folds it with this very code (lint lets it import this folder and nothing beside it).
// By noun: action.ts, policy.ts, entry.ts, state.ts, state-bytes.ts; apply.ts has the rules, fold.ts and judge.ts use them.
export { encodeAction, parseAction } from './action.ts';
export type { Action, Role } from './action.ts';
export { encodeEntry, parseEntry } from './entry.ts';
export type { HistoryEntry } from './entry.ts';
export { applyUnsigned, foldHistory } from './fold.ts';
export { judgeHistory } from './judge.ts';
export type { HistoryVerdict } from './judge.ts';
export type { Policy } from './policy.ts';
export { encodeState, parseState } from './state-bytes.ts';
export {
  genesisState,
  isAdmitted,
  isGoneAt,
  isOut,
  isOwner,
  isRotationOwed,
  maySpeak,
  rankOf,
  roleOf,
} from './state.ts';
export type { Genesis, Gone, GroupState, IdentityName } from './state.ts';
