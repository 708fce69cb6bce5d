// SFrame (RFC 9605, suite 4) for the frame worker: header, key ids, key schedule, sealing and opening, counters, replay window
// and codec shims. The rules are F1–F7, K2, K5 and K6 of docs/protocol.md. Imported by client/media/worker and its tests only.
export { Counter } from './counter.ts';
export { open, seal, type Sealed } from './frame.ts';
export { decodeHeader, encodeHeader, type Header } from './header.ts';
export { deriveFrameKey, importBaseKey, type FrameKey } from './key-schedule.ts';
export {
  CONTEXTS,
  decodeKid,
  encodeKid,
  epochByteOf,
  EPOCHS_IN_KID,
  MAX_LEAVES,
  type Context,
  type KeyId,
  type Source,
} from './kid.ts';
export { ReplayWindow } from './replay-window.ts';
export { codecOf, unwrap, wrap, type Codec } from './shim.ts';
