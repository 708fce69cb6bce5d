// `npm run doctor`: what this machine has for Aparté, in lines of `ok`, `not ok: why` and `do: what`. Exit code 1 when `npm start` could
// not work. Runs before anything is installed, so it is plain JavaScript; what needs packages is checked once they are there.
// The checks are those that start.ts and test.ts use.
import { existsSync, mkdtempSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { existingLivekit, findGo, findLivekit, nothingFound, pinned } from './livekit/local/find.mjs';
import { choosePorts, defaultPort, defaultUdpPort, udpPortCount } from './livekit/local/ports.mjs';
import { browsers, locateBrowser } from './start/browsers.mjs';
import { isClientBuilt } from './start/client-stamp.mjs';
import { whyInstall } from './start/install.mjs';
import { locatePostgres } from './start/postgres.mjs';
import {
  SetupError,
  assertWritable,
  loopback,
  messageOf,
  portFrom,
  takePort,
  which,
} from './start/machine.mjs';

/** Of server/config.ts, which cannot be read before packages are installed; doctor.test.ts compares. */
const defaults = { host: loopback, port: 8080, dataDir: './data' };

/** @typedef {{ what: string, check: () => Promise<string | void> | string | void, todo?: string, isOptional?: boolean }} Check */

const env = process.env;
const missingPackages = whyInstall();
const usesPostgres = (env.DATABASE_URL ?? '').trim() !== '';

/** @type {Check[]} */
const checks = [
  { what: `Node ${process.versions.node}`, check: () => undefined }, // bootstrap.mjs has looked at the version.
  { what: 'Packages', check: packages, todo: 'install npm, it comes with Node from https://nodejs.org' },
  { what: 'Settings', check: settings, todo: 'mend the variable; docs/operating.md lists them all' },
  {
    what: 'LiveKit',
    check: livekit,
    todo: 'install Go from https://go.dev/dl; docs/operating.md has the other ways',
  },
  {
    what: 'Port of the service',
    check: servicePort,
    todo: 'npm start with APARTE_PORT=0 takes any free one',
  },
  {
    what: 'Ports of LiveKit',
    check: livekitPorts,
    todo: 'stop what uses them, or set LIVEKIT_PORT and LIVEKIT_UDP_PORT to auto',
  },
  usesPostgres
    ? {
        what: 'Store',
        check: postgresStore,
        todo: 'start PostgreSQL, or mend DATABASE_URL; docs/operating.md says how to make the database',
      }
    : { what: 'Store', check: store, todo: 'end the other service, or set APARTE_DATA to another folder' },
  { what: 'Client', check: client },
  .../** @type {const} */ (['chromium', 'firefox']).map((name) => ({
    what: `${name === 'chromium' ? 'Chromium' : 'Firefox'} for tests`,
    check: () => browser(name),
    todo: `install it (as root on Debian, npm test does), or set ${browsers[name].variable}`,
    isOptional: true,
  })),
  {
    what: 'PostgreSQL for tests',
    check: testPostgres,
    todo: 'install it (as root on Debian, npm test does), or set DATABASE_URL for the tests',
    isOptional: true,
  },
];

process.exitCode = 0;
for (const { what, check, todo, isOptional } of checks) {
  try {
    const found = await check();
    console.log(`ok      ${what}${found === undefined ? '' : `: ${found}`}`);
  } catch (error) {
    console.log(`not ok  ${what}: ${messageOf(error)}`);
    if (todo !== undefined) console.log(`        do: ${todo}`);
    if (isOptional !== true) process.exitCode = 1;
  }
}
if (process.exitCode === 1) console.log('\nnpm start needs what is not ok above.');

function packages() {
  if (missingPackages === undefined) return 'as package-lock.json says';
  if (which('npm') === undefined) throw new SetupError('npm is missing');
  return `npm start will install them (${missingPackages})`;
}

/** @returns {Promise<string | void>} */
async function settings() {
  if (missingPackages !== undefined) return 'checked after the packages are installed';
  const { register } = await import('tsx/esm/api');
  register();
  const { loadConfig } = await import('./config.ts');
  const standIn = {
    LIVEKIT_URL: `ws://${loopback}:1`,
    LIVEKIT_API_KEY: 'unknown',
    LIVEKIT_API_SECRET: '-'.repeat(32),
  };
  loadConfig(existingLivekit(env) ? env : { ...env, ...standIn });
}

async function livekit() {
  const existing = existingLivekit(env);
  if (existing) return answering(existing.url);
  const { found, refused } = await findLivekit(env);
  if (found) return `${found.version}, ${found.path}`;
  const go = await findGo(env);
  if (!go.found) throw new SetupError(nothingFound([...refused, ...go.refused]));
  return `npm start will build ${pinned().livekit} with Go ${go.found.version}, once, about three minutes`;
}

/** @param {string} url */
async function answering(url) {
  const answer = await fetch(url.replace(/^ws/, 'http'), { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  if (!answer?.ok) throw new SetupError(`${url} (LIVEKIT_URL) does not answer`);
  return `${url} answers`;
}

async function servicePort() {
  const port = portFrom(env, 'APARTE_PORT', defaults.port);
  const host = env.APARTE_HOST || defaults.host;
  await takePort({ protocol: 'tcp', port, host, variable: 'APARTE_PORT' });
  return `${host}:${port === 0 ? 'any free one' : port}`;
}

async function livekitPorts() {
  if (existingLivekit(env)) return 'not needed, LIVEKIT_URL is set';
  const port = portFrom(env, 'LIVEKIT_PORT', defaultPort);
  const udpPort = portFrom(env, 'LIVEKIT_UDP_PORT', defaultUdpPort);
  await choosePorts({ port, udpPort });
  const udp = udpPort === 0 ? 'any two free ones' : `${udpPort} to ${udpPort + udpPortCount - 1}`;
  return `${port === 0 ? 'any free one' : port}, UDP ${udp}`;
}

/** Opens the store that is there, or a new one beside where it will be; leaves the folder as it was. */
async function store() {
  const folder = resolve(env.APARTE_DATA || defaults.dataDir);
  const isNew = !existsSync(folder);
  try {
    assertWritable(folder);
    if (missingPackages !== undefined)
      return `${folder} can be written; opened after the packages are installed`;
    const { openLibsqlStore } = await import('./store/libsql.ts');
    const hasStore = existsSync(join(folder, 'aparte.db'));
    const tried = hasStore ? folder : mkdtempSync(join(folder, '.doctor-'));
    try {
      const opened = await openLibsqlStore(tried);
      await opened.check();
      await opened.close();
    } finally {
      if (!hasStore) rmSync(tried, { recursive: true, force: true });
    }
    return hasStore ? `${folder} opens` : `${folder} is new`;
  } finally {
    if (isNew && existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

/** Looks whether it answers and whether its tables fit; changes nothing. */
async function postgresStore() {
  if (missingPackages !== undefined) return 'checked after the packages are installed';
  const { describePostgres } = await import('./store/postgres.ts');
  return describePostgres((env.DATABASE_URL ?? '').trim());
}

function testPostgres() {
  if (usesPostgres) return 'DATABASE_URL is set';
  const folder = locatePostgres(env);
  if (folder === undefined) throw new SetupError('not found');
  return folder;
}

function client() {
  return isClientBuilt() ? 'built from the present sources' : 'npm start will build it';
}

/** @param {import('./start/browsers.mjs').BrowserName} name */
function browser(name) {
  const path = locateBrowser(name, env);
  if (path === undefined) throw new SetupError('not found');
  return path;
}
