// Two browsers, each with the product and the bare page open, for the benchmarks that compare the two in one run. What is measured
// is measured by the same script in both kinds of page (`meter`), and never by the product's own marks.
import { setTimeout as pause } from 'node:timers/promises';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { Browser, Page } from 'playwright-core';
import { startAparte, type Aparte } from '../e2e/harness/aparte.ts';
import { startBareServer, type BareServer } from '../e2e/harness/bare-server.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada, ben } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { gather } from '../e2e/harness/stage.ts';

export interface Pair {
  readonly ada: Person;
  readonly ben: Person;
  readonly bareAda: Page;
  readonly bareBen: Page;
  close(): Promise<void>;
}

declare global {
  interface Window {
    /** Wall-clock ms of what the meter saw since it was last reset. */
    meter: {
      tapMs: number | null;
      firstSoundMs: number | null;
      firstPictureMs: number | null;
      reset(): void;
    };
  }
}

/**
 * First remote sound: a received audio frame has come out of the decoder (RTCRtpReceiver.getSynchronizationSources, every 4 ms, of
 * tracks that packets have arrived for: each question stops the page for a moment). First remote picture: a `<video>` that was given
 * a stream presents its first frame. Tap: the click itself, as the page gets it.
 */
const meter = `(() => {
  const now = () => performance.timeOrigin + performance.now();
  const meter = (window.meter = {
    tapMs: null, firstSoundMs: null, firstPictureMs: null,
    reset() { meter.tapMs = meter.firstSoundMs = meter.firstPictureMs = null; },
  });
  addEventListener('click', () => (meter.tapMs ??= now()), true);
  const receivers = new Set();
  const Peer = RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      receivers.clear();
      this.addEventListener('track', (event) => { if (event.track.kind === 'audio') receivers.add(event.receiver); });
    }
  };
  setInterval(() => {
    if (meter.firstSoundMs !== null || meter.tapMs === null) return;
    for (const receiver of receivers) {
      if (receiver.track.muted) continue;
      const [source] = receiver.getSynchronizationSources();
      if (source !== undefined && source.timestamp > meter.tapMs) meter.firstSoundMs = now();
    }
  }, 4);
  const srcObject = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...srcObject,
    set(value) {
      srcObject.set.call(this, value);
      if (value !== null && this instanceof HTMLVideoElement) this.requestVideoFrameCallback(() => (meter.firstPictureMs ??= now()));
    },
  });
})();`;

/** Everybody in the group and on the bare pages, nobody in a call yet. */
export async function openPair(): Promise<Pair> {
  const aparte = await startAparte();
  const bare = await startBareServer(aparte.livekit);
  await makeBareRoom(aparte);
  // As real cameras: with fewer, the wait for the camera's next picture would be all that is measured.
  const camera = { framesPerSecond: 30 };
  const browsers = await Promise.all([launchBrowser(ada, camera), launchBrowser(ben, camera)]);
  const [a, b] = await Promise.all([
    Person.sitDown(ada, { browser: browsers[0], aparte, initScripts: [meter], isProbeless: true }),
    Person.sitDown(ben, { browser: browsers[1], aparte, initScripts: [meter], isProbeless: true }),
  ]);
  await gather([a, b]);
  const [bareAda, bareBen] = await Promise.all([
    openBare(browsers[0], bare, 'Ada'),
    openBare(browsers[1], bare, 'Ben'),
  ]);
  return {
    ada: a,
    ben: b,
    bareAda,
    bareBen,
    async close() {
      await Promise.all(browsers.map((browser) => browser.close()));
      await bare.close();
      await aparte.close();
    },
  };
}

/** Before each tap on either side: what came before it has ended then, and is not measured along. */
export async function settle(): Promise<void> {
  await pause(500);
}

const bareRoom = 'bare';

/** LiveKit makes no room by itself here (L1), for nobody. */
async function makeBareRoom({ livekit }: Aparte): Promise<void> {
  const rooms = new RoomServiceClient(livekit.url.replace(/^ws/, 'http'), livekit.apiKey, livekit.apiSecret);
  await rooms.createRoom({ name: bareRoom, emptyTimeout: 3600, departureTimeout: 3600 });
}

async function openBare(browser: Browser, bare: BareServer, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(meter);
  await page.goto(bare.url);
  await page.evaluate((url) => (window.bare.ticketUrl = url), bare.ticketUrl(bareRoom, name));
  return page;
}
