// What `npm run vectors` says about files that pass, fail, are of other suites, are empty or unknown.
import { expect, it } from 'vitest';
import { report } from './vectors.ts';

const length = { vlbytes_header: '4040', length: 64 };
const ofSuite = (id: number, secret: string) => ({ cipher_suite: id, psks: [], psk_secret: secret });
const zeros = '00'.repeat(32);

it('counts the entries that pass', async () => {
  const { good, lines } = await report('deserialization', [length, length]);
  expect(good).toBe(true);
  expect(lines).toEqual(['deserialization: 2 passed, 0 failed, 0 skipped']);
});

it('names the entry that fails and the value that is wrong', async () => {
  const { good, lines } = await report('deserialization', [length, { ...length, length: 65 }]);
  expect(good).toBe(false);
  expect(lines).toEqual([
    'deserialization: 1 passed, 1 failed, 0 skipped',
    '  entry 1 failed: Error: length: got 64, expected 65',
  ]);
});

it('says why entries are skipped, once for each reason, and does not take them for failures', async () => {
  const entries = [ofSuite(1, zeros), ofSuite(2, zeros), ofSuite(2, zeros), ofSuite(7, zeros)];
  const { good, lines } = await report('psk_secret', entries);
  expect(good).toBe(true);
  expect(lines).toEqual([
    'psk_secret: 1 passed, 0 failed, 3 skipped',
    '  2 skipped: cipher suite 2 is not here',
    '  1 skipped: cipher suite 7 is not here',
  ]);
});

it('is not content with a file without entries', async () => {
  expect((await report('psk_secret', [])).good).toBe(false);
});

it('refuses a name that no vectors have, and what is no list', async () => {
  await expect(report('sframe', [])).rejects.toThrow('no vectors are called sframe');
  await expect(report('psk_secret', {})).rejects.toThrow('psk_secret is not a list');
});
