// Three people across browsers: Firefox in one call with two Chromium, of which Ada's sends her camera in each codec that Firefox might
// decode. Everybody hears everybody, and sees every camera.
import { expect, test } from 'vitest';
import { FirefoxPerson, firefoxHint, firefoxPath } from './harness/firefox.ts';
import { Pile } from './harness/frames.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben } from './harness/people.ts';
import type { Person, PersonOptions } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const foxListens = 'window.aparteWithFox = true';
const stage = setStage();
const path = firefoxPath();

test.skipIf(path === undefined)(
  `[F2] Firefox and two Chromium hear and see each other, with VP8, VP9 and AV1 from Chromium (needs ${firefoxHint})`,
  async () => {
    const tap = await pageScript('tap');
    const sending = (codec: string): PersonOptions => ({
      initScripts: [foxListens, `localStorage.setItem('aparte.debug.codec', '${codec}')`, tap],
    });
    const [a, b] = await Promise.all([stage.enter(ada, sending('vp8')), stage.enter(ben, sending('vp9'))]);
    await a.openApp();
    await a.createGroup('The rehearsal');
    const link = await a.copyLink();
    await b.joinByLink(link);
    const f = await FirefoxPerson.sitDown(path!);
    try {
      await f.joinByLink(link);
      await a.startVoiceChat();
      await b.joinVoiceChat();
      await f.joinVoiceChat();
      await Promise.all([a.hears('Ben', 'Fox'), b.hears('Ada', 'Fox'), f.hears('Ada', 'Ben')]);
      await f.press('Turn on camera');
      await Promise.all([a.turnOnCamera(), b.turnOnCamera()]);
      await Promise.all([a.sees('Ben'), b.sees('Ada'), f.sees('Ada'), f.sees('Ben')]);
      await Promise.all([a, b].map((person) => seesFox(person)));
      expect([await codecsOf(a), await codecsOf(b)]).toEqual([['video/VP8'], ['video/VP9']]);

      await b.leave();
      await codecsOf(b);
      await b.page.evaluate(() => localStorage.setItem('aparte.debug.codec', 'av1'));
      await b.joinVoiceChat();
      await Promise.all([a.hears('Ben', 'Fox'), b.hears('Ada', 'Fox'), f.hears('Ada', 'Ben')]);
      await b.turnOnCamera();
      await Promise.all([a.sees('Ben'), b.sees('Ada'), f.sees('Ben'), f.sees('Ada'), seesFox(b)]);
      expect(await codecsOf(b)).toEqual(['video/AV1']);
      expect(f.errors).toEqual([]);
    } finally {
      await f.standUp();
    }
  },
);

/** Codecs of the pictures that left this page since it was asked before. */
async function codecsOf(person: Person): Promise<readonly string[]> {
  const pile = new Pile(person.page);
  await pile.collect();
  return [...new Set(pile.of('send', 'video').map(({ mimeType }) => mimeType))];
}

/** Until the picture of Firefox's fake camera, whose colours change, is decoded and shown. */
async function seesFox(person: Person): Promise<void> {
  const seeing = () => person.seeing();
  const isThere = async (): Promise<boolean> =>
    (await seeing()).some((sight) => sight.near.includes('Fox') && sight.width > 100 && sight.isShown);
  await until(isThere, { what: `${person.name} sees Fox`, instead: seeing });
}
