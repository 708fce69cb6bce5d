// Ctrl-C and its relatives as one AbortSignal. The first one aborts: whoever runs ends its work in order. Another one, later, ends
// the process on the spot; children go with it (child.mjs). Used by bootstrap.mjs, start.ts and test.ts.
import { constants } from 'node:os';

/** npm passes a terminal's Ctrl-C on to us once more, within milliseconds: that is the same wish, not a second one. */
const sameWishMs = 500;

/** The reason of the aborted signal. */
export class Interrupted extends Error {
  /** @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} name */
  constructor(name) {
    super(`interrupted by ${name}`);
    this.name = 'Interrupted';
    /** What a shell reports of a process that a signal ended. */
    this.exitCode = 128 + constants.signals[name];
  }
}

const controller = new AbortController();

/** Aborted when we are asked to stop; `reason` is an `Interrupted`. */
export const interruption = controller.signal;

let firstMs = 0;

for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(name, () => {
    if (!interruption.aborted) {
      firstMs = Date.now();
      controller.abort(new Interrupted(name));
    } else if (Date.now() - firstMs > sameWishMs) {
      process.exit(new Interrupted(name).exitCode);
    }
  });
}

/** Errors whose message says in one line what to mend: of machine.mjs and of the service. */
const errorsForPeople = new Set(['SetupError', 'ConfigError', 'StoreError', 'StartError']);

/**
 * Ends the process after a failure: a line for what a person can mend, a stack for what only we can.
 * @param {unknown} error
 * @returns {never}
 */
export function exitWith(error) {
  if (interruption.aborted) process.exit(/** @type {Interrupted} */ (interruption.reason).exitCode);
  const isForPeople = error instanceof Error && errorsForPeople.has(error.name);
  console.error(isForPeople ? error.message : error);
  process.exit(1);
}
