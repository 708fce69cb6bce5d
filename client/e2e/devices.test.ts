// What a person chooses under "Sound and camera", as the other end of the call hears and sees it: the noise around them, another microphone,
// what is behind them.
import { expect, test } from 'vitest';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { gather, setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();
const words = { standard: /^Taken out Fans/, strong: /^Taken out, thoroughly/, off: /^Left in/ } as const;

/** Keeps what the page asks of the browser for a microphone. */
const captures = `
  window.aparteCaptures = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wished) => {
    if (wished.audio) window.aparteCaptures.push(wished.audio);
    return ask(wished);
  };`;

/** A microphone beside a fan: noise as loud as a voice. */
const noisyMicrophone = `
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wished) => {
    if (!wished.audio) return capture(wished);
    (await capture(wished)).getTracks().forEach((track) => track.stop());
    const context = (window.aparteFan = new AudioContext());
    const noise = context.createBuffer(1, context.sampleRate * 4, context.sampleRate);
    const samples = noise.getChannelData(0);
    for (let i = 0; i < samples.length; i++) samples[i] = (Math.random() - 0.5) * 0.1;
    const out = context.createMediaStreamDestination();
    const fan = new AudioBufferSourceNode(context, { buffer: noise, loop: true });
    fan.connect(out);
    fan.start();
    await context.resume();
    return out.stream;
  };`;

/** Every connection of a page, for its own counts. */
const connections = `
  window.aparteConnections = [];
  const Former = RTCPeerConnection;
  window.RTCPeerConnection = class extends Former {
    constructor(...args) {
      super(...args);
      window.aparteConnections.push(this);
    }
  };`;

/** How much sound the page has had to make up so far, in milliseconds, for what came too late or not. */
function madeUpMs(person: Person): Promise<number> {
  return person.page.evaluate(async () => {
    const { aparteConnections } = window as unknown as { aparteConnections: RTCPeerConnection[] };
    let samples = 0;
    for (const connection of aparteConnections)
      for (const stat of (await connection.getStats()).values() as Iterable<RTCInboundRtpStreamStats>)
        if (stat.type === 'inbound-rtp' && stat.kind === 'audio')
          samples += (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
    return samples / 48;
  });
}

async function choose(person: Person, noise: keyof typeof words): Promise<void> {
  await person.press('Sound and camera');
  await person.page.getByRole('radio', { name: words[noise] }).check();
  await person.press('Close');
}

/** The loudest frequency of what comes out at `person` stays on one side of a mark. */
function loudness(person: Person, is: 'above' | 'below', markDb: number): Promise<unknown> {
  let looks = 0;
  return until(
    async () => {
      const { peakDb } = await person.hearing();
      looks = (is === 'above') === peakDb > markDb ? looks + 1 : 0;
      return looks >= 5;
    },
    { what: `${person.name} hears noise ${is} ${markDb} dB`, instead: () => person.hearing() },
  );
}

test('noise around a voice is taken out on the device, left in when wished, and neither makes a gap', async () => {
  const a = await stage.enter(ada, { initScripts: [captures, noisyMicrophone] });
  const b = await stage.enter(ben, { initScripts: [connections] });
  await gather([a, b]);
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await choose(a, 'off');
  await loudness(b, 'above', -75);
  const { peakDb } = await b.hearing();
  const beforeMs = await madeUpMs(b);
  for (const noise of ['standard', 'strong'] as const) {
    await choose(a, noise);
    await loudness(b, 'below', peakDb - 8);

    await b.rowSays('Ada', /^(Speaking|Listening)$/);
    await choose(a, 'off');
    await loudness(b, 'above', peakDb - 6);
  }
  // Four changes, on a machine that has other things to do as well.
  expect((await madeUpMs(b)) - beforeMs).toBeLessThan(200);
  // It is not done twice: the browser's own is off, the echo is still cancelled.
  const [asked] = await a.page.evaluate(
    () => (window as unknown as { aparteCaptures: unknown[] }).aparteCaptures,
  );
  expect(asked).toMatchObject({ noiseSuppression: false, echoCancellation: true });
});

test('what cannot be loaded is said, and the voice goes out all the same; another microphone is taken at once and remembered', async () => {
  const a = await stage.enter(ada, {
    initScripts: [captures],
    prepare: async (context) => {
      await context.route(/gtcrn.*\.wasm/, (route) => route.abort());
    },
  });
  const b = await stage.enter(ben);
  await stage.callOf([a, b]);
  await choose(a, 'strong');
  await a.press('Sound and camera');
  await a.reads('This could not be started here');
  await b.hears('Ada');

  const microphones = a.page.getByRole('combobox', { name: 'Microphone' });
  await microphones.selectOption({ index: 2 });
  const chosen = await microphones.inputValue();
  expect(chosen).not.toBe('');
  const lastAsked = (): Promise<unknown> =>
    a.page.evaluate(() => (window as unknown as { aparteCaptures: unknown[] }).aparteCaptures.at(-1));
  await until(async () => JSON.stringify(await lastAsked()).includes(chosen), {
    what: 'the other microphone is captured',
    instead: lastAsked,
  });
  await a.press('Close');
  await b.hears('Ada');

  await a.reload();
  await a.joinVoiceChat();
  expect(JSON.stringify(await lastAsked())).toContain(chosen);
  await b.hears('Ada');
});

/** What is asked for by name is in use by another program. */
const inUse = `
  const give = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.aparteInUse = true;
  navigator.mediaDevices.getUserMedia = (wished) =>
    window.aparteInUse && wished.audio?.deviceId && wished.audio.deviceId !== 'default'
      ? Promise.reject(new DOMException('in use', 'NotReadableError'))
      : give(wished);`;

test('a microphone that is chosen in the call and cannot be had is named, and a tap takes it when it can', async () => {
  const a = await stage.enter(ada, { initScripts: [inUse] });
  const b = await stage.enter(ben);
  await stage.callOf([a, b]);
  await a.press('Sound and camera');
  await a.page.getByRole('combobox', { name: 'Microphone' }).selectOption({ index: 2 });
  await a.press('Close');
  await b.hears();
  await a.button('Mute microphone').waitFor({ state: 'detached' });
  await a.page.evaluate(() => Object.assign(window, { aparteInUse: false }));
  await a.press('Unmute microphone');
  await b.hears('Ada');
});

/** Devices that can be pulled out by their id, and a second camera, whose picture is all of one colour. */
const pluggable = `
  window.apartePulled = null;
  window.aparteOpen = [];
  const media = navigator.mediaDevices;
  const idOf = (wished) => (wished?.deviceId?.exact ?? wished?.deviceId?.ideal ?? wished?.deviceId);
  const list = media.enumerateDevices.bind(media);
  media.enumerateDevices = async () => {
    const back = { kind: 'videoinput', deviceId: 'back', label: 'camera2 0, facing back', groupId: 'phone' };
    return [...(await list()).filter(({ deviceId }) => deviceId !== window.apartePulled), back];
  };
  const painted = () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 480;
    const context = canvas.getContext('2d');
    const draw = () => {
      context.fillStyle = 'rgb(0 200 0)';
      context.fillRect(0, 0, 480, 480);
      requestAnimationFrame(draw);
    };
    draw();
    const stream = canvas.captureStream(20);
    stream.getTracks()[0].getSettings = () => ({ deviceId: 'back', facingMode: 'environment', width: 480, height: 480 });
    return stream;
  };
  const openDevice = media.getUserMedia.bind(media);
  media.getUserMedia = async (wished) => {
    if (idOf(wished.video) === 'back') return painted();
    if (wished.audio && window.apartePulled === 'all') throw new DOMException('none', 'NotFoundError');
    const isPulled = window.apartePulled !== null && idOf(wished.audio) === window.apartePulled;
    const stream = await openDevice(isPulled ? { ...wished, audio: { ...wished.audio, deviceId: undefined } } : wished);
    window.aparteOpen.push(...stream.getTracks());
    return stream;
  };
  window.aparteChange = (pulled) => {
    window.apartePulled = pulled;
    for (const track of window.aparteOpen)
      if (track.readyState === 'live' && (track.getSettings().deviceId === pulled || (pulled === 'all' && track.kind === 'audio'))) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    media.dispatchEvent(new Event('devicechange'));
  };`;

test('a microphone that is pulled out is followed by another, taken again when it is back, and each is said; a tap changes to the other camera', async () => {
  const a = await stage.enter(ada, { initScripts: [pluggable] });
  const b = await stage.enter(ben);
  await stage.callOf([a, b]);
  await a.press('Sound and camera');
  const microphones = a.page.getByRole('combobox', { name: 'Microphone' });
  await microphones.selectOption({ index: 2 });
  const chosen = await microphones.inputValue();
  const name = await microphones.locator('option:checked').innerText();
  await a.press('Close');
  await a.reads(`Microphone: ${name}`);
  await b.hears('Ada');

  const change = (pulled: string | null): Promise<void> =>
    a.page.evaluate(
      (id) => (window as unknown as { aparteChange(id: string | null): void }).aparteChange(id),
      pulled,
    );
  await change(chosen);
  await a.reads(/^Microphone: Fake Default/);
  await b.hears('Ada');
  await change(null);
  await a.reads(`Microphone: ${name}`);
  await b.hears('Ada');
  // None is left: nothing is sent, and it says so, until one is here again and is asked for.
  await change('all');
  await a.reads('Plug one in, or switch it on');
  await b.hears();
  await change(null);
  await a.press('Unmute microphone');
  await b.hears('Ada');

  await a.turnOnCamera();
  await b.sees('Ada');
  const own = a.page.getByRole('figure', { name: 'Ada’s video' });
  const isMirror = (): Promise<boolean> =>
    own.locator('video').evaluate((video) => getComputedStyle(video).transform.startsWith('matrix(-1'));
  expect(await isMirror()).toBe(true);
  await own.hover();
  await a.press('Other camera');
  const middle = (): Promise<number[]> =>
    b.page
      .getByRole('figure', { name: 'Ada’s video' })
      .locator('video')
      .evaluate((video: HTMLVideoElement) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d')!;
        context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
      });
  await until(
    async () => {
      const [red = 255, green = 0, blue = 255] = await middle();
      return red < 60 && green > 150 && blue < 60;
    },
    { what: 'Ben sees what the other camera sees', instead: middle },
  );
  // It looks at what Ada looks at: no mirror.
  expect(await isMirror()).toBe(false);
});

/** Notes of every frame that a `<video>` of the page has shown whether it was Ada's camera, which is red all over, or green at its foot. */
const watchingFrames = `
  window.aparteFrames = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    const canvas = new OffscreenCanvas(16, 9);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const note = () => {
      context.drawImage(this, 0, 0, 16, 9);
      const [r, g] = context.getImageData(8, 8, 1, 1).data;
      window.aparteFrames.push(r > g + 40 ? 'bare' : g > r + 25 ? 'hills' : 'other');
      this.requestVideoFrameCallback(note);
    };
    if (this instanceof HTMLVideoElement) this.requestVideoFrameCallback(note);
    return play.call(this);
  };`;

function framesSeen({ page }: Person): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { aparteFrames: string[] }).aparteFrames);
}

/** Payload of pictures that the page has sent so far. */
function pictureBytes({ page }: Person): Promise<number> {
  return page.evaluate(async () => {
    const { aparteConnections } = window as unknown as { aparteConnections: RTCPeerConnection[] };
    let bytes = 0;
    for (const connection of aparteConnections)
      for (const stat of (await connection.getStats()).values() as Iterable<RTCOutboundRtpStreamStats>)
        if (stat.type === 'outbound-rtp' && stat.kind === 'video') bytes += stat.bytesSent ?? 0;
    return bytes;
  });
}

async function putBehind(person: Person, name: string): Promise<void> {
  await person.press('Sound and camera');
  await person.page.getByRole('radio', { name, exact: true }).check();
  await person.press('Close');
}

test('what is behind somebody is chosen on the device: until it is there, and where it cannot be, nothing of the camera goes out', async () => {
  let model: 'away' | 'there' | Promise<void> = 'away';
  const a = await stage.enter(ada, {
    initScripts: [connections],
    prepare: async (context) => {
      await context.route(/selfie_.*\.tflite/, async (route) => {
        if (model === 'away') {
          await route.abort();
          return;
        }
        if (model !== 'there') await model;
        await route.continue();
      });
    },
  });
  const b = await stage.enter(ben, { initScripts: [watchingFrames] });
  const hills = (): Promise<unknown> =>
    until(async () => (await framesSeen(b)).slice(-8).every((frame) => frame === 'hills'), {
      what: 'Ben sees hills, and nothing else',
      instead: () => framesSeen(b),
    });
  await stage.callOf([a, b]);
  await putBehind(a, 'Hills');
  await a.press('Turn on camera');
  await a.reads('Your camera stays off');
  expect([await pictureBytes(a), await framesSeen(b)]).toEqual([0, []]);

  model = 'there';
  await a.turnOnCamera();
  await hills();
  expect(await framesSeen(b)).not.toContain('bare');

  // In the middle of it: what is bare is gone as soon as it is not wanted, whenever the model comes.
  await putBehind(a, 'As it is');
  await b.sees('Ada');
  let come = (): void => undefined;
  model = new Promise<void>((resolve) => (come = resolve));
  await putBehind(a, 'Hills');
  await b.seesNoMore('Ada');
  const before = (await framesSeen(b)).length;
  come();
  await hills();
  expect((await framesSeen(b)).slice(before)).not.toContain('bare');

  // What paints breaks: nothing goes out, nothing is left of it, and there is one way on.
  const painters = () => a.page.workers().filter((worker) => worker.url().includes('painter'));
  expect(painters()).toHaveLength(1);
  await painters()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('broken');
    });
  });
  await a.reads('Your camera stays off');
  await until(() => painters().length === 0, { what: 'nobody paints any more' });
  expect((await framesSeen(b)).slice(before)).not.toContain('bare');
  await a.press('Turn on without a background');
  await b.sees('Ada');
});
