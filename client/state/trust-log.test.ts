// The trust log: newest first, never endless, and right about who was removed even when the roster tells it later.
import { expect, test } from 'vitest';
import { withCount, withLine, withRemovals, type TrustLine } from './trust-log.ts';

const line = (kind: TrustLine['kind'], identity: string, atMs = 0) => ({
  kind,
  identity,
  name: identity,
  atMs,
});

test('lines are newest first, each with an id of its own, and the oldest go', () => {
  let log: readonly TrustLine[] = [];
  for (let n = 0; n < 300; n++) log = withLine(log, line('joined', `p${n}`));
  expect(log).toHaveLength(200);
  expect(log[0]!.identity).toBe('p299');
  expect(new Set(log.map(({ id }) => id)).size).toBe(200);
});

test('[G10] who went a moment before the roster said so was removed; who left long ago had left', () => {
  const log = withLine(withLine([], line('left', 'ben', 0)), line('left', 'mal', 60_000));
  const after = withRemovals(log, 61_000, () => true);
  expect(after.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual(['removed mal', 'left ben']);
  expect(withRemovals(log, 61_000, () => false)).toBe(log);
});

test('a count that grows changes the newest line about that person, and no other', () => {
  let log = withLine([], { ...line('forged', 'ben'), count: 30 });
  for (const about of ['ada', 'ben']) log = withLine(log, { ...line('forged', about), count: 30 });
  const after = withCount(withLine(log, line('left', 'ben')), { kind: 'forged', identity: 'ben', count: 99 });
  expect(after.map(({ kind, identity, count }) => [kind, identity, count])).toEqual([
    ['left', 'ben', 1],
    ['forged', 'ben', 99],
    ['forged', 'ada', 30],
    ['forged', 'ben', 30],
  ]);
});

test('what is refused in a row is one line that counts, so that a stream of it washes nothing away', () => {
  let log = withLine([], line('joined', 'ben'));
  for (let n = 1; n <= 300; n++) log = withLine(log, line('refused', '', n));
  expect(log.map(({ kind, count, atMs }) => [kind, count, atMs])).toEqual([
    ['refused', 300, 300],
    ['joined', 1, 0],
  ]);
  log = withLine(withLine(log, line('left', 'ben', 301)), line('refused', '', 302));
  expect(log.map(({ kind, count }) => `${kind} ${count}`)).toEqual([
    'refused 1',
    'left 1',
    'refused 300',
    'joined 1',
  ]);
});
