// Safety numbers: equal on the two screens, different for every pair, and what was compared stays compared.
import { expect, test } from 'vitest';
import { Pile } from './harness/frames.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben, cyd } from './harness/people.ts';
import { gather, setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

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

test('[C18] verified people only: no frame leaves while a third is not verified, which is said; after comparing they come by themselves', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben);
  const c = await stage.enter(cyd, { initScripts: [await pageScript('tap')] });
  await gather([a, b, c]);
  await a.press('Group settings');
  await a.press('Voice chat settings');
  await a.page.getByRole('radio', { name: /Verified people only/ }).check();
  await a.press('Close');
  for (const [person, other] of [
    [a, 'Ben'],
    [b, 'Ada'],
  ] as const) {
    await person.openVerify(other);
    await person.press('They match');
    await person.showsVerified(other);
  }
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
  await a.turnOnCamera();
  await b.sees('Ada');

  await c.joinVoiceChat();
  await Promise.all([a, b].map((person) => person.reads('Nothing of yours is sent')));
  await a.rowSays('Ben', 'Sends nothing until they have verified everybody');
  await Promise.all([a.hears(), b.hears(), b.seesNoMore('Ada'), c.hears()]);
  // What was on its way before the others had Cyd's leaf is sealed for an epoch without Cyd.
  const atCyds = new Pile(c.page);
  const count = async (): Promise<number> => {
    await atCyds.collect();
    return atCyds.of('receive', 'audio').length + atCyds.of('receive', 'video').length;
  };
  let before = await count();
  await until(
    async () => {
      const now = await count();
      const isSame = now === before;
      before = now;
      return isSame;
    },
    { what: 'what was on its way is there' },
  );
  await never(async () => (await count()) > before, 'a frame reaches who is not verified');

  await a.press('Compare with Cyd');
  await a.safetyNumber();
  await a.press('They match');
  await a.closeVerify();
  // Ben has not compared with Cyd, so he is heard by nobody, also not by Ada.
  await Promise.all([c.hears('Ada'), b.hears('Ada'), a.hears(), b.sees('Ada'), c.sees('Ada')]);
  expect(await c.everHeard()).toEqual(['Ada']);
});

test('[B3] [B4] who lost the browser starts from the file: the same number, group and badge; a wrong passphrase says so', async () => {
  const [a, b] = await stage.group(ada, ben);
  const number = await a!.openVerify('Ben');
  await a!.press('They match');
  await a!.page.getByRole('button', { name: 'Settings', exact: true }).click();
  await a!.press('Keep a backup');
  const passphrase = 'two trees beside the old house';
  await a!.page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await a!.page.getByLabel('The same once more').fill(passphrase);
  const [download] = await Promise.all([a!.page.waitForEvent('download'), a!.press('Save the file')]);
  expect(download.suggestedFilename()).toMatch(/^aparte-\d{4}-\d\d-\d\d\.backup$/);
  const file = await download.path();
  await a!.reads('The file is yours now');

  const again = await stage.enter(ada);
  await again.openApp();
  await again.press('I have a backup');
  await again.page.getByLabel('Backup file').setInputFiles(file);
  const field = again.page.getByLabel('Passphrase', { exact: true });
  await field.fill('two trees beside the new house');
  await again.press('Bring it back');
  await again.reads('The passphrase does not fit this file.');
  await field.fill(passphrase);
  await again.press('Bring it back');
  await again.showsVerified('Ben');
  expect(await again.openVerify('Ben')).toBe(number);
  await again.closeVerify();
  await again.startVoiceChat();
  await b!.joinVoiceChat();
  await again.hears('Ben');
  await b!.hears('Ada');
});
