// The large call: everybody joins at once, then one after the other leaves and comes back, then the owner takes some out of the group for
// good. figures.ts turns what happened into measures.
import { setTimeout as pause } from 'node:timers/promises';
import { startAparte } from '../../e2e/harness/aparte.ts';
import type { Measure } from '../report.ts';
import type { Tally } from './api.ts';
import { nowMs } from './clock.ts';
import { Crowd } from './crowd.ts';
import { expulsionFigures, removalFigures, stormFigures, troubleFigures } from './figures.ts';
import { Listeners, type Stretch } from './listeners.ts';
import { leaveAndReturn, removeAndReplace, type Round, type Scene } from './removals.ts';
import { settingsFor } from './settings.ts';

const removals = 20;
/** Removals between two renewals of the presence, which LiveKit wants once a minute (signal.ts): of two hundred each takes some ten seconds. */
const removalsAStretch = 2;
const expulsions = 2;
/** Longer means that somebody is lost, and that the figures so far are all there will be. */
const maxExpulsionMs = 120_000;
const restMs = 15_000;
/** Then it says whom it still waits for. */
const patienceMs = 120_000;
/** For what follows a join or a renewal of the presence. */
const settleMs = 3_000;

/** Something that was done, how it sounded meanwhile and what it cost all headless members together. */
export interface Phase<T> {
  readonly result: T;
  readonly sound: Stretch;
  readonly cost: Pick<Tally, 'cpuMs' | 'bytes' | 'epochCount'>;
}

export interface Storm {
  readonly ms: number;
  readonly epochs: number;
}

export async function measureMany(size: number, say: (line: string) => void): Promise<readonly Measure[]> {
  const aparte = await startAparte({ env: settingsFor(size) });
  let crowd: Crowd | null = null;
  let listeners: Listeners | null = null;
  try {
    crowd = await Crowd.gather(aparte.url, size, 'signal');
    listeners = await Listeners.sitDown(aparte, crowd.invite, 'sound');
    await crowd.follow();
    await listeners.enterCall();
    const scene: Scene = { crowd, listeners, leaves: size + listeners.people.length };
    say(`${size} members are in the group, three browsers hear each other`);
    return await act(scene, say);
  } finally {
    await listeners?.end();
    await crowd?.end();
    await aparte.close();
  }
}

async function act(scene: Scene, say: (line: string) => void): Promise<readonly Measure[]> {
  const { crowd, listeners } = scene;
  await pause(settleMs);
  const calm = await during(scene, () => pause(restMs));
  const storm = await during(scene, () => joinStorm(scene, say));
  say(`all in after ${(storm.result.ms / 1000).toFixed(1)} s and ${storm.result.epochs} commits`);
  await renewPresence(scene);
  const rest = await during(scene, () => pause(restMs));
  const phases: Phase<readonly Round[]>[] = [];
  for (let done = 0; done < removals; done += removalsAStretch) {
    await renewPresence(scene);
    phases.push(await during(scene, () => removeSome(scene, done, say)));
  }
  const measured = [
    ...stormFigures(scene, { storm, calm: calm.sound }),
    ...removalFigures(scene, { phases, rest: rest.sound }),
  ];
  for (const { what, value } of measured) say(`${what}: ${value}`);
  const expelled = await Promise.race([expelSome(scene, say), pause(maxExpulsionMs, null, { ref: false })]);
  if (expelled === null) say(`${expulsions} expulsions were not over after ${maxExpulsionMs / 1000} s`);
  else await listeners.hearEachOther();
  return [
    ...measured,
    ...(expelled === null ? [] : expulsionFigures(scene, expelled)),
    ...troubleFigures(await crowd.tally()),
  ];
}

async function expelSome(scene: Scene, say: (line: string) => void): Promise<readonly Round[]> {
  const expelled: Round[] = [];
  for (let i = 0; i < expulsions; i++) {
    await renewPresence(scene);
    expelled.push(await removeAndReplace(scene, seatFor(scene, 41 * i + 7)));
    say(`expelled: ${told(expelled.at(-1)!)}`);
  }
  return expelled;
}

async function joinStorm({ crowd, listeners, leaves }: Scene, say: (line: string) => void): Promise<Storm> {
  const beganMs = nowMs();
  const before = await listeners.epoch();
  const patience = setTimeout(() => {
    void crowd.stragglers(leaves).then((lines) => {
      say(`after ${patienceMs / 1000} s not with the others: ${lines.length}`);
      for (const line of lines.slice(0, 10)) say(`  ${line}`);
    });
  }, patienceMs);
  const [there] = await Promise.all([crowd.settled(leaves), crowd.enter()]);
  clearTimeout(patience);
  const lastMs = Math.max(there.lastMs, await listeners.reached(there));
  return { ms: lastMs - beganMs, epochs: there.epoch - before };
}

async function removeSome(
  scene: Scene,
  done: number,
  say: (line: string) => void,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let i = done; i < done + removalsAStretch; i++) {
    rounds.push(await leaveAndReturn(scene, seatFor(scene, 37 * i + 1)));
    say(`left: ${told(rounds.at(-1)!)}`);
  }
  return rounds;
}

/** Anybody but the first, who founded the group. */
function seatFor({ crowd: { seats } }: Scene, n: number) {
  return seats[1 + (n % (seats.length - 1))]!;
}

async function renewPresence({ crowd }: Scene): Promise<void> {
  await crowd.renewPresence();
  await pause(settleMs);
}

function told({ removedMs, inBrowsersMs, backMs }: Round): string {
  const [gone, inBrowsers, back] = [removedMs, inBrowsersMs, backMs].map((ms) => `${ms.toFixed(0)} ms`);
  return `gone everywhere after ${gone}, in the browsers after ${inBrowsers}; the next one in after ${back}`;
}

async function during<T>({ crowd, listeners }: Scene, work: () => Promise<T>): Promise<Phase<T>> {
  const before = await crowd.tally();
  const end = await listeners.listen();
  const result = await work();
  const sound = await end();
  const after = await crowd.tally();
  const cost = {
    cpuMs: after.cpuMs - before.cpuMs,
    bytes: after.bytes - before.bytes,
    epochCount: after.epochCount - before.epochCount,
  };
  return { result, sound, cost };
}
