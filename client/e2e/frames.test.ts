// Frames that do not go the way they should, between real browsers: past the worker on the way out, and changed on the way in. What was
// not sealed is stopped and said; what does not open is dropped, named, and comes back by itself.
import { expect, test } from 'vitest';
import { ada, ben } from './harness/people.ts';
import { setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

const stage = setStage();

/** Hands the product streams through which nothing comes, and lets the real ones pass: what a browser's fault could look like. */
const pastTheWorker = `
  const create = RTCRtpSender.prototype.createEncodedStreams;
  window.aparteSenders = [];
  RTCRtpSender.prototype.createEncodedStreams = function () {
    window.aparteSenders.push(this);
    const { readable, writable } = create.call(this);
    readable.pipeTo(writable).catch(() => undefined);
    return { readable: new ReadableStream(), writable: new WritableStream() };
  };`;

/** The same for what arrives: ciphertext, or a stranger's plaintext, would reach the decoder. */
const pastTheWorkerIn = `
  const createIn = RTCRtpReceiver.prototype.createEncodedStreams;
  RTCRtpReceiver.prototype.createEncodedStreams = function () {
    const { readable, writable } = createIn.call(this);
    readable.pipeTo(writable).catch(() => undefined);
    return { readable: new ReadableStream(), writable: new WritableStream() };
  };`;

/** Changes the last byte of every frame that arrives while `aparteTampers` is set. */
const tampering = `
  const create = RTCRtpReceiver.prototype.createEncodedStreams;
  RTCRtpReceiver.prototype.createEncodedStreams = function () {
    const { readable, writable } = create.call(this);
    const change = new TransformStream({
      transform(frame, controller) {
        if (window.aparteTampers && frame.data.byteLength > 0) {
          const bytes = new Uint8Array(frame.data.slice(0));
          bytes[bytes.length - 1] ^= 1;
          frame.data = bytes.buffer;
        }
        controller.enqueue(frame);
      },
    });
    return { readable: readable.pipeThrough(change), writable };
  };`;

test('[F9] sound that leaves past the worker is stopped within seconds, is said, and cannot be started again', async () => {
  const a = await stage.enter(ada, { initScripts: [pastTheWorker] });
  const b = await stage.enter(ben);
  await a.openApp();
  await a.createGroup('The rehearsal');
  await b.joinByLink(await a.copyLink());
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await a.hears('Ben');
  await a.reads(/about to leave unencrypted/);
  const isSending = (): Promise<boolean> =>
    a.page.evaluate(() =>
      (window as unknown as { aparteSenders: RTCRtpSender[] }).aparteSenders.some(
        (sender) => sender.track?.readyState === 'live',
      ),
    );
  await until(async () => !(await isSending()), { what: 'no sender has a live track' });
  await a.press('Unmute microphone');
  await a.press('Turn on camera');
  await never(isSending, 'a sender has a live track again');
  await a.hears('Ben');
  expect(await b.everHeard()).not.toContain('Ada');
});

test('[F9] sound and picture that arrive past the worker are cut off within seconds, and named', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben, { initScripts: [pastTheWorkerIn] });
  await a.openApp();
  await a.createGroup('The rehearsal');
  await b.joinByLink(await a.copyLink());
  await a.startVoiceChat();
  await a.turnOnCamera();
  await b.joinVoiceChat();
  await a.hears('Ben');
  const playing = async (): Promise<number> => (await b.hearing()).playingStreams;
  await b.rowSays('Ada', /Can’t decrypt what Ada sends/);
  await b.reads(/Can’t decrypt Ada’s video/);
  await until(async () => (await playing()) === 0, { what: 'nothing plays on Ben’s page', instead: playing });
  await b.press('Retry Ada’s video');
  await never(async () => (await playing()) > 0, 'something plays again', 3000);
  expect(await b.everHeard()).toEqual([]);
});

test('[O3] [F8] frames that were changed on the way are never played, are named, and all comes back by itself', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben, { initScripts: [tampering] });
  await stage.callOf([a, b]);
  await a.turnOnCamera();
  await b.sees('Ada');

  const tamper = (isOn: boolean): Promise<unknown> =>
    b.page.evaluate((on) => Object.assign(window, { aparteTampers: on }), isOn);
  await tamper(true);
  await b.reads(/Can’t decrypt Ada’s video/);
  await b.rowSays('Ada', /Can’t decrypt what Ada sends/);
  await b.hears();
  await a.hears('Ben');

  await tamper(false);
  await Promise.all([b.sees('Ada'), b.hears('Ada')]);
  await b.rowSays('Ada', /Speaking|Listening/);
});
