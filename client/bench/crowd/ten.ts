// A call of ten: three browsers that speak and seven headless members with a data channel. How long after a removal until everybody
// sends under the new key: the browsers by the key ids of their frames as they arrive, the others by what their sessions say (K4).
import { setTimeout as pause } from 'node:timers/promises';
import { startAparte } from '../../e2e/harness/aparte.ts';
import { percentile, spread, type Measure } from '../report.ts';
import { Crowd } from './crowd.ts';
import { Listeners } from './listeners.ts';
import { comeBack, type Scene } from './removals.ts';
import { settingsFor } from './settings.ts';

const headless = 7;
const rounds = 20;
const reachMs = 1_000;

interface Round {
  /** Told the service → the last of all has the new keys, and sends under them. */
  readonly keysMs: number;
  readonly sendingMs: number;
}

export async function measureTen(say: (line: string) => void): Promise<readonly Measure[]> {
  const aparte = await startAparte({ env: settingsFor(headless) });
  let crowd: Crowd | null = null;
  let listeners: Listeners | null = null;
  try {
    crowd = await Crowd.gather(aparte.url, headless, 'whole');
    listeners = await Listeners.sitDown(aparte, crowd.invite, 'keys');
    await crowd.follow();
    await listeners.enterCall();
    const scene: Scene = { crowd, listeners, leaves: headless + listeners.people.length };
    await crowd.enter();
    await crowd.settled(scene.leaves);
    await pause(3_000); // data channels come after the keys
    const all: Round[] = [];
    for (let i = 0; i < rounds; i++) {
      all.push(await oneRound(scene, 1 + (i % (headless - 1))));
      say(
        `ten: keys after ${all[i]!.keysMs.toFixed(0)} ms, all sending after ${all[i]!.sendingMs.toFixed(0)} ms`,
      );
    }
    const sending = all.map(({ sendingMs }) => sendingMs);
    const p95 = percentile(sending, 0.95);
    return [
      {
        what: `ten: one leaves → all senders on the new key, p95 of ${rounds}`,
        value: `${p95.toFixed(0)} ms; ${spread(sending)}`,
        reach: `≤ ${reachMs} ms`,
        isReached: p95 <= reachMs,
      },
      { what: 'ten: one leaves → all have the new keys', value: spread(all.map(({ keysMs }) => keysMs)) },
    ];
  } finally {
    await listeners?.end();
    await crowd?.end();
    await aparte.close();
  }
}

async function oneRound(scene: Scene, index: number): Promise<Round> {
  const { crowd, listeners } = scene;
  const seat = crowd.seats[index]!;
  const { livekitIdentity, toldMs } = await seat.process.call('leave', seat.index);
  const without = await crowd.gone(livekitIdentity);
  const [keysMs, sendersMs, othersMs] = await Promise.all([
    listeners.reached(without),
    listeners.heardIn(without),
    crowd.switched(without),
  ]);
  const round = {
    keysMs: Math.max(keysMs, without.lastMs) - toldMs,
    sendingMs: Math.max(sendersMs, othersMs) - toldMs,
  };
  await comeBack(scene, seat);
  await pause(1_500); // a data channel, and the last move of senders
  return round;
}
