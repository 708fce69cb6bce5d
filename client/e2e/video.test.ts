// Pictures: cameras and a screen in the middle of a voice chat, in every codec that the protocol names. What is seen is read from the
// pixels shown; that nothing readable was on the way is read from the frames as the receiver got them.
import { expect, test } from 'vitest';
import { Pile, runInCommon, type Frame } from './harness/frames.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben, cyd, fakeScreen } from './harness/people.ts';
import type { Person } from './harness/person.ts';
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

test('[M7] pictures go out in the best that everybody decodes and the machine encodes well; who comes and cannot has them changed', async () => {
  const tap = await pageScript('tap');
  const a = await stage.enter(ada, { initScripts: [hardware('VP9'), smallScreen, tap] });
  const b = await stage.enter(ben, { initScripts: [tap] });
  const c = await stage.enter(cyd, { initScripts: [without('VP9'), without('AV1'), tap] });
  await gather([a, b, c]);
  await enterCall([a, b]);
  await a.turnOnCamera();
  await b.sees('Ada');
  await a.shareScreen();
  await until(() => shows(b, fakeScreen.name), { what: 'Ben sees the screen' });
  const [sent, atBen, atCyd] = [new Pile(a.page), new Pile(b.page), new Pile(c.page)];
  await Promise.all([sent.grow('send', 'video', 20), atBen.grow('receive', 'video', 20)]);
  for (const frames of [sent.of('send', 'video'), atBen.of('receive', 'video')])
    expect(codecsOf(frames)).toEqual(['video/VP9']);

  // Ben's tiles stay where they are all the time.
  const gone = await b.page.evaluateHandle(() => {
    const names: unknown[] = [];
    new MutationObserver((changes) => {
      for (const { removedNodes } of changes)
        for (const node of removedNodes) {
          if (!(node instanceof Element) || node.isConnected) continue;
          const tiles = [node, ...node.querySelectorAll('*')].filter((one) =>
            one.matches('figure[data-from]'),
          );
          names.push(...tiles.map((tile) => tile.getAttribute('data-place')));
        }
    }).observe(document.body, { childList: true, subtree: true });
    return names;
  });
  await c.joinVoiceChat();
  await c.sees('Ada');
  for (const one of [b, c])
    await until(() => shows(one, fakeScreen.name), { what: `${one.name} sees the screen` });
  // Nothing but VP8 from then on, and it opens.
  const isChanged = async (pile: Pile): Promise<boolean> => {
    await pile.collect();
    const [first, last] = [
      pile.of('receive', 'video').findIndex(isVp8),
      pile.of('receive', 'video').findLast(isVp9),
    ];
    return first >= 0 && Date.now() - (last?.atMs ?? 0) > 1_000;
  };
  const piles = [atBen, atCyd];
  await Promise.all(piles.map((pile) => until(() => isChanged(pile), { what: 'everything comes in VP8' })));
  const fromMs = Date.now();
  const after = (pile: Pile) => pile.of('receive', 'video').filter(({ atMs }) => atMs > fromMs);
  for (const pile of piles) {
    await until(() => pile.collect().then(() => after(pile).length > 10), { what: 'frames in VP8' });
    expect(codecsOf(after(pile))).toEqual(['video/VP8']);
  }
  expect(await gone.jsonValue()).toEqual([]);
  for (const one of [a, b, c]) expect(await one.callText()).not.toMatch(/can(no|’)t be decrypted|false/i);
  // Neither in one codec, nor in the other, nor between them.
  await sent.collect();
  expect(codecsOf(sent.of('send', 'video'))).toEqual(['video/VP9', 'video/VP8']);
  const plain = sent.of('send', 'video').map(({ bytes }) => bytes);
  const arrived = piles.flatMap((pile) => pile.of('receive', 'video').map(({ bytes }) => bytes));
  expect(runInCommon(plain, [plain.at(-1)!])).not.toBeNull();
  expect(runInCommon(plain, arrived)).toBeNull();
});

/** Whether this picture is on the screen, whether or not it moves just now. */
async function shows(person: Person, whose: string): Promise<boolean> {
  return (await person.seeing()).some((sight) => sight.whose === whose && sight.isShown);
}

const isVp8 = ({ mimeType }: Frame): boolean => mimeType === 'video/VP8';
const isVp9 = ({ mimeType }: Frame): boolean => mimeType === 'video/VP9';

/** The codecs of these frames, in the order of their first. */
function codecsOf(frames: readonly Frame[]): readonly string[] {
  return [...new Set(frames.map(({ mimeType }) => mimeType))];
}

/** A screen that software encodes in time, on a machine with as much else to do as a test's. */
const smallScreen = `{
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
  mediaDevices.getDisplayMedia = async (wish) => {
    const stream = await ask(wish);
    await stream.getVideoTracks()[0].applyConstraints({ height: 360, frameRate: 10 });
    return stream;
  };
}`;

/** A machine that has this codec's encoder in hardware, as far as its browser says. */
function hardware(codec: string): string {
  return answering('encodingInfo', codec, '{ supported: true, smooth: true, powerEfficient: true }');
}

/** A browser that does not decode it, as far as it says. */
function without(codec: string): string {
  return answering('decodingInfo', codec, '{ supported: false, smooth: false, powerEfficient: false }');
}

function answering(method: 'encodingInfo' | 'decodingInfo', codec: string, answer: string): string {
  return `{
    const { mediaCapabilities } = navigator;
    const ask = mediaCapabilities.${method}.bind(mediaCapabilities);
    mediaCapabilities.${method} = async (about) =>
      about.video?.contentType === 'video/${codec}' ? ${answer} : ask(about);
  }`;
}

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
