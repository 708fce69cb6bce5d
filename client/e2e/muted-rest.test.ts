// A microphone that stays muted: nothing is computed for it any more, and it is heard all the same as soon as it is wanted, also where the
// browser does not let what stood still go on.
import { test } from 'vitest';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

/** Keeps the AudioContext that a microphone goes through: the one that asks for a rate. */
const keepContext = `
  const Former = AudioContext;
  window.AudioContext = class extends Former {
    constructor(options) {
      super(options);
      if (options?.sampleRate !== undefined) window.aparteThrough = this;
    }
    resume() {
      return window.aparteStuck ? new Promise(() => {}) : super.resume();
    }
  };`;

interface Watched {
  readonly aparteThrough?: AudioContext;
  aparteStuck?: boolean;
}

function stateOf({ page }: Person): Promise<string | undefined> {
  return page.evaluate(() => (window as unknown as Watched).aparteThrough?.state);
}

function isIn(person: Person, state: AudioContextState): Promise<unknown> {
  return until(async () => (await stateOf(person)) === state, {
    what: `what ${person.name}'s microphone goes through is ${state}`,
    instead: () => stateOf(person),
    withinMs: 30_000,
  });
}

test('a microphone that stays muted computes nothing, and is heard when it is wanted, however often, and where the browser is stuck', async () => {
  const a = await stage.enter(ada, { initScripts: [keepContext] });
  const b = await stage.enter(ben);
  await stage.callOf([a, b]);
  await isIn(a, 'running');
  await a.mute();
  await isIn(a, 'suspended');

  for (let taps = 0; taps < 5; taps++) await a.page.keyboard.press('m');
  await b.hears('Ada');
  await isIn(a, 'running');

  await a.mute();
  await isIn(a, 'suspended');
  await a.page.evaluate(() => Object.assign(window, { aparteStuck: true }));
  await a.press('Unmute microphone');
  await b.hears('Ada');
  await a.press('Sound and camera');
  await a.reads('This could not be started here');
});
