// What the controls of a voice chat do at the other end: holding to talk by key and by hand and everything that ends it, shortcuts, being
// told that one is muted, and how loud somebody is for one alone.
import { expect, test } from 'vitest';
import { ada, ben } from './harness/people.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

test('who is muted is heard for as long as the space bar or the microphone is held, and no longer', async () => {
  const [a, b] = await stage.call(ada, ben);
  await b!.mute();
  await a!.hears();
  const { keyboard, mouse } = b!.page;
  await b!.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

  await keyboard.down('Space');
  await b!.reads('Let go to mute');
  await a!.hears('Ben');
  await keyboard.up('Space');
  await b!.button('Unmute microphone').waitFor();
  await a!.hears();

  // The page loses the keyboard, and nobody is told that the key came up.
  await keyboard.down('Space');
  await a!.hears('Ben');
  await b!.page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await b!.button('Unmute microphone').waitFor();
  await a!.hears();
  await keyboard.up('Space');

  const lamp = (await b!.button('Unmute microphone').boundingBox())!;
  await mouse.move(lamp.x + lamp.width / 2, lamp.y + lamp.height / 2);
  await mouse.down();
  await b!.reads('Let go to mute');
  await a!.hears('Ben');
  await mouse.move(5, 5);
  await mouse.up();
  await b!.button('Unmute microphone').waitFor();
  await a!.hears();
  await b!.reads('You’re muted: nobody hears you');
  // Whoever reads that hits the microphone: it asks, and stands still.
  await b!.unmute();
  await b!.mute();

  await keyboard.press('m');
  await a!.hears('Ben');
  await keyboard.press('Control+d');
  await a!.hears();
  await keyboard.press('?');
  await b!.reads('Talk while held');
  // A sheet is open: single keys rest.
  await keyboard.press('m');
  await b!.page.getByRole('checkbox', { name: 'Single keys' }).uncheck();
  await keyboard.press('Escape');
  await keyboard.press('m');
  await b!.button('Unmute microphone').waitFor();
  await keyboard.press('Control+d');
  await a!.hears('Ben');

  // The numbers of the call are of what really comes and goes, and name nobody once they are copied.
  await keyboard.press('Control+Shift+D');
  const numbers = b!.page.getByRole('dialog', { name: 'Numbers of the call' });
  const says = (what: RegExp): Promise<void> => numbers.getByText(what).first().waitFor();
  await says(/^\w+ → host, udp$/);
  for (const whose of ['Mine', 'Ada'])
    await says(new RegExp(`^${whose}, microphone\\s*opus · [1-9]\\d* kbit/s`));
  await b!.press('Copy as text');
  await says(/^Copied$/);
  const text = await b!.page.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/member 1, microphone: opus, [1-9]\d* kbit\/s/);
  expect(text).toMatch(/frames: sealed [1-9]\d*, held \d+, arrived [1-9]\d*, opened [1-9]/);
  expect(text).toMatch(/keys \d+ ms, published \d+ ms, heard \d+ ms/);
  expect(text).not.toMatch(/Ada|Ben|#|:\/\//);
  await keyboard.press('Control+Shift+D');
  await numbers.waitFor({ state: 'hidden' });

  // The small window above all others has the microphone, too, and goes with the call.
  await b!.press('Open in a small window');
  const small = await until(() => b!.context.pages().find((page) => page !== b!.page), {
    what: 'the small window is open',
  });
  await small.getByText('Ada').waitFor();
  await small.getByRole('button', { name: 'Mute microphone' }).click();
  await Promise.all([a!.hears(), b!.button('Unmute microphone').waitFor()]);
  await b!.leave();
  await until(() => small.isClosed(), { what: 'the small window is closed' });
});

test('how loud somebody is, and whether at all, is for one alone, and comes back with the next call', async () => {
  const [a, b] = await stage.call(ada, ben);
  await a!.press('Ben in this call');
  const slider = a!.page.getByRole('slider', { name: 'How loud Ben is for you' });
  await slider.fill('160');
  await a!.hears('Ben');
  // What is louder than it comes goes past the element.
  const elements = () =>
    a!.page.evaluate(() =>
      [...document.querySelectorAll<HTMLAudioElement>('[data-aparte="remote-audio"] audio')].map(
        ({ muted, volume }) => ({ muted, volume }),
      ),
    );
  await until(async () => (await elements()).every(({ muted }) => muted), {
    what: 'Ben is amplified',
    instead: elements,
  });
  await slider.fill('30');
  await until(async () => (await elements()).every(({ muted, volume }) => !muted && volume === 0.3), {
    what: 'Ben is quieter',
    instead: elements,
  });
  await a!.hears('Ben');
  await a!.press('Mute Ben for me');
  await Promise.all([a!.hears(), a!.rowSays('Ben', 'Muted for you'), b!.hears('Ada')]);
  await b!.rowSays('Ada', /^(Speaking|Listening)$/);
  await a!.press('Ben in this call');
  await a!.press('Hear Ben again');
  await a!.hears('Ben');

  await a!.leave();
  await a!.joinVoiceChat();
  await a!.hears('Ben');
  expect((await elements()).map(({ volume }) => volume)).toEqual([0.3]);
});
