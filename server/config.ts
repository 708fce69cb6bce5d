// The service's configuration: one schema over environment variables, read once by `main.ts` and passed down. A missing,
// wrong or weak value stops the start with one line that names the variable and the fix. docs/operating.md has the same
// table (config.test.ts compares them).
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import envSchema from 'env-schema';
import { Type, type Static } from 'typebox';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const leastSecretLength = 32;
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)$/;

/** Every variable that is read. A description is the fix that is printed when the value is wrong. */
export const variables = Type.Object({
  APARTE_HOST: Type.String({ default: '127.0.0.1', description: 'Give the address to listen on.' }),
  APARTE_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Give a port from 1 to 65535, or 0 for any free one.',
  }),
  APARTE_DATA: Type.String({ default: './data', description: 'Give a folder that can be written to.' }),
  APARTE_ORIGIN: Type.Optional(
    Type.String({ description: 'Give the address that people open, such as https://talk.example.org.' }),
  ),
  APARTE_TRUST_PROXY: Type.Optional(
    Type.String({ description: 'Give addresses or CIDR ranges of your proxies, such as 10.0.0.0/8,::1.' }),
  ),
  APARTE_CLIENT: Type.String({
    default: './build/client',
    description: 'Give the folder of the built client.',
  }),
  APARTE_LOG_LEVEL: Type.Union(
    logLevels.map((level) => Type.Literal(level)),
    { default: 'info', description: `Give one of ${logLevels.join(', ')}.` },
  ),
  APARTE_MAX_PARTICIPANTS: Type.Integer({
    default: 100,
    minimum: 2,
    maximum: 1000,
    description: 'Give the most people in one voice chat, from 2 to 1000.',
  }),
  APARTE_ADDRESS_LIMIT: Type.Integer({
    default: 1200,
    minimum: 1,
    description: 'Give the most requests a minute from one network address.',
  }),
  APARTE_IDENTITY_LIMIT: Type.Integer({
    default: 600,
    minimum: 1,
    description: 'Give the most requests a minute of one identity.',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      description: 'Give the address of a PostgreSQL database, such as postgres://aparte@127.0.0.1/aparte.',
    }),
  ),
  LIVEKIT_URL: Type.String({
    description: 'Give the address at which this service reaches LiveKit, such as http://127.0.0.1:7880.',
  }),
  LIVEKIT_PUBLIC_URL: Type.Optional(
    Type.String({
      description: 'Give the address at which browsers reach LiveKit, such as wss://sfu.example.org.',
    }),
  ),
  LIVEKIT_API_KEY: Type.String({ description: 'Give the API key that LiveKit was started with.' }),
  LIVEKIT_API_SECRET: Type.String({
    minLength: leastSecretLength,
    description: `Give LiveKit's API secret, at least ${leastSecretLength} characters; make one with: openssl rand -base64 32`,
  }),
});

type VariableName = keyof Static<typeof variables>;

/** What the service runs with. Folders are absolute, addresses are parsed. */
export interface Config {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Of the embedded store, when there is no `databaseUrl`. */
  readonly dataDir: string;
  /** PostgreSQL's address with what opens it, or null: the embedded store. */
  readonly databaseUrl: string | null;
  /** Public address (scheme and host), or null: then only loopback names and `host` itself are answered. */
  readonly origin: string | null;
  /** Addresses and CIDR ranges whose `X-Forwarded-*` headers count. */
  readonly trustProxy: readonly string[];
  readonly clientDir: string;
  readonly logLevel: (typeof logLevels)[number];
  readonly maxParticipants: number;
  readonly limits: { readonly perAddress: number; readonly perIdentity: number };
  readonly livekit: {
    /** `http:` or `https:`: for this service. */
    readonly url: string;
    /** `ws:` or `wss:`: for browsers. */
    readonly publicUrl: string;
    readonly apiKey: string;
    readonly apiSecret: string;
  };
}

/** The environment does not give a usable configuration. `message` is one line: the variable and the fix. */
export class ConfigError extends Error {
  constructor(name: string, problem: string) {
    super(`${name} ${problem}`);
    this.name = 'ConfigError';
  }
}

/** Reads `env` (an empty value counts as absent). Throws `ConfigError`. Reads no files and changes nothing. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = readVariables(env);
  const livekitUrl = parseUrl('LIVEKIT_URL', read.LIVEKIT_URL, ['http:', 'https:', 'ws:', 'wss:']);
  const publicUrl = parseUrl(
    'LIVEKIT_PUBLIC_URL',
    read.LIVEKIT_PUBLIC_URL ?? read.LIVEKIT_URL,
    livekitSchemes,
  );
  const origin = read.APARTE_ORIGIN === undefined ? null : parseOrigin(read.APARTE_ORIGIN);
  if (origin?.startsWith('https:') && isClear(publicUrl)) {
    throw wrong(
      'LIVEKIT_PUBLIC_URL',
      'must be wss: when APARTE_ORIGIN is https: (browsers refuse the mixture).',
    );
  }
  return {
    host: read.APARTE_HOST,
    port: read.APARTE_PORT,
    dataDir: resolve(read.APARTE_DATA),
    databaseUrl: parseDatabaseUrl(read.DATABASE_URL),
    origin,
    trustProxy: parseProxies(read.APARTE_TRUST_PROXY),
    clientDir: resolve(read.APARTE_CLIENT),
    logLevel: read.APARTE_LOG_LEVEL,
    maxParticipants: read.APARTE_MAX_PARTICIPANTS,
    limits: { perAddress: read.APARTE_ADDRESS_LIMIT, perIdentity: read.APARTE_IDENTITY_LIMIT },
    livekit: {
      url: withScheme(livekitUrl, 'http'),
      publicUrl: withScheme(publicUrl, 'ws'),
      apiKey: read.LIVEKIT_API_KEY,
      apiSecret: read.LIVEKIT_API_SECRET,
    },
  };
}

const livekitSchemes = ['http:', 'https:', 'ws:', 'wss:'];

function readVariables(env: Readonly<Record<string, string | undefined>>): Static<typeof variables> {
  const names = Object.keys(variables.properties);
  const given = names
    .filter((name) => (env[name] ?? '').trim() !== '')
    .map((name) => [name, env[name]?.trim()]);
  try {
    return envSchema<Static<typeof variables>>({
      schema: variables,
      data: Object.fromEntries(given) as Record<string, string>,
      env: false,
      dotenv: false,
    });
  } catch (error) {
    throw explain(error);
  }
}

interface AjvProblem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: { readonly missingProperty?: string };
}

/** The first thing Ajv found, as one line. Values are never repeated: one of them is a secret. */
function explain(error: unknown): Error {
  const first = (error as { errors?: readonly AjvProblem[] }).errors?.[0];
  if (!first) return error instanceof Error ? error : new Error(String(error));
  const name = (first.params.missingProperty ?? first.instancePath.slice(1)) as VariableName;
  const problem =
    first.keyword === 'required'
      ? 'is missing.'
      : first.keyword === 'minLength'
        ? 'is too short.'
        : 'is wrong.';
  return wrong(name, problem);
}

function wrong(name: VariableName, problem: string): ConfigError {
  const { description } = variables.properties[name] as { readonly description?: string };
  return new ConfigError(name, `${problem} ${description ?? ''}`.trim());
}

function parseUrl(name: VariableName, text: string, schemes: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !schemes.includes(url.protocol)) throw wrong(name, 'is not such an address.');
  if (url.username || url.password || url.search || url.hash) throw wrong(name, 'must be an address only.');
  return url;
}

/** Kept as it is: it may hold a password, and settings after a `?`. */
function parseDatabaseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw wrong('DATABASE_URL', 'is not such an address.');
  if (url.pathname.length < 2) throw wrong('DATABASE_URL', 'names no database.');
  return text;
}

function parseOrigin(text: string): string {
  const url = parseUrl('APARTE_ORIGIN', text, ['http:', 'https:']);
  if (url.pathname !== '/') throw wrong('APARTE_ORIGIN', 'must have no path.');
  return url.origin;
}

function parseProxies(text: string | undefined): string[] {
  const proxies = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (!proxies.every(isAddressOrRange)) throw wrong('APARTE_TRUST_PROXY', 'is wrong.');
  return proxies;
}

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
    return /^\d+$/.test(prefix);
  } catch {
    return false;
  }
}

function isClear(url: URL): boolean {
  return (url.protocol === 'ws:' || url.protocol === 'http:') && !loopback.test(url.hostname);
}

/** `url` with `http` or `ws` as its kind of scheme, kept secure if it was, without a slash at the end. */
function withScheme(url: URL, kind: 'http' | 'ws'): string {
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  return `${kind}${isSecure ? 's' : ''}://${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** Whether `hostname` (without port) is this machine by name. */
export function isLoopbackName(hostname: string): boolean {
  return loopback.test(hostname);
}
