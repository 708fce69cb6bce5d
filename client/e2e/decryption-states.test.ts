// Why somebody is not heard or seen (protocol.md M6): every state is reached between two real browsers by somebody who withholds, changes
// or holds back what it takes, has its own words on the screen, and is left again by itself or with the one button that helps.
import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, test } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { deferred, type Deferred } from '../media/deferred.ts';
import { onlyRoom, participants } from './harness/livekit-api.ts';
import { sendOutsider } from './harness/outsider.ts';
import { ada, ben } from './harness/people.ts';
import { gather, setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

/** LiveKit keeps whom the service wants out: so that there is somebody without a leaf. */
const stage = setStage({ aparte: { isSfuDisobedient: true } });
const isWell = /^(Speaking|Listening)$/;

/** What comes in on the way to the frame worker: as it is, not at all, or with its last byte changed. */
const onTheWay = `
  window.aparteWay = 'open';
  const create = RTCRtpReceiver.prototype.createEncodedStreams;
  RTCRtpReceiver.prototype.createEncodedStreams = function () {
    const { readable, writable } = create.call(this);
    const way = new TransformStream({
      transform(frame, controller) {
        if (window.aparteWay === 'shut') return;
        if (window.aparteWay === 'damaging' && frame.data.byteLength > 0) {
          const bytes = new Uint8Array(frame.data.slice(0));
          bytes[bytes.length - 1] ^= 1;
          frame.data = bytes.buffer;
        }
        controller.enqueue(frame);
      },
    });
    return { readable: readable.pipeThrough(way), writable };
  };`;

function setWay(page: Page, way: 'open' | 'shut' | 'damaging'): Promise<unknown> {
  return page.evaluate((to) => Object.assign(window, { aparteWay: to }), way);
}

/** The clock of a page whose device slept: it has gone on by so much when the page wakes. */
const sleeping = `
  const now = Date.now.bind(Date);
  let sleptMs = 0;
  Date.now = () => now() + sleptMs;
  window.aparteSleep = (ms) => {
    sleptMs += ms;
    window.dispatchEvent(new Event('online'));
  };`;

/** Long enough for its own leaf to be due for renewal (C8): the next epoch begins. */
function sleep(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { aparteSleep(ms: number): void }).aparteSleep(400_000));
}

/** Holds back what the service answers about the log, while it is shut. */
class LogGate {
  #opening: Deferred<true> | null = null;
  #held = 0;

  async guard(context: BrowserContext): Promise<void> {
    await context.route(/\/log\?/, async (route) => {
      if (this.#opening !== null && route.request().method() === 'GET') {
        this.#held++;
        await this.#opening.promise;
      }
      // The page may have cut it off meanwhile.
      await route.continue().catch(() => undefined);
    });
  }

  /** From now on nothing of the log reaches `page`, not by the request that waits already either. */
  async shut(page: Page): Promise<void> {
    this.#opening = deferred();
    this.#held = 0;
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await until(() => this.#held > 0, { what: 'a request for the log is held' });
  }

  open(): void {
    this.#opening?.resolve(true);
    this.#opening = null;
  }
}

/** A microphone that hears nothing. */
const silentMicrophone = `
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wished) => {
    const stream = await capture(wished);
    const context = (window.aparteSilence = new AudioContext());
    const [nothing, out] = [context.createGain(), context.createMediaStreamDestination()];
    nothing.gain.value = 0;
    const sound = new OscillatorNode(context);
    sound.connect(nothing).connect(out);
    sound.start();
    await context.resume();
    const silence = out.stream.getAudioTracks();
    return new MediaStream(wished.audio ? silence : stream.getTracks());
  };`;

test('[M6] who is silent is not stalled', async () => {
  const a = await stage.enter(ada, { initScripts: [silentMicrophone] });
  const b = await stage.enter(ben);
  await gather([a, b]);
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await b.rowSays('Ada', 'Listening');
  const isListening = async (): Promise<boolean> => (await b.row('Ada').getByText('Listening').count()) === 1;
  await never(async () => !(await isListening()), 'Ada is anything but listening', 8000);
  expect(await b.everHeard()).toEqual([]);
});

test('[M6] stalled, damaged, not a member: each is named, and left by itself or by asking again', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben, { initScripts: [onTheWay] });
  await stage.callOf([a, b]);
  await a.turnOnCamera();
  await b.sees('Ada');

  await setWay(b.page, 'damaging');
  await b.rowSays('Ada', 'Can’t decrypt what Ada sends');
  await b.reads('Can’t decrypt Ada’s video');
  await b.hears();
  await setWay(b.page, 'open');
  await b.rowSays('Ada', isWell);
  await b.hears('Ada');

  await setWay(b.page, 'shut');
  await b.rowSays('Ada', 'Nothing arrives from Ada');
  await b.reads('Nothing arrives of Ada’s video');
  await setWay(b.page, 'open');
  await b.rowSays('Ada', isWell);
  await Promise.all([b.hears('Ada'), b.sees('Ada')]);

  // The SFU stops delivering, and nothing but asking it again helps.
  const access = stage.aparte.livekit;
  const room = await onlyRoom(access);
  const sfu = new RoomServiceClient(access.url.replace(/^ws/, 'http'), access.apiKey, access.apiSecret);
  const withhold = async (): Promise<void> => {
    const everybody = await participants(access, room);
    for (const from of everybody)
      for (const to of everybody)
        if (from !== to)
          await sfu.updateSubscriptions(
            room,
            to.identity,
            from.tracks.map(({ sid }) => sid),
            false,
          );
  };
  // Ben's page asks by itself, too, and may be before his hand; the next time it waits twice as long.
  const isPressed = (): Promise<boolean> =>
    b
      .button('Retry: Ada')
      .click({ timeout: 3000 })
      .then(
        () => true,
        () => false,
      );
  const isRoundWon = async (): Promise<boolean> => {
    await withhold();
    const [isAsked] = await Promise.all([
      b.rowSays('Ada', 'Nothing arrives from Ada').then(isPressed),
      a.rowSays('Ben', 'Nothing arrives from Ben'),
    ]);
    if (!isAsked) await Promise.all([b.rowSays('Ada', isWell), a.rowSays('Ben', isWell)]);
    return isAsked;
  };
  let rounds = 1;
  while (!(await isRoundWon())) expect(++rounds, 'rounds until the button could be pressed').toBeLessThan(5);
  await Promise.all([b.rowSays('Ada', isWell), b.hears('Ada')]);
  // Ada does nothing, and her page asks by itself.
  await Promise.all([a.rowSays('Ben', isWell), a.hears('Ben')]);

  const m = await sendOutsider(access, room);
  await b.rowSays('Somebody without a key', /can’t hear you/);
  await m.leave();
  await b.hasRows(2);
  await b.rowSays('Ada', isWell);
});

test('[M6] waiting for a key, wrong key: the log mends it, and where the log does not come, joining again does', async () => {
  const gate = new LogGate();
  const a = await stage.enter(ada, { initScripts: [sleeping] });
  const b = await stage.enter(ben, { prepare: (context) => gate.guard(context) });
  await stage.callOf([a, b]);

  await gate.shut(b.page);
  await sleep(a.page);
  await b.rowSays('Ada', 'Waiting for Ada’s key');
  await b.rowSays('Ada', 'Ada uses a key that has not come here');
  await b.hears();
  gate.open();
  await b.rowSays('Ada', isWell);
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);

  await gate.shut(b.page);
  await sleep(a.page);
  await b.rowSays('Ada', 'Ada uses a key that has not come here');
  // Her messages say so, too, before long (A6); the button is the same.
  await b.rowSays('Ada', 'Other keys than you. Ask Ada to come back in');
  await b.press('Rejoin');
  await b.rowSays('Ada', isWell);
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
  gate.open();
  await Promise.all([a.hasRows(2), b.hasRows(2)]);
});
