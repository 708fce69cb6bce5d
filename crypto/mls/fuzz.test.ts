// A slice of the fuzz of crypto/mls (`npm run fuzz` runs a million inputs): whatever bytes come, the answer is a result or a CryptoError,
// soon, and a state that refused is byte for byte what it was.
import { describe, expect, it } from 'vitest';
import { seed } from '../test/fuzz.ts';
import { Fuzz } from './test/fuzzing.ts';

const inputs = Number(process.env['FUZZ_RUNS'] ?? 1) * 4000;

describe('[O1] any bytes at all', () => {
  it(
    `answers ${inputs} mutants of every kind and depth with a result or a CryptoError (seed ${seed})`,
    { timeout: 600_000 },
    async () => {
      const fuzz = await Fuzz.of(seed);
      const before = process.memoryUsage.rss();
      for (let at = 0; at < inputs; at++) await fuzz.next();
      expect(process.memoryUsage.rss() - before).toBeLessThan(600 * 2 ** 20);
      expect(fuzz.count).toBe(inputs);
      expect(Object.keys(fuzz.outcomesBy(0)).sort()).toEqual([
        'group_info',
        'key_package',
        'message',
        'state',
        'welcome',
      ]);
      expect(Object.keys(fuzz.outcomesBy(1)).sort()).toEqual(['bytes', 'grammar', 'resealed']);
      // Deep enough: mutants meet most rules, and some are good.
      const codes = Object.keys(fuzz.outcomesBy(2));
      for (const code of reached) expect(codes).toContain(code);
    },
  );

  it('repeats a run from its seed', async () => {
    const outcomes = async (): Promise<unknown> => {
      const fuzz = await Fuzz.of(seed);
      for (let at = 0; at < 150; at++) await fuzz.next();
      return [...fuzz.outcomes];
    };
    expect(await outcomes()).toEqual(await outcomes());
  });
});

const reached = [
  ...['accepted', 'malformed', 'bad_mac', 'bad_signature', 'bad_commit', 'not_allowed', 'not_opened'],
  ...['unsupported', 'wrong_group', 'wrong_epoch'],
];
