// Which LiveKit is used: order, versions, and what is said of those that are not. The programs are small scripts written here, standing
// in for old, new and broken installations.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import {
  builtPath,
  existingLivekit,
  findGo,
  findLivekit,
  livekitVersion,
  nothingFound,
  pinned,
} from './find.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-find-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
});

/** A program that prints one line whatever it is asked. */
function program(path: string, prints: string, exitCode = 0): string {
  writeFileSync(path, `#!/bin/sh\necho '${prints}'\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return path;
}

const livekit = (name: string, version: string): string =>
  program(join(folder, name), `livekit-server version ${version}`);

describe('an existing server', () => {
  const whole = {
    LIVEKIT_URL: 'wss://sfu.example.org',
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'a secret of some length, thirty-two',
  };

  test('is used when all three variables are set', () => {
    expect(existingLivekit(whole)).toEqual({
      url: whole.LIVEKIT_URL,
      apiKey: whole.LIVEKIT_API_KEY,
      apiSecret: whole.LIVEKIT_API_SECRET,
    });
  });

  test('is not meant when none is set, or all are empty', () => {
    expect(existingLivekit({})).toBeUndefined();
    expect(
      existingLivekit({ LIVEKIT_URL: '', LIVEKIT_API_KEY: ' ', LIVEKIT_API_SECRET: '' }),
    ).toBeUndefined();
  });

  test.each(Object.keys(whole))(
    'in part is an error of one line that names what is missing: %s',
    (missing) => {
      const env: NodeJS.ProcessEnv = { ...whole, [missing]: '' };
      expect(() => existingLivekit(env)).toThrow(new RegExp(`^${missing} is missing: [^\\n]+$`));
    },
  );

  test('with only an address names both others, and no value', () => {
    const attempt = (): unknown => existingLivekit({ LIVEKIT_API_SECRET: whole.LIVEKIT_API_SECRET });
    expect(attempt).toThrow(/^LIVEKIT_URL and LIVEKIT_API_KEY are missing/);
    expect(attempt).not.toThrow(new RegExp(whole.LIVEKIT_API_SECRET));
  });

  test('whose address is none is refused', () => {
    expect(() => existingLivekit({ ...whole, LIVEKIT_URL: 'sfu.example.org' })).toThrow(/LIVEKIT_URL/);
  });
});

describe('a binary', () => {
  test('named by LIVEKIT_SERVER comes before the one in PATH', async () => {
    const named = livekit('mine', '1.13.4');
    livekit('livekit-server', '1.13.5');
    const { found, refused } = await findLivekit({ LIVEKIT_SERVER: named, PATH: folder }, folder);
    expect(found).toEqual({ path: named, version: '1.13.4' });
    expect(refused).toEqual([]);
  });

  test('of another version is passed over with the reason, and the next is taken', async () => {
    const named = livekit('mine', '1.9.0');
    const inPath = livekit('livekit-server', '1.13.5');
    const { found, refused } = await findLivekit({ LIVEKIT_SERVER: named, PATH: folder }, folder);
    expect(found?.path).toBe(inPath);
    expect(refused).toEqual([
      `${named} (LIVEKIT_SERVER): version 1.9.0, expected 1.13.2 or newer below 1.14.0`,
    ]);
  });

  test('of our own comes last, and only in exactly the pinned version', async () => {
    program(builtPath(folder), 'livekit-server version 1.13.2');
    expect((await findLivekit({ PATH: '' }, folder)).found).toBeUndefined();
    program(builtPath(folder), `livekit-server version ${pinned().livekit}`);
    expect((await findLivekit({ PATH: '' }, folder)).found?.path).toBe(builtPath(folder));
    const inPath = livekit('livekit-server', '1.13.3');
    expect((await findLivekit({ PATH: folder }, folder)).found?.path).toBe(inPath);
  });

  test.each([
    ['1.13.1', false],
    ['1.13.2', true],
    ['1.13.17', true],
    ['1.14.0', false],
    ['2.0.0', false],
  ])('of version %s is accepted: %s', async (version, isAccepted) => {
    const answer = await livekitVersion(livekit('any', version));
    expect(answer.version).toBe(isAccepted ? version : undefined);
  });

  test('that is missing, fails or prints something else is refused in words', async () => {
    expect((await livekitVersion(join(folder, 'none'))).refusal).toBe('no executable file');
    expect((await livekitVersion(program(join(folder, 'fails'), 'no', 1))).refusal).toMatch(/did not answer/);
    expect((await livekitVersion(program(join(folder, 'odd'), 'hello'))).refusal).toBe('printed no version');
    expect((await livekitVersion(folder)).refusal).toBe('no executable file');
  });
});

describe('Go', () => {
  test('of the needed version is found', async () => {
    const go = program(join(folder, 'go'), `go${pinned().go}.3`);
    expect((await findGo({ PATH: folder })).found).toEqual({ path: go, version: `${pinned().go}.3` });
  });

  test('that is too old is refused with both versions', async () => {
    const go = program(join(folder, 'go'), 'go1.19.8');
    const { found, refused } = await findGo({ PATH: folder });
    expect(found).toBeUndefined();
    expect(refused).toEqual([`${go} is Go 1.19.8, LiveKit needs ${pinned().go}`]);
  });

  test('that is absent is no refusal', async () => {
    expect(await findGo({ PATH: folder })).toEqual({ found: undefined, refused: [] });
  });
});

test('a machine with nothing gets one line that says what to install', () => {
  const line = nothingFound(['/x (PATH): printed no version']);
  expect(line).not.toContain('\n');
  expect(line).toContain('/x (PATH): printed no version');
  expect(line).toContain(`install Go ${pinned().go}`);
  expect(line).toContain('LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET');
});

test('the pinned version comes from go.mod beside this file', () => {
  expect(pinned().livekit).toMatch(/^1\.13\.\d+$/);
  expect(dirname(builtPath('/somewhere'))).toBe('/somewhere');
});
