// The machine that the service runs on, in the attacker's hands: killed in the middle of a commit, and clocks that are wrong. The running call
// goes on; who cannot be let in is told why; and it is mended without a tap.
import { expect, test } from 'vitest';
import { ada, ben, cyd } from '../client/e2e/harness/people.ts';
import { enterCall, gather } from '../client/e2e/harness/stage.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { comesBack, oneEpoch } from './harness/aftermath.ts';
import { pageClock, serviceClock } from './harness/clock.ts';
import { isAppend } from './harness/pages.ts';
import { setStolenService } from './harness/stolen-service.ts';

const { stage, hostile, store, crowd } = setStolenService();

const hourMs = 3_600_000;

test('[C6] [D2] the service killed after it stored a commit and before it said so: the commit counts once, and the call goes on', async () => {
  const people = [await stage.enter(ada), await stage.enter(ben)];
  const link = await gather(people);
  await enterCall(people);
  const guest = await crowd.join('Cyd', link);
  await guest.enter(3);
  const before = await oneEpoch(people, ({ epoch }) => epoch === store.call().epoch);
  let isKilled = false;
  const end = hostile.attack(async (asked, truth) => {
    const answer = await truth();
    if (!isAppend(asked) || answer.status !== 201) return answer;
    isKilled = true;
    await stage.aparte.killService();
    throw new Error('no answer');
  });
  await guest.leave();
  await until(() => isKilled, { what: 'a commit was stored, and its answer lost' });
  end();
  expect(store.call().epoch).toBe(before.epoch + 1);
  await Promise.all(people.map((person) => person.reads(/Reconnecting/)));
  await stage.aparte.startService();
  await comesBack(people, { after: 'the service killed within a commit' });
  expect(await oneEpoch(people)).toEqual({ ...before, epoch: before.epoch + 1 });
  expect(store.call().epoch).toBe(before.epoch + 1);
  await Promise.all(people.map((person) => person.hasRows(2)));
});

test('[A6] [C7] a clock of a member that is an hour off, and jumps: nobody is called stale, and who leaves is removed at once', async () => {
  const [a, b, c] = [
    await stage.enter(ada),
    await stage.enter(ben, { initScripts: [pageClock] }),
    await stage.enter(cyd),
  ];
  await gather([a, b, c]);
  await b.page.evaluate((offMs) => Object.assign(window, { clockOffMs: offMs }), -hourMs);
  await enterCall([a, b, c]);
  for (const offMs of [hourMs, -hourMs]) {
    await b.page.evaluate((off) => Object.assign(window, { clockOffMs: off }), offMs);
    // Something of Ada's comes, and Ben's device looks how long everybody has been quiet.
    await a.mute();
    await a.unmute();
    await never(
      async () => (await b.page.getByText(/No sign yet of the newest key/).count()) > 0,
      'somebody is called stale',
      1000,
    );
    await comesBack([a, b, c], { after: `a clock ${offMs < 0 ? 'set back' : 'set on'}` });
  }
  await c.leave();
  await Promise.all([a, b].map((person) => person.hasRows(2)));
});

test('[L1] [T3] a service whose clock is an hour ahead lets nobody in and says so; who is in goes on, and all is well with a right clock', async () => {
  const [a, b] = await stage.call(ada, ben);
  const people = [a!, b!];
  await stage.aparte.stopService();
  await stage.aparte.startService(serviceClock(hourMs));
  await comesBack(people, { after: 'a service ahead by an hour' });
  await b!.leave();
  await b!.press('Join voice chat');
  await b!.reads(/server that carries sound can’t be reached/);
  await stage.aparte.stopService();
  await stage.aparte.startService();
  await b!.joinVoiceChat();
  await comesBack(people, { after: 'a right clock' });
});
