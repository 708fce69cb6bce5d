// Leaves and LiveKit participants that do not match: said only when it lasts, never about others while I am cut off myself.
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { graceMs, Presence } from './presence.ts';

function watch() {
  const clock = new ManualClock();
  let changes = 0;
  const presence = new Presence(clock, () => changes++);
  const said = () => ({ away: [...presence.away], outsiders: [...presence.outsiders] });
  return { clock, presence, said, changes: () => changes };
}

test('[M3] who holds a leaf and is not in LiveKit is away after a while, and back at once', async () => {
  const { clock, presence, said, changes } = watch();
  presence.update({ leaves: ['ben', 'cyd'], participants: ['cyd'] });
  await clock.pass(graceMs - 1);
  expect(said().away).toEqual([]);
  await clock.pass(1);
  expect(said().away).toEqual(['ben']);
  expect(changes()).toBe(1);
  presence.update({ leaves: ['ben', 'cyd'], participants: ['ben', 'cyd'] });
  expect(said().away).toEqual([]);
});

test('[M3] who is in LiveKit without a leaf is an outsider after a while', async () => {
  const { clock, presence, said } = watch();
  presence.update({ leaves: ['ben'], participants: ['ben', 'mal'] });
  await clock.pass(graceMs);
  expect(said().outsiders).toEqual(['mal']);
});

test('[M3] who joins both within the time is neither', async () => {
  const { clock, presence, said, changes } = watch();
  presence.update({ leaves: [], participants: ['ben'] });
  await clock.pass(graceMs / 2);
  presence.update({ leaves: ['ben'], participants: ['ben'] });
  await clock.pass(graceMs * 2);
  expect(said()).toEqual({ away: [], outsiders: [] });
  expect(changes()).toBe(0);
});

test('[M3] nobody is judged while my own line to LiveKit is down', async () => {
  const { clock, presence, said } = watch();
  presence.update({ leaves: ['ben', 'cyd'], participants: ['ben', 'cyd', 'mal'] });
  presence.update({ leaves: ['ben', 'cyd'], participants: null });
  await clock.pass(graceMs * 3);
  expect(said()).toEqual({ away: [], outsiders: [] });
});

test('[M6] what is silent for a while is stalled, and no longer with the first frame', async () => {
  const { clock, presence, changes } = watch();
  const seen = { leaves: ['ben'], participants: ['ben'] };
  presence.update({ ...seen, silent: ['ben microphone'] });
  await clock.pass(graceMs - 1);
  expect([...presence.stalled]).toEqual([]);
  await clock.pass(1);
  expect([...presence.stalled]).toEqual(['ben microphone']);
  expect(changes()).toBe(1);
  presence.update({ ...seen, silent: ['ben camera'] });
  expect([...presence.stalled]).toEqual([]);
  presence.update({ ...seen, silent: [] });
  await clock.pass(graceMs * 2);
  expect([...presence.stalled]).toEqual([]);
});

test('looking again changes no set in which everybody stands as before', async () => {
  const { clock, presence } = watch();
  const seen = { leaves: ['ben', 'cyd'], participants: ['cyd', 'mal'], silent: ['cyd microphone'] };
  presence.update(seen);
  await clock.pass(graceMs);
  const before = [presence.away, presence.outsiders, presence.misshown, presence.stalled];
  expect(before.map(({ size }) => size)).toEqual([1, 1, 0, 1]);
  presence.update(seen);
  const after = [presence.away, presence.outsiders, presence.misshown, presence.stalled];
  expect(after.every((set, i) => set === before[i])).toBe(true);
  presence.update({ ...seen, participants: ['ben', 'cyd', 'mal'] });
  expect([...presence.away]).toEqual([]);
  expect(presence.outsiders).toBe(before[1]);
});

test('a presence that was stopped says nothing any more', async () => {
  const { clock, presence, changes } = watch();
  presence.update({ leaves: ['ben'], participants: [] });
  presence.stop();
  await clock.pass(graceMs * 2);
  expect(changes()).toBe(0);
});
