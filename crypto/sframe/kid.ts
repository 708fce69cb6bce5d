// Key ids (K2): which leaf of which epoch sent a frame, and from which of its sources.
// KID = context × 2¹⁸ + leaf × 2⁸ + (epoch mod 2⁸). Used by the frame worker on both sides.
import type { Uint64 } from './header.ts';

/** Contexts of K2: one per source of a participant. */
export const CONTEXTS = { microphone: 0, camera: 1, screen: 2, screenAudio: 3 } as const;

export type Source = keyof typeof CONTEXTS;
export type Context = (typeof CONTEXTS)[Source];

export const EPOCHS_IN_KID = 2 ** 8;
export const MAX_LEAVES = 2 ** 10;
const CONTEXT_SHIFT = 18;
const LEAF_SHIFT = 8;

export interface KeyId {
  readonly context: Context;
  readonly leaf: number;
  /** The epoch's lowest 8 bits. */
  readonly epochByte: number;
}

/** The KID of these parts. Throws `RangeError` if one is out of its range. */
export function encodeKid({ context, leaf, epochByte }: KeyId): number {
  check('context', context, 4);
  check('leaf', leaf, MAX_LEAVES);
  check('epochByte', epochByte, EPOCHS_IN_KID);
  return context * 2 ** CONTEXT_SHIFT + leaf * 2 ** LEAF_SHIFT + epochByte;
}

/** The parts of a KID, or null for a number that is none. Never throws. */
export function decodeKid(kid: Uint64): KeyId | null {
  if (typeof kid !== 'number' || !Number.isInteger(kid) || kid < 0 || kid >= 4 * 2 ** CONTEXT_SHIFT)
    return null;
  return {
    context: (kid >>> CONTEXT_SHIFT) as Context,
    leaf: (kid >>> LEAF_SHIFT) & (MAX_LEAVES - 1),
    epochByte: kid & (EPOCHS_IN_KID - 1),
  };
}

/** The lowest 8 bits of an epoch. */
export function epochByteOf(epoch: bigint): number {
  return Number(BigInt.asUintN(8, epoch));
}

function check(name: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`${name} must be an integer below ${limit}, got ${value}`);
  }
}
