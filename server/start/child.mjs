// Children that never outlive us. Each one runs in a process group of its own (so a Ctrl-C of the terminal reaches only us, and we
// decide the order), beside a tiny shell that holds the reading end of a pipe. Whatever ends us, SIGKILL included, closes the
// pipe, and that shell then kills the whole group. Linux has prctl for this and macOS has nothing; a pipe works on both.
// Used for npm, vite, go, vitest and LiveKit.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/**
 * The shell starts the watcher in the background, then becomes the program: the pid we know is the program's own.
 * A line on the pipe means "it ended in good order"; the end of the pipe without one means that we are gone.
 */
const guard = '(read -r _ <&3 || kill -KILL -$$) >/dev/null 2>&1 & exec 3<&-; exec "$@"';

/** How much of a child's output is kept for the message when it fails. */
const keptOutputChars = 64 * 1024;

/**
 * @typedef {object} ChildOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the child's whole environment; ours when left out
 * @property {'show' | 'keep' | number} [output] where both streams go: the terminal, `child.output()`, or an open file; `keep` when left out
 * @property {number} [niceness] 0 to 19: how far it stands back for others; it and all that it starts
 * @property {AbortSignal | undefined} [signal] kills the group at once when aborted
 */

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {Promise<Ended>} ended resolves once the program is gone; never rejects
 * @property {() => boolean} isRunning
 * @property {() => string} output the last part of what it printed (`keep` only)
 * @property {(signal: NodeJS.Signals) => void} send to the program alone
 * @property {() => void} kill the whole group, at once
 */

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ended */

/**
 * @param {string} program
 * @param {string[]} args
 * @param {ChildOptions} [options]
 * @returns {Child}
 */
export function startChild(program, args, options = {}) {
  const { cwd, env = process.env, output = 'keep', niceness = 0, signal } = options;
  signal?.throwIfAborted();
  const stream = output === 'show' ? 'inherit' : output === 'keep' ? 'pipe' : output;
  const child = spawn('/bin/sh', ['-c', guard, 'sh', program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', stream, stream, 'pipe'],
  });
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
  let kept = '';
  for (const source of [child.stdout, child.stderr]) {
    source?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      kept = (kept + text).slice(-keptOutputChars);
    });
  }
  const kill = () => killGroup(child.pid);
  signal?.addEventListener('abort', kill);
  const pipe = /** @type {import('node:stream').Writable} */ (child.stdio[3]);
  pipe.on('error', () => undefined); // the group was killed: nobody reads
  child.once('exit', () => pipe.end('\n'));
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve) => {
    // `close` comes after the last output was read; a program that could not start at all has `error` only.
    child.once('error', (error) => {
      kept += error.message;
      resolve({ code: 127, signal: null });
    });
    child.once('close', (code, endSignal) => resolve({ code, signal: endSignal }));
  }).finally(() => signal?.removeEventListener('abort', kill));
  return {
    pid: child.pid ?? 0,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null && child.pid !== undefined,
    output: () => kept,
    send: (wanted) => void child.kill(wanted),
    kill,
  };
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} code 128 when a signal ended it; rejects with the reason of `options.signal` when aborted
 */
export async function runChild(program, args, options = {}) {
  const child = startChild(program, args, options);
  const { code } = await child.ended;
  options.signal?.throwIfAborted();
  return { code: code ?? 128, output: child.output() };
}

/**
 * The last lines of a program's output that say something: what a one-line error can quote.
 * @param {string} output
 * @param {number} [lines]
 * @returns {string}
 */
export function lastLines(output, lines = 1) {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-lines)
    .join('\n');
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
