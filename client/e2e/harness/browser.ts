// Launches one real Chromium process a person, with that person's own microphone and camera files as devices.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { captureFiles } from './media.ts';
import type { Persona } from './people.ts';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

const media = [
  '--allow-loopback-in-peer-connection',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
];

export interface LaunchOptions {
  /** Leave Chromium's permission prompts as they are: a test answers them itself. */
  readonly isAskedForDevices?: boolean;
  readonly args?: readonly string[];
}

/** A browser that is this person's: its microphone says their tones, its camera shows their colour. */
export async function launchBrowser(persona: Persona, options: LaunchOptions = {}): Promise<Browser> {
  const { wav, y4m } = captureFiles(persona);
  const devices =
    options.isAskedForDevices === true ? media.filter((flag) => !flag.includes('fake-ui')) : media;
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      ...quiet,
      ...devices,
      `--use-file-for-fake-audio-capture=${wav}`,
      `--use-file-for-fake-video-capture=${y4m}`,
      ...(options.args ?? []),
    ],
  });
}

/** `APARTE_TEST_CHROMIUM`, or the first Chromium on PATH, or the one that Playwright fetched. */
function findChromium(): string {
  const named = process.env['APARTE_TEST_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  const fetched = chromium.executablePath();
  if (existsSync(fetched)) return fetched;
  throw new Error('No Chromium: set APARTE_TEST_CHROMIUM to one, or install the package `chromium`.');
}
