// The wall clock in fractions of a millisecond, the same in every process and page of one machine.

/** Milliseconds since 1970. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
