// Before the first join of a browser the devices can be looked at: nothing of it reaches anybody, and the next join is not asked about it.
import { expect, test } from 'vitest';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { gather, setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

const stage = setStage();

/** Keeps every track that the page captures, and lets the probe listen to sound that comes out of a file, too. */
const watching = `
  window.aparteTracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wished) => {
    const stream = await ask(wished);
    window.aparteTracks.push(...stream.getTracks());
    return stream;
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (this.src.startsWith('blob:')) {
      const copy = (window.aparteCopy = new Audio());
      copy.srcObject = this.captureStream();
      void play.call(copy);
      // Heard as the probe's copy, and not as the browser's silent loudspeaker.
    }
    return play.call(this);
  };`;

test('who looks at the devices first and goes in muted is muted at the other end; the next join offers it no more', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben, { initScripts: [watching] });
  await gather([a, b]);
  await a.startVoiceChat();

  // Closing it goes nowhere, and lets go of everything.
  await b.press('Try sound first');
  const dialog = b.page.getByRole('dialog', { name: 'Before you go in' });
  await dialog.getByText('Ada is inside').waitFor();
  await levelOf(b, 40);
  expect(await liveTracks(b)).toEqual(['audio']);
  await b.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await liveTracks(b)).toEqual([]);
  await a.hasRows(1);

  // The keyboard alone, from the group's page through the check.
  await b.button('Try sound first').focus();
  await b.page.keyboard.press('Enter');
  await levelOf(b, 40);
  await press(b, 'Record');
  await dialog.getByText('Recording. Speak').first().waitFor();
  expect((await b.hearing()).everHeard).toEqual([]);
  await dialog.getByText('This is how the others hear you').first().waitFor();
  await b.hears('Ben');
  await b.button('Record').waitFor();
  await b.hears();
  const camera = dialog.getByRole('switch', { name: 'Camera' });
  await camera.focus();
  await b.page.keyboard.press('Space');
  await b.sees('Ben');
  await b.page.keyboard.press('Space');
  await b.seesNoMore('Ben');
  expect(await liveTracks(b)).toEqual(['audio']);
  await press(b, 'Join muted');

  await b.button('Unmute microphone').waitFor();
  await b.hears('Ada');
  await a.hasRows(2);
  await never(async () => (await a.hearing()).everHeard.includes('Ben'), 'Ada hears Ben, who came in muted');
  // The check's own capture is gone: what lives is the call's.
  expect(await liveTracks(b)).toEqual(['audio']);
  // Its lamp moves, because Ben talks: by key.
  await press(b, 'Unmute microphone');
  await a.hears('Ben');

  await b.leave();
  await a.hears();
  expect(await b.button('Try sound first').count()).toBe(0);
  await b.joinVoiceChat();
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
  expect(await dialog.count()).toBe(0);
});

/** Until the microphone was at least so loud, of 100. */
async function levelOf({ page }: Person, least: number): Promise<void> {
  const meter = page.getByRole('meter', { name: 'Your voice' });
  await until(async () => Number(await meter.getAttribute('aria-valuenow')) >= least, {
    what: `the meter shows ${least}`,
    instead: () => meter.getAttribute('aria-valuenow'),
  });
}

/** By key. */
async function press({ page }: Person, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  await until(() => button.isEnabled(), { what: `${name} can be pressed` });
  await button.focus();
  await page.keyboard.press('Enter');
}

function liveTracks({ page }: Person): Promise<string[]> {
  return page.evaluate(() =>
    (window as unknown as { aparteTracks: MediaStreamTrack[] }).aparteTracks
      .filter(({ readyState }) => readyState === 'live')
      .map(({ kind }) => kind),
  );
}
