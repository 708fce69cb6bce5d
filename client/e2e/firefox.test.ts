// Across browsers: Chromium and Firefox in one call, each hearing the other, Firefox seeing Chromium's camera.
import { expect, test } from 'vitest';
import { FirefoxPerson, firefoxHint, firefoxPath } from './harness/firefox.ts';
import { ada } from './harness/people.ts';
import { setStage } from './harness/stage.ts';

const stage = setStage({ person: { initScripts: ['window.aparteWithFox = true'] } });
const path = firefoxPath();

test.skipIf(path === undefined)(
  `Chromium and Firefox hear each other, and Firefox sees the camera (needs ${firefoxHint})`,
  async () => {
    const [a] = await stage.group(ada);
    const f = await FirefoxPerson.sitDown(path!);
    try {
      await f.joinByLink(await a!.copyLink());
      await a!.startVoiceChat();
      await f.joinVoiceChat();
      await Promise.all([a!.hears('Fox'), f.hears('Ada')]);
      await a!.turnOnCamera();
      await f.sees('Ada');
      expect(f.errors).toEqual([]);
    } finally {
      await f.standUp();
    }
  },
);
