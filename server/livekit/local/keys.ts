// LiveKit's API key and secret: random, one pair per data folder, readable by its owner only. With them one can mint tokens,
// not open a frame. Kept so that tickets of running clients survive a restart.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../../start/machine.mjs';

export interface LivekitKeys {
  apiKey: string;
  apiSecret: string;
}

export const keyFileName = 'livekit-keys.json';

/** 32 bytes: 256 bits for HMAC-SHA256, and longer in base64url than LiveKit's minimum of 32 characters. */
const secretBytes = 32;
const keyShape = /^[A-Za-z0-9_-]{8,64}$/;
const secretShape = /^[A-Za-z0-9_-]{32,128}$/;

export function createKeys(): LivekitKeys {
  return {
    apiKey: `AP${randomBytes(9).toString('hex')}`,
    apiSecret: randomBytes(secretBytes).toString('base64url'),
  };
}

/**
 * The pair kept in the data folder, made at first use.
 * @throws {SetupError} when the file is there but damaged
 */
export function keptKeys(dataFolder: string): LivekitKeys {
  const path = join(dataFolder, keyFileName);
  if (!existsSync(path)) {
    try {
      writeFileSync(path, `${JSON.stringify(createKeys())}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another start made it in the same moment: use that one.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  // A restored backup may have come back with wider rights.
  chmodSync(path, 0o600);
  const keys = parseKeys(readFileSync(path, 'utf8'));
  if (keys) return keys;
  throw new SetupError(`${path} is damaged: delete it, a new one is made at the next start.`);
}

function parseKeys(text: string): LivekitKeys | undefined {
  try {
    const { apiKey, apiSecret } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const isWhole =
      typeof apiKey === 'string' &&
      keyShape.test(apiKey) &&
      typeof apiSecret === 'string' &&
      secretShape.test(apiSecret);
    return isWhole ? { apiKey, apiSecret } : undefined;
  } catch {
    return undefined;
  }
}
