// B1, B2: a backup opens with its passphrase and with nothing else, and says what is wrong.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { concat, random, uint, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { anyBytes, mutations, seed } from '../test/fuzz.ts';
import { openBackup, sealBackup, usualCost } from './index.ts';

/** Cheap: what is tested is not how long a guess takes. */
const cost = { memoryKiB: 64, passes: 1, lanes: 1 };
const passphrase = 'a quiet word between people';

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CryptoError);
  return (error as CryptoError).code;
}

it('[B1] comes back whole with its passphrase, however that was typed', async () => {
  const contents = random(5000);
  const file = await sealBackup('Café Müller, 9 o’clock', contents, { cost });
  expect(await openBackup('Café Müller, 9 o’clock', file)).toEqual(contents);
  expect(await openBackup(' Cafe\u0301 Mu\u0308ller, 9 o’clock ', file)).toEqual(contents);
});

it('[B1] costs what RFC 9106 recommends, and holds none of its contents in the clear', async () => {
  expect(usualCost).toEqual({ memoryKiB: 65_536, passes: 3, lanes: 4 });
  const contents = utf8('a secret of some length that would be seen');
  const file = await sealBackup(passphrase, contents, { cost });
  expect(Buffer.from(file).includes(Buffer.from(contents.subarray(0, 8)))).toBe(false);
  expect(await sealBackup(passphrase, contents, { cost })).not.toEqual(file);
});

it('[B1] refuses a passphrase that is guessed in no time', async () => {
  await expect(sealBackup('elevenchars', random(8), { cost })).rejects.toThrow(RangeError);
  await expect(sealBackup('   ten chars    ', random(8), { cost })).rejects.toThrow(RangeError);
});

it('[B2] a wrong passphrase is told apart from a damaged file', async () => {
  const file = await sealBackup(passphrase, random(300), { cost });
  expect(await refusal(openBackup('another word between people', file))).toBe('not_opened');
  for (const damaged of mutations(file))
    expect(await refusal(openBackup(passphrase, damaged))).toBe('malformed');
});

it('[B2] a file whose head or seal was changed by somebody who also made the checksum right does not open', async () => {
  const { sha256 } = await import('@noble/hashes/sha2.js');
  const file = await sealBackup(passphrase, random(40), { cost });
  const body = file.slice(0, -32);
  for (let at = 0; at < body.length; at++) {
    const changed = body.slice();
    changed[at] = (changed[at] as number) ^ 1;
    const code = await refusal(openBackup(passphrase, concat(changed, sha256(changed))));
    expect(['malformed', 'unsupported', 'not_opened'], `byte ${at}`).toContain(code);
  }
});

it('[B2] a file that asks for more than is spared is not tried', async () => {
  const { sha256 } = await import('@noble/hashes/sha2.js');
  const file = await sealBackup(passphrase, random(40), { cost });
  const at = 2 + utf8('Aparté/1 backup').length;
  for (const [field, value] of [
    [0, uint(256 * 1024 + 1, 4)],
    [0, uint(7, 4)],
    [4, uint(0, 1)],
    [4, uint(17, 1)],
    [5, uint(0, 1)],
    [5, uint(17, 1)],
  ] as const) {
    const body = file.slice(0, -32);
    body.set(value, at + field);
    const greedy = concat(body, sha256(body));
    expect(await refusal(openBackup(passphrase, greedy))).toBe('unsupported');
  }
});

it('[B2] any bytes are refused with a code', async () => {
  await fc.assert(
    fc.asyncProperty(anyBytes(0, 300), async (bytes) => {
      expect(await refusal(openBackup(passphrase, bytes))).toBe('malformed');
    }),
    { seed },
  );
});
