// Who has left or was removed keeps every key that ever was on that device, and opens nothing that is sent after the switch. The keys
// are taken out of Cyd's own page, the frames are those the SFU hands to Ben.
import { expect, test } from 'vitest';
import {
  decodeHeader,
  decodeKid,
  deriveFrameKey,
  EPOCHS_IN_KID,
  importBaseKey,
  open,
} from '../../crypto/sframe/index.ts';
import { Pile, type Frame } from './harness/frames.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben, cyd } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

/** Keeps a copy of every raw 32-byte key that the page imports: among them each epoch's base key (K1). */
const keepKeys = `
  window.keptKeys = [];
  const importKey = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (format, data, ...rest) {
    const bytes = format === 'raw' ? new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength) : null;
    if (bytes?.length === 32) window.keptKeys.push(Array.from(bytes));
    return importKey.call(this, format, data, ...rest);
  };`;

test('[K3] keys from before open nothing after a member has left, and nothing after one was removed', async () => {
  const [a, b] = await Promise.all([
    stage.enter(ada),
    stage.enter(ben, { initScripts: [await pageScript('tap')] }),
  ]);
  const c = await stage.enter(cyd, { initScripts: [keepKeys] });
  await stage.callOf([a, b, c]);
  const sound = new Pile(b.page);

  const before = (await c.epoch()).epoch;
  const inside = await tryKeys(await framesFrom(sound, before, 50), await keptKeys(c));
  expect(inside.opened, 'while in the call, the kept keys are the right ones').toBeGreaterThan(40);

  await c.leave();
  await expectNothingOpens(sound, { switchedTo: await switchAfter([a, b], before), keys: await keptKeys(c) });

  await c.joinVoiceChat();
  await Promise.all([a.hears('Ben', 'Cyd'), b.hears('Ada', 'Cyd')]);
  const last = (await c.epoch()).epoch;
  await a.removeFromGroup('Cyd');
  await expectNothingOpens(sound, { switchedTo: await switchAfter([a, b], last), keys: await keptKeys(c) });
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
});

test('[G9] [G13] [G14] an admin removes in mid-call: all who stay move on and hear each other without a gap, the old link is dead, the new one leads in', async () => {
  const initScripts = [keepPeers];
  const [a, b, c] = [
    await stage.enter(ada, { initScripts }),
    await stage.enter(ben, { initScripts }),
    await stage.enter(cyd),
  ];
  await stage.callOf([a, b, c]);
  const oldLink = await a.copyLink();
  await a.makeAdmin('Ben');
  const { epoch } = await c.epoch();
  await b.button('More about Cyd').waitFor();
  const before = await Promise.all([decoders(a), decoders(b)]);
  await b.removeFromGroup('Cyd');
  await switchAfter([a, b], epoch);
  await Promise.all([a.hears('Ben'), b.hears('Ada'), c.hears(), a.hasRows(2), b.hasRows(2)]);
  await c.reads(/no longer in this group/);
  for (const [n, person] of [a, b].entries()) {
    const { track, madeUp } = await runningDecoder(person);
    expect([...before[n]!.keys()], 'the very connection of before goes on').toContain(track);
    const ms = (madeUp - before[n]!.get(track)!.madeUp) / 48;
    expect(ms, 'ms of sound that the decoder had to make up').toBeLessThan(gapMs);
  }

  const newLink = await until(
    async () => {
      const link = await a.copyLink();
      return link === oldLink ? null : link;
    },
    { what: 'Ada has the new link' },
  );
  await c.openApp(oldLink.slice(oldLink.indexOf('/#')));
  await c.press('Take off my list');
  await c.page.goto('about:blank');
  await c.openApp(oldLink.slice(oldLink.indexOf('/#')));
  await c.reads('This link no longer opens anything');
  await c.page.goto('about:blank');
  await c.joinByLink(newLink);
  await c.joinVoiceChat();
  await Promise.all([a.hears('Ben', 'Cyd'), b.hears('Ada', 'Cyd'), c.hears('Ada', 'Ben')]);
});

/** Less than this is a frame or two that came late; whoever loses the keys for a moment loses more. */
const gapMs = 200;

const keepPeers = `
  window.keptPeers = [];
  const Peer = RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) { super(...args); window.keptPeers.push(this); }
  };`;

interface Decoder {
  /** Samples that it had to make up so far, silence not counted. */
  readonly madeUp: number;
  readonly packets: number;
}

/** The one that still gets sound, now that one of two senders is gone. */
async function runningDecoder(person: Person): Promise<Decoder & { readonly track: string }> {
  const first = await decoders(person);
  return until(
    async () => {
      const now = await decoders(person);
      const running = [...now].filter(
        ([track, { packets }]) => packets - (first.get(track)?.packets ?? 0) > 50,
      );
      const [[track, decoder] = []] = running;
      return running.length === 1 ? { track: track!, ...decoder! } : null;
    },
    { what: `${person.name} gets sound of one person` },
  );
}

/** Those of sound, by track. */
async function decoders(person: Person): Promise<ReadonlyMap<string, Decoder>> {
  const found = await person.page.evaluate(async () => {
    const { keptPeers } = window as unknown as { keptPeers: RTCPeerConnection[] };
    const open = keptPeers.filter((peer) => peer.signalingState !== 'closed');
    const reports = (await Promise.all(open.map((peer) => peer.getStats()))).flatMap((one) => [
      ...(one as unknown as Map<string, Record<string, string | number>>).values(),
    ]);
    return reports
      .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')
      .map((one) => {
        const number = (name: string): number => Number(one[name] ?? 0);
        const madeUp = number('concealedSamples') - number('silentConcealedSamples');
        return [String(one['trackIdentifier']), { madeUp, packets: number('packetsReceived') }] as const;
      });
  });
  return new Map(found);
}

type Key = Uint8Array<ArrayBuffer>;

/** The epoch that everybody who stays has moved to, later than `last`. */
async function switchAfter(people: readonly Person[], last: number): Promise<number> {
  return until(
    async () => {
      const [first, ...others] = await Promise.all(
        people.map(async (person) => (await person.epoch()).epoch),
      );
      return first! > last && others.every((epoch) => epoch === first) ? first! : null;
    },
    { what: `everybody who stays has the keys of one epoch after ${last}` },
  );
}

/** From the first frame under the keys after the switch on: no frame opens with any kept key, and none goes back (K4). */
async function expectNothingOpens(
  pile: Pile,
  parts: { readonly switchedTo: number; readonly keys: readonly Key[] },
): Promise<void> {
  const later = await framesFrom(pile, parts.switchedTo, 100);
  const epochByte = parts.switchedTo % EPOCHS_IN_KID;
  expect(new Set(later.map(epochOf))).toEqual(new Set([epochByte]));
  expect((await tryKeys(later, parts.keys)).opened).toBe(0);
}

/** From the first frame that comes from now on under the keys of `epoch`: so many and all that followed (K4). */
async function framesFrom(pile: Pile, epoch: number, least: number): Promise<readonly Frame[]> {
  await pile.collect();
  pile.frames.length = 0;
  return until(
    async () => {
      await pile.collect();
      // What names no epoch is the SFU's own silence for a track that ended.
      const frames = pile.of('receive', 'audio').filter((frame) => epochOf(frame) !== null);
      const first = frames.findIndex((frame) => epochOf(frame) === epoch % EPOCHS_IN_KID);
      return first >= 0 && frames.length - first >= least ? frames.slice(first) : null;
    },
    { what: `${least} frames under the keys of epoch ${epoch}` },
  );
}

function epochOf(frame: Frame): number | null {
  const header = decodeHeader(frame.bytes);
  return header === null ? null : (decodeKid(header.kid)?.epochByte ?? null);
}

async function keptKeys(person: Person): Promise<readonly Key[]> {
  const kept = await person.page.evaluate(() => (window as unknown as { keptKeys: number[][] }).keptKeys);
  expect(kept.length).toBeGreaterThan(0);
  return kept.map((key) => new Uint8Array(key));
}

/** Tries every kept key on every frame of sound (no shim), each with the KID that the frame itself names. */
async function tryKeys(
  frames: readonly Frame[],
  keys: readonly Key[],
): Promise<{ readonly tried: number; readonly opened: number }> {
  const baseKeys = await Promise.all(keys.map((key) => importBaseKey(key.slice())));
  let opened = 0;
  for (const frame of frames) {
    const header = decodeHeader(frame.bytes);
    if (header === null) throw new Error('a frame without an SFrame header reached Ben');
    const attempts = baseKeys.map(async (baseKey) => {
      const key = await deriveFrameKey(baseKey, { kid: header.kid, usage: 'decrypt' });
      return Promise.resolve(open(key, header, frame.bytes)).catch(() => null);
    });
    if ((await Promise.all(attempts)).some((plain) => plain !== null)) opened++;
  }
  return { tried: frames.length, opened };
}
