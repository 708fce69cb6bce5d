// What this machine has: programs, their versions, free ports, writable folders. Node's built-ins only and plain JavaScript,
// because `npm run doctor` and the first `npm start` need it before anything is installed.
// Used by bootstrap.mjs, doctor.mjs, find-browser.ts and server/livekit/local.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '');

export const loopback = '127.0.0.1';

/** Something the person at the keyboard can mend: printed as its message alone, in one line, without a stack. */
export class SetupError extends Error {
  /** @param {string} message what is wrong and what to do */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/**
 * The message of anything that was thrown.
 * @param {unknown} thrown
 * @returns {string}
 */
export function messageOf(thrown) {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * @param {string} path
 * @returns {boolean} whether it is a file that may be executed
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The first executable of that name in PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} its absolute path
 */
export function which(name, env = process.env) {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/**
 * Runs a program briefly and gives what it printed (both streams). A program that is missing, fails or takes longer than ten seconds rejects.
 * @param {string} path
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>}
 */
export function outputOf(path, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      path,
      args,
      { env, timeout: 10_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error)
          reject(new Error(`${path} ${args.join(' ')}: ${(stderr || error.message).trim().split('\n')[0]}`));
        else resolve(`${stdout}\n${stderr}`.trim());
      },
    );
    child.stdin?.end();
  });
}

/**
 * Whether a process still runs. One that has ended but was not collected by its parent yet does not.
 * @param {number} pid
 * @returns {boolean}
 */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  try {
    // Linux: `pid (name) state …`; the name may hold anything.
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/**
 * Compares dotted numbers: negative when a is older than b, 0 when equal, positive when newer.
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
export function compareVersions(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Takes a port for a moment and gives it back. Port 0 lets the system choose.
 * @param {'tcp' | 'udp'} protocol
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<number>} the port that was free; rejects with the system's error (`EADDRINUSE`, `EACCES`) otherwise
 */
export function tryPort(protocol, port, host = loopback) {
  return new Promise((resolve, reject) => {
    if (protocol === 'tcp') {
      const server = createServer();
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
      });
    } else {
      const socket = createSocket('udp4');
      socket.once('error', reject);
      socket.bind({ port, address: host, exclusive: true }, () => {
        const chosen = socket.address().port;
        socket.close(() => resolve(chosen));
      });
    }
  });
}

/**
 * A port that somebody asked for by number, or any free one.
 * @param {{ protocol: 'tcp' | 'udp', port: number, variable: string, host?: string }} wanted
 * @returns {Promise<number>}
 * @throws {SetupError} in one line, with port and variable
 */
export async function takePort({ protocol, port, variable, host = loopback }) {
  try {
    return await tryPort(protocol, port, host);
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? messageOf(error);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new SetupError(`This machine has no address ${host}: set APARTE_HOST to one of its own.`);
    }
    const name = protocol === 'tcp' ? 'Port' : 'UDP port';
    const why =
      { EADDRINUSE: 'is taken', EACCES: 'is not for this user' }[code] ?? `cannot be used (${code})`;
    throw new SetupError(`${name} ${port} ${why}: stop what uses it, or set ${variable} to another port.`);
  }
}

/**
 * Makes the folder (mode 0700) and proves that a file can be written in it.
 * @param {string} folder
 * @throws {SetupError} naming the folder and the system's reason
 */
export function assertWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const probe = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw new SetupError(
      `The folder ${folder} cannot be written (${messageOf(error)}). Set APARTE_DATA to a folder of yours.`,
    );
  }
}

/**
 * Reads a port from the environment; `auto` and `0` mean "the system chooses" and give 0.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} variable
 * @param {number} otherwise the port when the variable is unset or empty
 * @returns {number}
 * @throws {SetupError} when it is no port
 */
export function portFrom(env, variable, otherwise) {
  const text = (env[variable] ?? '').trim();
  if (text === '') return otherwise;
  if (text === 'auto') return 0;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new SetupError(`${variable} is not a port: expected 0 to 65535 or "auto", got "${text}".`);
  }
  return port;
}
