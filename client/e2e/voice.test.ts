// Voice, from the first tap to the last goodbye, in three browsers with three real sounds. What is heard is read from the sound that
// the page plays, never from a counter.
import { expect, test } from 'vitest';
import { Company } from '../bench/company/company.ts';
import { setStage } from './harness/stage.ts';
import { ada, ben, cyd } from './harness/people.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

test('[M5] three people hear the two others and not themselves, through mute, leave, return and the end', async () => {
  const [a, b, c] = await stage.call(ada, ben, cyd);
  for (const person of [a!, b!, c!]) expect(await person.everHeard()).not.toContain(person.name);

  await a!.speaks('Ben');
  await b!.mute();
  await Promise.all([a!.hears('Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada')]);
  await a!.rowSays('Ben', /Muted|Listening/);
  await b!.unmute();
  await Promise.all([a!.hears('Ben', 'Cyd'), c!.hears('Ada', 'Ben')]);

  await c!.leave();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada'), c!.hears()]);
  await c!.joinVoiceChat();
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada', 'Ben')]);
  expect(await c!.everHeard()).not.toContain('Cyd');

  await c!.leave();
  await b!.leave();
  await a!.hears();
  await a!.leave();
  for (const person of [a!, b!, c!]) await person.button('Start voice chat').waitFor();
});

test('[M2] [F8] each of five who speak at once is seen to speak: the connection has room for three at first', async () => {
  const [a] = await stage.group(ada);
  const [, invite = ''] = (await a!.copyLink()).split('#/join/');
  const names = ['Eve', 'Finn', 'Gus', 'Hana', 'Ines'];
  const company = await Company.gather(stage.aparte, { invite, names });
  try {
    await a!.startVoiceChat();
    await company.enter(false);
    await Promise.all(names.map((name) => a!.speaks(name)));
  } finally {
    await company.end();
  }
});

test('[A7] [A8] a listener raises a hand, which every screen shows in its place, is let speak, is muted and unmutes, and listens only again', async () => {
  const [a, b, c] = await stage.call(ada, ben, cyd);
  for (const name of ['Ben', 'Cyd']) await a!.actOn(name, `Let ${name} listen only`);
  await Promise.all([a!.hears(), b!.reads('You listen'), c!.reads('You listen')]);
  await b!.press('Raise hand');
  await Promise.all([a!, c!].map((person) => person.rowSays('Ben', 'Hand raised, first in line')));
  await c!.press('Raise hand');
  await Promise.all([a!, b!].map((person) => person.rowSays('Cyd', 'Hand raised, number 2 in line')));
  await a!.press('Let speak: Ben');
  await Promise.all([a!.hears('Ben'), b!.hears('Ada'), c!.hears('Ada', 'Ben')]);
  await Promise.all([a!, b!].map((person) => person.rowSays('Cyd', 'Hand raised, first in line')));
  await a!.press('Ben in this call');
  await a!.press('Mute Ben');
  await Promise.all([b!.reads('Ada muted you'), a!.hears(), c!.hears('Ada')]);
  await b!.unmute();
  await Promise.all([a!.hears('Ben'), c!.hears('Ada', 'Ben')]);
  await a!.press('Call options');
  await a!.press('Mute everybody else');
  await Promise.all([b!.reads('Ada muted you'), a!.hears(), c!.hears('Ada')]);
  await a!.press('Ben in this call');
  await a!.press('Ben listens only again');
  await b!.reads('You listen');
  await Promise.all([a!.hears(), c!.hears('Ada')]);
  await c!.press('Lower hand');
  await until(async () => !/Hand raised/.test(await a!.callText()), {
    what: 'no hand is up on Ada’s screen',
  });
});

test('[G9] who may only listen is heard by nobody until they may speak again, all in the same call', async () => {
  const [a, b] = await stage.call(ada, ben);
  await a!.actOn('Ben', 'Let Ben listen only');
  await b!.reads('You listen');
  await Promise.all([a!.hears(), b!.hears('Ada')]);
  expect(await b!.button('Turn on camera').count()).toBe(0);
  await a!.actOn('Ben', 'Let Ben speak');
  await b!.button('Mute microphone').waitFor();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);

  await a!.actOn('Ben', 'Let Ben listen only');
  await b!.reads('You listen');
  await b!.leave();
  await b!.press('Join voice chat');
  await b!.reads('You listen');
  await Promise.all([a!.hears(), b!.hears('Ada'), a!.hasRows(2)]);
});
