// Waiting for states: asks again and again until something is so, and says at the end what it was instead. Never a plain pause.
import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** For the message: "Ada hears Ben". */
  readonly what: string;
  readonly withinMs?: number;
  /** Asked at the end for the message. */
  readonly instead?: () => unknown;
}

const askEveryMs = 100;

/** Until `read` gives something other than false, null or undefined. Errors of `read` count as "not yet". */
export async function until<T>(read: () => Promise<T> | T, options: WaitOptions): Promise<NonNullable<T>> {
  const { what, withinMs = 20_000 } = options;
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await read();
      if (value !== false && value !== null && value !== undefined) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const instead =
        options.instead === undefined ? last : await Promise.resolve(options.instead()).catch(String);
      const shown = instead instanceof Error ? instead.message : JSON.stringify(instead);
      throw new Error(`after ${withinMs / 1000} s not so: ${what}; instead: ${shown}`);
    }
    await pause(askEveryMs);
  }
}

/** Holds for the whole time: for what must not happen. Fails as soon as `read` gives true. */
export async function never(
  read: () => Promise<boolean> | boolean,
  what: string,
  forMs = 2000,
): Promise<void> {
  const end = Date.now() + forMs;
  while (Date.now() < end) {
    if (await read()) throw new Error(`happened but must not: ${what}`);
    await pause(askEveryMs);
  }
}
