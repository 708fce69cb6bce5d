// The MLS group id of a call's generation (protocol.md C1).
import { concat, uint, type Bytes } from '../../bytes.ts';
import type { CallContext } from '../types.ts';

/** `callId ‖ u32(generation)`, 20 bytes. */
export function mlsGroupId(context: Pick<CallContext, 'callId' | 'generation'>): Bytes {
  return concat(context.callId, uint(context.generation, 4));
}
