// What happened in the large call as measures with what is to be reached.
import { percentile, spread, type Measure } from '../report.ts';
import type { Tally } from './api.ts';
import type { Stretch } from './listeners.ts';
import type { Phase, Storm } from './many.ts';
import type { Round, Scene } from './removals.ts';

const reachRemovalMs = 2_000;
const reachCpuMs = 10;
const reachFrames = 1;
/** Of 20 ms at 48 kHz. */
const samplesAFrame = 960;

export function stormFigures(
  { leaves, crowd }: Scene,
  { storm, calm }: { readonly storm: Phase<Storm>; readonly calm: Stretch },
): Measure[] {
  const { ms, epochs } = storm.result;
  const size = crowd.seats.length;
  return [
    {
      what: `${leaves}: ${size} join at once → all on one epoch`,
      value: `${(ms / 1000).toFixed(1)} s, ${epochs} commits`,
    },
    {
      what: `${leaves}: the join of all, of a member`,
      value: `${(storm.cost.cpuMs / size).toFixed(0)} ms of CPU, ${kb(storm.cost.bytes / size)}`,
    },
    concealed(`${leaves}: all join`, { sound: storm.sound, calm, rekeys: epochs }),
  ];
}

export function removalFigures(
  { leaves, crowd }: Scene,
  { phases, rest }: { readonly phases: readonly Phase<readonly Round[]>[]; readonly rest: Stretch },
): Measure[] {
  const rounds = phases.flatMap(({ result }) => result);
  const times = rounds.map(({ removedMs }) => removedMs);
  const p95 = percentile(times, 0.95);
  const inBrowsers = rounds.map(({ inBrowsersMs }) => inBrowsersMs);
  const sum = (read: (phase: Phase<unknown>) => number): number =>
    phases.reduce((total, phase) => total + read(phase), 0);
  const changes = sum(({ cost }) => cost.epochCount);
  const cpuMs = sum(({ cost }) => cost.cpuMs) / changes;
  const sound: Stretch = {
    seconds: sum((phase) => phase.sound.seconds),
    receivers: rest.receivers,
    concealedSamples: sum((phase) => phase.sound.concealedSamples),
    silentConcealedSamples: sum((phase) => phase.sound.silentConcealedSamples),
    packetsLost: sum((phase) => phase.sound.packetsLost),
  };
  return [
    {
      what: `${leaves}: one leaves → last member on the new epoch, p95 of ${rounds.length}`,
      value: `${p95.toFixed(0)} ms; ${spread(times)}`,
      reach: `≤ ${reachRemovalMs} ms`,
      isReached: p95 <= reachRemovalMs,
    },
    {
      what: `${leaves}: the same, until the last of the three browsers, p95`,
      value: `${percentile(inBrowsers, 0.95).toFixed(0)} ms; ${spread(inBrowsers)}`,
    },
    {
      what: `${leaves}: one comes back → all on one epoch`,
      value: spread(rounds.map(({ backMs }) => backMs)),
    },
    {
      what: `${leaves}: CPU per member and change, Node`,
      value: `${cpuMs.toFixed(1)} ms`,
      reach: `≤ ${reachCpuMs} ms`,
      isReached: cpuMs <= reachCpuMs,
    },
    { what: `${leaves}: bytes per member and change`, value: kb(sum(({ cost }) => cost.bytes) / changes) },
    concealed(`${leaves}: leaving and coming back`, {
      sound,
      calm: rest,
      rekeys: changes / crowd.seats.length,
    }),
  ];
}

export function expulsionFigures({ leaves }: Scene, rounds: readonly Round[]): Measure[] {
  return [
    {
      what: `${leaves}: one is taken out of the group → last member on the new epoch`,
      value: spread(rounds.map(({ removedMs }) => removedMs)),
    },
  ];
}

export function troubleFigures({ ends, restartCount }: Tally): Measure[] {
  return [
    {
      what: 'places that were lost and taken again, generations begun',
      value: `${ends.length}, ${restartCount}`,
    },
  ];
}

/** Made-up sound beyond what the calm stretch of the same run had, in frames of 20 ms per rekey and sender. */
function concealed(
  what: string,
  { sound, calm, rekeys }: { readonly sound: Stretch; readonly calm: Stretch; readonly rekeys: number },
): Measure {
  const usual = (calm.concealedSamples / calm.seconds) * sound.seconds;
  const frames = (sound.concealedSamples - usual) / samplesAFrame / rekeys / sound.receivers;
  const inWords = (stretch: Stretch): string =>
    `${(stretch.concealedSamples / 48 / stretch.receivers).toFixed(0)} ms of ${stretch.seconds.toFixed(0)} s`;
  return {
    what: `${what}: 20 ms frames concealed per rekey and sender`,
    value: `${frames.toFixed(2)} (${inWords(sound)}, ${rekeys.toFixed(0)} rekeys, ${sound.packetsLost} lost)`,
    baseline: inWords(calm),
    reach: `≤ ${reachFrames}`,
    isReached: frames <= reachFrames,
  };
}

function kb(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
