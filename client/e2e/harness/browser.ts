// Launches one real Chromium process a person, with that person's own microphone and camera files as devices.
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../../server/start/find-browser.ts';
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
  /** A machine without microphone and camera. */
  readonly isWithoutDevices?: boolean;
  readonly args?: readonly string[];
  /** Of the camera; few by default. */
  readonly framesPerSecond?: number;
}

/** A browser that is this person's: its microphone says their tones, its camera shows their colour. */
export async function launchBrowser(persona: Persona, options: LaunchOptions = {}): Promise<Browser> {
  const { wav, y4m } = captureFiles(persona, options.framesPerSecond);
  const devices =
    options.isWithoutDevices === true ? media.filter((flag) => !flag.includes('fake-device')) : media;
  return chromium.launch({
    executablePath: process.env['APARTE_TEST_CHROMIUM'] ?? (await findChromium()),
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
