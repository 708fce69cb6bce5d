// A voice chat of two hundred headless members (crypto and API client in Node, no media) and three real browsers, with the real
// service and LiveKit, all on this machine. `npm run bench -- crowd`; APARTE_CROWD=50 makes it smaller. What happens is in crowd/.
import { startAparte } from '../e2e/harness/aparte.ts';
import { Crowd } from './crowd/crowd.ts';
import { Listeners, type Stretch } from './crowd/listeners.ts';
import { leaveAndReturn, removeAndReplace, type Round, type Scene } from './crowd/removals.ts';
import type { Tally } from './crowd/api.ts';
import { percentile, spread, type Measure } from './report.ts';
import { setTimeout as pause } from 'node:timers/promises';

const size = Number(process.env['APARTE_CROWD'] ?? 200);
const removals = 20;
/** Removals between two renewals of the presence in LiveKit (signal.ts). */
const removalsAStretch = 5;
const expulsions = 5;
const restSeconds = 15;
const reachRemovalMs = 2_000;
const reachCpuMs = 10;
const samplesAFrame = 960;

/** Not what is measured: one address is everybody here, and the room is larger than by default. */
const settings = {
  APARTE_ADDRESS_LIMIT: String(2 ** 31 - 1),
  APARTE_IDENTITY_LIMIT: String(2 ** 31 - 1),
  APARTE_MAX_PARTICIPANTS: String(size + 10),
  APARTE_LOG_LEVEL: 'warn',
};

export async function measureCrowd(): Promise<readonly Measure[]> {
  const aparte = await startAparte({ env: settings });
  const say = (line: string): void => console.log(`  ${line}`);
  let crowd: Crowd | null = null;
  let listeners: Listeners | null = null;
  try {
    crowd = await Crowd.gather(aparte.url, size);
    say(`${size} members are in the group`);
    listeners = await Listeners.sitDown(aparte, crowd.invite);
    await crowd.follow();
    await listeners.enterCall();
    say('three browsers hear each other');
    const scene: Scene = { crowd, listeners, leaves: size + listeners.people.length };
    const measures: Measure[] = [];

    const calm = await during(scene, () => pause(restSeconds * 1000));
    const storm = await during(scene, () => joinStorm(scene));
    say(`settled after ${(storm.result.ms / 1000).toFixed(1)} s`);
    measures.push(...stormMeasures(storm, calm.sound));

    await crowd.renewPresence();
    await pause(3000);
    const rest = await during(scene, () => pause(restSeconds * 1000));
    const rounds: Round[] = [];
    const stretches: Phase<unknown>[] = [];
    for (let done = 0; done < removals; done += removalsAStretch) {
      await crowd.renewPresence();
      await pause(2000);
      stretches.push(
        await during(scene, async () => {
          for (let i = 0; i < removalsAStretch; i++) {
            const seat = crowd!.seats[((done + i + 1) * 37) % size]!;
            rounds.push(await leaveAndReturn(scene, seat));
            say(
              `removed in ${rounds.at(-1)!.removedMs.toFixed(0)} ms, back in ${rounds.at(-1)!.backMs.toFixed(0)} ms`,
            );
          }
        }),
      );
    }
    measures.push(...removalMeasures(rounds, stretches, rest.sound));
    const expelled: Round[] = [];
    for (let i = 0; i < expulsions; i++) {
      await crowd.renewPresence();
      await pause(2000);
      expelled.push(await removeAndReplace(scene, crowd.seats[(i * 41 + 7) % size]!));
      say(
        `expelled in ${expelled.at(-1)!.removedMs.toFixed(0)} ms, replaced in ${expelled.at(-1)!.backMs.toFixed(0)} ms`,
      );
    }
    measures.push({
      what: `crowd of ${size + 3}: out of the group → last member on the new epoch`,
      value: spread(expelled.map(({ removedMs }) => removedMs)),
    });
    await listeners.hearEachOther();
    const { ends, restartCount } = await crowd.tally();
    measures.push({
      what: 'crowd: sessions that ended, generations opened',
      value: `${ends.length}, ${restartCount}`,
    });
    say(JSON.stringify(ends.slice(0, 5)));
    return measures;
  } finally {
    await listeners?.end();
    await crowd?.end();
    await aparte.close();
  }
}

interface Phase<T> {
  readonly result: T;
  readonly sound: Stretch;
  readonly cost: Pick<Tally, 'cpuMs' | 'bytes' | 'epochCount'>;
}

async function during<T>({ crowd, listeners }: Scene, work: () => Promise<T>): Promise<Phase<T>> {
  const before = await crowd.tally();
  const endOfSound = await listeners.listen();
  const result = await work();
  const sound = await endOfSound();
  const after = await crowd.tally();
  return {
    result,
    sound,
    cost: {
      cpuMs: after.cpuMs - before.cpuMs,
      bytes: after.bytes - before.bytes,
      epochCount: after.epochCount - before.epochCount,
    },
  };
}

async function joinStorm({ crowd, listeners, leaves }: Scene): Promise<{ ms: number; epoch: number }> {
  const beganMs = Date.now();
  const entered = crowd.enter();
  const { lastMs, generation, epoch } = await crowd.settled(leaves);
  await entered;
  return { ms: Math.max(lastMs, await listeners.reached({ generation, epoch })) - beganMs, epoch };
}

function stormMeasures(
  { result, cost, sound }: Phase<{ ms: number; epoch: number }>,
  calm: Stretch,
): Measure[] {
  const { ms, epoch } = result;
  return [
    {
      what: `crowd: ${size} join at once → all on one epoch`,
      value: `${(ms / 1000).toFixed(1)} s, ${epoch - 2} commits`,
    },
    {
      what: 'crowd: join storm, CPU and bytes of a member',
      value: `${(cost.cpuMs / size).toFixed(0)} ms, ${(cost.bytes / size / 1000).toFixed(0)} kB`,
    },
    concealed('join storm', { sound, calm, rekeys: epoch - 2 }),
  ];
}

function removalMeasures(
  rounds: readonly Round[],
  phases: readonly Phase<unknown>[],
  calm: Stretch,
): Measure[] {
  const times = rounds.map(({ removedMs }) => removedMs);
  const p95 = percentile(times, 0.95);
  const sum = (read: (phase: Phase<unknown>) => number): number =>
    phases.reduce((total, phase) => total + read(phase), 0);
  const epochs = sum(({ cost }) => cost.epochCount);
  const cpuMs = sum(({ cost }) => cost.cpuMs) / epochs;
  const stretch: Stretch = {
    seconds: sum(({ sound }) => sound.seconds),
    receivers: phases[0]!.sound.receivers,
    concealedSamples: sum(({ sound }) => sound.concealedSamples),
    silentConcealedSamples: sum(({ sound }) => sound.silentConcealedSamples),
    packetsLost: sum(({ sound }) => sound.packetsLost),
  };
  return [
    {
      what: `crowd of ${size + 3}: one leaves → last member on the new epoch, p95 of ${rounds.length}`,
      value: `${p95.toFixed(0)} ms; ${spread(times)}`,
      reach: `≤ ${reachRemovalMs} ms`,
      isReached: p95 <= reachRemovalMs,
    },
    { what: 'crowd: one comes back → all on one epoch', value: spread(rounds.map(({ backMs }) => backMs)) },
    {
      what: 'crowd: CPU per member and change',
      value: `${cpuMs.toFixed(1)} ms`,
      reach: `≤ ${reachCpuMs} ms`,
      isReached: cpuMs <= reachCpuMs,
    },
    {
      what: 'crowd: bytes per member and change',
      value: `${(sum(({ cost }) => cost.bytes) / epochs / 1000).toFixed(1)} kB`,
    },
    concealed('removals and returns', { sound: stretch, calm, rekeys: epochs / size }),
  ];
}

/** Frames of 20 ms that were made up, beyond what the calm stretch of the same run had, per rekey and sender. */
function concealed(what: string, given: { sound: Stretch; calm: Stretch; rekeys: number }): Measure {
  const { sound, calm, rekeys } = given;
  const rate = calm.concealedSamples / calm.seconds;
  const frames = (sound.concealedSamples - rate * sound.seconds) / samplesAFrame / rekeys / sound.receivers;
  return {
    what: `crowd: ${what}, 20 ms frames concealed per rekey and sender`,
    value: `${frames.toFixed(2)} (${sound.concealedSamples} samples in ${sound.seconds.toFixed(0)} s, ${rekeys.toFixed(0)} rekeys, ${sound.packetsLost} lost)`,
    baseline: `${calm.concealedSamples} samples in ${calm.seconds.toFixed(0)} s`,
    reach: '≤ 1',
    isReached: frames <= 1,
  };
}
