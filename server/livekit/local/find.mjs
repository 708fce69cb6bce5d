// Which LiveKit server this machine offers, in the order of docs/operating.md: an existing one named by the environment, a
// binary (variable, then PATH) of a version we know, our own earlier build, a build with Go. Built-ins only: doctor.mjs asks
// the same questions before anything is installed. Next: build.ts builds, start.ts runs.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  SetupError,
  compareVersions,
  isExecutable,
  messageOf,
  outputOf,
  projectRoot,
  which,
} from '../../start/machine.mjs';

/** The folder of go.mod and go.sum, the only place that pins the version. */
export const moduleFolder = fileURLToPath(new URL('.', import.meta.url));

/** Older ones lack fixes the frame shims were measured with; a later minor version may change what clients negotiate. */
const oldestVersion = '1.13.2';
const firstUnknownVersion = '1.14.0';

const existingServerVariables = /** @type {const} */ ([
  'LIVEKIT_URL',
  'LIVEKIT_API_KEY',
  'LIVEKIT_API_SECRET',
]);

/** @typedef {{ url: string, apiKey: string, apiSecret: string }} ExistingLivekit */
/** @typedef {{ path: string, version: string }} Program */
/** @typedef {{ found: Program | undefined, refused: string[] }} Search */

/**
 * What go.mod pins: LiveKit's version and the oldest Go that can build it.
 * @returns {{ livekit: string, go: string }} without the leading `v`
 */
export function pinned() {
  const text = readFileSync(join(moduleFolder, 'go.mod'), 'utf8');
  const livekit = /github\.com\/livekit\/livekit-server v(\d+\.\d+\.\d+)/.exec(text)?.[1];
  const go = /^go (\d+(?:\.\d+)+)$/m.exec(text)?.[1];
  if (livekit === undefined || go === undefined)
    throw new Error('server/livekit/local/go.mod names no version of LiveKit or Go');
  return { livekit, go };
}

/**
 * The existing server that the environment names.
 * @param {NodeJS.ProcessEnv} env
 * @returns {ExistingLivekit | undefined} undefined when none of the three variables is set
 * @throws {SetupError} when only some are set, or the address is none
 */
export function existingLivekit(env) {
  const [url = '', apiKey = '', apiSecret = ''] = existingServerVariables.map((name) =>
    (env[name] ?? '').trim(),
  );
  const missing = existingServerVariables.filter((name) => (env[name] ?? '').trim() === '');
  if (missing.length === existingServerVariables.length) return undefined;
  if (missing.length > 0) {
    throw new SetupError(
      `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing: set all of ${existingServerVariables.join(', ')} to use an existing LiveKit server, or none of them.`,
    );
  }
  if (!/^(wss?|https?):\/\/[^/]/.test(url)) {
    throw new SetupError(
      `LIVEKIT_URL is not an address of a LiveKit server: expected wss://… or ws://…, got "${url}".`,
    );
  }
  return { url, apiKey, apiSecret };
}

/**
 * Looks for a LiveKit binary: LIVEKIT_SERVER, then PATH, then our own build of the pinned version.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [cacheFolder]
 * @returns {Promise<Search>} `refused` says of each binary that was passed over why
 */
export async function findLivekit(env = process.env, cacheFolder = buildFolder) {
  /** @type {string[]} */
  const refused = [];
  const named = (env.LIVEKIT_SERVER ?? '').trim();
  const inPath = which('livekit-server', env);
  const candidates = [
    ...(named === '' ? [] : [{ path: named, from: 'LIVEKIT_SERVER' }]),
    ...(inPath === undefined ? [] : [{ path: inPath, from: 'PATH' }]),
  ];
  for (const { path, from } of candidates) {
    const answer = await livekitVersion(path);
    if (answer.refusal !== undefined) refused.push(`${path} (${from}): ${answer.refusal}`);
    else return { found: { path, version: answer.version }, refused };
  }
  const built = builtPath(cacheFolder);
  if (isExecutable(built)) {
    const answer = await livekitVersion(built);
    if (answer.version === pinned().livekit)
      return { found: { path: built, version: answer.version }, refused };
  }
  return { found: undefined, refused };
}

/** Where builds are kept: inside the project, outside git. */
export const buildFolder = join(projectRoot, '.cache');

/**
 * Our own build of exactly what go.mod and go.sum say.
 * @param {string} [cacheFolder]
 * @returns {string}
 */
export function builtPath(cacheFolder = buildFolder) {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder, name)));
  return join(cacheFolder, `livekit-server-${pinned().livekit}-${hash.digest('hex').slice(0, 8)}`);
}

/**
 * Asks a binary for its version.
 * @param {string} path
 * @returns {Promise<{ version: string, refusal?: undefined } | { version?: undefined, refusal: string }>}
 */
export async function livekitVersion(path) {
  if (!isExecutable(path)) return { refusal: 'no executable file' };
  let printed;
  try {
    printed = await outputOf(path, ['--version']);
  } catch (error) {
    return { refusal: `did not answer --version (${messageOf(error)})` };
  }
  const version = /\bversion v?(\d+\.\d+\.\d+)/.exec(printed)?.[1];
  if (version === undefined) return { refusal: 'printed no version' };
  if (compareVersions(version, oldestVersion) < 0 || compareVersions(version, firstUnknownVersion) >= 0) {
    return { refusal: `version ${version}, expected ${oldestVersion} or newer below ${firstUnknownVersion}` };
  }
  return { version };
}

/**
 * A Go that can build the pinned LiveKit as it is (toolchains are not downloaded).
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Search>}
 */
export async function findGo(env = process.env) {
  const path = which('go', env);
  if (path === undefined) return { found: undefined, refused: [] };
  try {
    const printed = await outputOf(path, ['env', 'GOVERSION'], { ...env, GOTOOLCHAIN: 'local' });
    const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(printed)?.[1];
    if (version === undefined) return { found: undefined, refused: [`${path} printed no version`] };
    if (compareVersions(version, pinned().go) >= 0) return { found: { path, version }, refused: [] };
    return { found: undefined, refused: [`${path} is Go ${version}, LiveKit needs ${pinned().go}`] };
  } catch (error) {
    return { found: undefined, refused: [`${path} did not answer (${messageOf(error)})`] };
  }
}

/**
 * The one line for a machine without any LiveKit.
 * @param {string[]} refused
 * @returns {string}
 */
export function nothingFound(refused) {
  const { livekit, go } = pinned();
  const why = refused.length === 0 ? '' : ` (${refused.join('; ')})`;
  return `No LiveKit server${why}: install Go ${go} or newer (https://go.dev/dl) or livekit-server ${livekit}, or set ${existingServerVariables.join(', ')}.`;
}
