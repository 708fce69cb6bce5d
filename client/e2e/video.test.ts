// Pictures: cameras and a screen in the middle of a voice chat, in every codec that the protocol names. What is seen is read from the
// pixels shown; that nothing readable was on the way is read from the frames as the receiver got them.
import { expect, test } from 'vitest';
import { Pile, runInCommon } from './harness/frames.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben, cyd, fakeScreen } from './harness/people.ts';
import { enterCall, gather, setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

test('[M2] a camera turns on mid-call for everybody in the same epoch, and off again; a late joiner sees it', async () => {
  const [a, b, c] = await stage.group(ada, ben, cyd);
  await a!.startVoiceChat();
  await b!.joinVoiceChat();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);
  const before = await b!.epoch();
  await a!.turnOnCamera();
  const sight = await b!.sees('Ada');
  expect(sight.width).toBeGreaterThan(150);
  await a!.sees('Ada');
  expect(await b!.epoch()).toEqual(before);

  await c!.joinVoiceChat();
  await c!.sees('Ada');
  await b!.turnOnCamera();
  await Promise.all([a!.sees('Ben'), c!.sees('Ben')]);

  await a!.turnOffCamera();
  await Promise.all([b!.seesNoMore('Ada'), c!.seesNoMore('Ada'), a!.sees('Ben')]);
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada', 'Ben')]);
});

test('[G9] a camera that is turned on is no larger than the group’s admins want, and in their format', async () => {
  const a = await stage.enter(ada, { initScripts: [await pageScript('tap')] });
  const b = await stage.enter(ben, { initScripts: [`localStorage.setItem('aparte.debug.codec', 'vp9')`] });
  await gather([a, b]);
  await a.press('Group settings');
  await a.press('Voice chat settings');
  await b.press('Group settings');
  await b.press('Voice chat settings');
  await b.reads('Only admins change these.');
  for (const name of [/At most 360p/, /VP8 only/]) {
    // Not while the choice before is on its way.
    const choose = () => a.page.getByRole('radio', { name }).check();
    await until(() => choose().then(() => true), { what: `Ada chooses ${name.source}` });
    await b.page.getByRole('radio', { name, checked: true }).waitFor();
  }
  for (const person of [a, b]) await person.press('Close');
  await enterCall([a, b]);
  const received = new Pile(a.page);
  const asked = await b.page.evaluateHandle(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const heights: unknown[] = [];
    mediaDevices.getUserMedia = (wish) => {
      heights.push((wish?.video as MediaTrackConstraints | undefined)?.height);
      return ask(wish);
    };
    return heights;
  });
  await b.turnOnCamera();
  await a.sees('Ben');
  expect(await asked.jsonValue()).toEqual([360]);
  await received.grow('receive', 'video', 10);
  const formats = received.of('receive', 'video').map(({ mimeType }) => mimeType);
  expect(new Set(formats)).toEqual(new Set(['video/VP8']));
});

test('[F4] a screen is shared beside the camera and stops without harm to it', async () => {
  const [a, b] = await stage.call(ada, ben);
  await a!.turnOnCamera();
  await b!.sees('Ada');
  await a!.shareScreen();
  await b!.sees(fakeScreen.name);
  await b!.sees('Ada');
  await a!.stopSharing();
  await b!.seesNoMore(fakeScreen.name);
  await b!.sees('Ada');
  await b!.hears('Ada');
});

const codecs: readonly { readonly codec: string; readonly mimeType: string }[] = [
  { codec: 'vp8', mimeType: 'video/VP8' },
  { codec: 'vp9', mimeType: 'video/VP9' },
  { codec: 'h264', mimeType: 'video/H264' },
  { codec: 'av1', mimeType: 'video/AV1' },
];

test.each(codecs)(
  '[F2] $codec: the picture arrives with its content, and no 16 bytes of it in clear',
  async ({ codec, mimeType }) => {
    const initScripts = [`localStorage.setItem('aparte.debug.codec', '${codec}')`, await pageScript('tap')];
    const a = await stage.enter(ada, { initScripts });
    const b = await stage.enter(ben, { initScripts });
    await gather([a, b]);
    await enterCall([a, b]);
    const sent = new Pile(a.page);
    const received = new Pile(b.page);
    await a.turnOnCamera();
    await b.sees('Ada');
    await received.grow('receive', 'video', 40);
    await sent.collect();

    const plain = sent.of('send', 'video');
    const arrived = received.of('receive', 'video');
    expect(new Set(plain.map((frame) => frame.mimeType))).toEqual(new Set([mimeType]));
    expect(plain.some((frame) => frame.type === 'key')).toBe(true);
    // What the shim copies by design (F2) is what the two may have in common: H264's parameter sets, AV1's sequence header.
    const aside = asides[codec];
    const secret = plain.map((frame) => (aside === undefined ? frame.bytes : aside(frame.bytes)));
    expect(runInCommon(secret, [plain.at(-1)!.bytes])).not.toBeNull();
    expect(
      runInCommon(
        secret,
        arrived.map((frame) => frame.bytes),
      ),
    ).toBeNull();
  },
);

const asides: Readonly<Record<string, (frame: Uint8Array) => Uint8Array>> = {
  h264: withoutParameterSets,
  av1: withoutSequenceHeader,
};

/** The frame from its first slice on (NAL unit types 1 and 5), Annex B. */
function withoutParameterSets(frame: Uint8Array): Uint8Array {
  for (let i = 0; i + 3 < frame.length; i++) {
    const isStart = frame[i] === 0 && frame[i + 1] === 0 && frame[i + 2] === 1;
    if (isStart && [1, 5].includes(frame[i + 3]! & 31)) return frame.subarray(i + 3);
  }
  return new Uint8Array(0);
}

/** The frame without its sequence header OBU (type 1, with a size of one byte), wherever it stands. */
function withoutSequenceHeader(frame: Uint8Array): Uint8Array {
  for (let at = 0; at + 1 < frame.length;) {
    const type = (frame[at]! >> 3) & 15;
    const hasSize = (frame[at]! & 2) !== 0;
    // Temporal delimiter and sequence header come first, each shorter than 128 bytes; anything else is picture.
    if (!hasSize || frame[at + 1]! > 127 || (type !== 1 && type !== 2)) return frame.subarray(at);
    at += 2 + frame[at + 1]!;
  }
  return new Uint8Array(0);
}
