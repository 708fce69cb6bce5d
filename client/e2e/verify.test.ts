// Safety numbers: equal on the two screens, different for every pair, and what was compared stays compared.
import { expect, test } from 'vitest';
import { setStage } from './harness/stage.ts';
import { ada, ben, cyd } from './harness/people.ts';

const stage = setStage();

test('[S1] the number of a pair is the same on both screens and different for every pair', async () => {
  const people = await stage.call(ada, ben, cyd);
  const numbers = new Map<string, string[]>();
  for (const person of people) {
    for (const other of people.filter((one) => one !== person)) {
      const number = await person.openVerify(other.name);
      expect(number).toMatch(/^\d{60}$/);
      const pair = [person.name, other.name].sort().join(' and ');
      numbers.set(pair, [...(numbers.get(pair) ?? []), number]);
      await person.closeVerify();
    }
  }
  expect(numbers.size).toBe(3);
  for (const [first, second] of numbers.values()) expect(second).toBe(first);
  expect(new Set([...numbers.values()].flat()).size).toBe(3);
});

test('[S3] "They match" marks the member on this device, through a reload, the next call and another group', async () => {
  const [a, b] = await stage.call(ada, ben);
  const number = await a!.openVerify('Ben');
  await a!.press('They match');
  await a!.showsVerified('Ben');

  await a!.reload();
  await a!.showsVerified('Ben');
  await a!.joinVoiceChat();
  await a!.hears('Ben');
  await a!.showsVerified('Ben');
  expect(await a!.openVerify('Ben')).toBe(number);
  await a!.closeVerify();

  await a!.leave();
  await b!.leave();
  await a!.startNewGroup('Another group');
  await b!.joinByLink(await a!.copyLink());
  await a!.showsVerified('Ben');
  // Ben has compared nothing himself.
  expect(await b!.page.getByRole('img', { name: 'verified' }).count()).toBe(0);
});
