// Coming and going in the midst of a call: late, again, taken out, locked out, removed from the group. Also run with the service on
// PostgreSQL (server/start/test.ts).
import { expect, test } from 'vitest';
import { setStage } from './harness/stage.ts';
import { ada, ben, cyd } from './harness/people.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

test('[C4] a late joiner hears at once, a reloaded page comes back, and nobody is there twice', async () => {
  const [a, b, c] = await stage.group(ada, ben, cyd);
  await a!.startVoiceChat();
  await b!.joinVoiceChat();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);
  await c!.joinVoiceChat();
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada', 'Ben')]);

  await b!.reload();
  await b!.joinVoiceChat();
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada', 'Ben')]);
  for (const person of [a!, c!]) await person.hasRows(3);
});

test('[C16] [C17] the owner takes somebody out, who is told and comes back, but not into the locked call, and ends it for everybody', async () => {
  const [a, b, c] = await stage.call(ada, ben, cyd);
  const takeOut = async () => {
    await a!.press('Ben in this call');
    await a!.press('Take Ben out of the call');
    await a!.press('Take out');
    await Promise.all([
      b!.reads('Ada took you out of the call'),
      a!.hears('Cyd'),
      c!.hears('Ada'),
      b!.hears(),
    ]);
    await Promise.all([a!, c!].map((person) => person.hasRows(2)));
    await b!.press('Back to the group');
  };
  await takeOut();
  await b!.joinVoiceChat();
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd')]);
  await a!.press('Call options');
  await a!.press('Lock the call');
  await Promise.all([a!, b!, c!].map((person) => person.reads('Locked')));
  await takeOut();
  await b!.reads('The call is locked.');
  expect(await b!.button('Join voice chat').isDisabled()).toBe(true);
  await a!.press('Call options');
  await a!.press('End the call for everybody');
  await a!.press('End it');
  await c!.reads('Ada ended the call for everybody.');
  await Promise.all([a!, b!].map((person) => person.button('Start voice chat').waitFor()));
});

test('[G10] whom the owner removes is out of the call, out of the group and is told so', async () => {
  const [a, b, c] = await stage.call(ada, ben, cyd);
  const before = await a!.epoch();
  await a!.removeFromGroup('Cyd');
  await Promise.all([a!.hears('Ben'), b!.hears('Ada'), c!.hears()]);
  await until(async () => (await b!.epoch()).epoch > before.epoch, {
    what: 'Ben has the keys of a later epoch',
  });
  await c!.reads(/no longer in this group|has closed to you/);
  expect(await c!.button('Join voice chat').count()).toBe(0);
  await Promise.all([a!.hasRows(2), b!.hasRows(2)]);
});
