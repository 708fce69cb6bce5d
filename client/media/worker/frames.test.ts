// F1–F8, M2 and O3 on the frame worker's sender and receiver, with attacks: what Mal, the SFU or a bug can put on the wire.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../crypto/sframe/index.ts';
import type { EncodedFrame } from './frames.ts';
import { bytesOf, copy, epochKeys, frame, Person, type Name } from './testing.ts';

const seed = Date.now() % 2 ** 31;
process.stdout.write(`frames.test.ts seed ${seed}\n`);
fc.configureGlobal({ seed });

const FRAME = [1, 2, 3, 4];

async function inCall(name: Name, epoch = 5): Promise<Person> {
  const person = new Person(name);
  await person.install(epoch);
  return person;
}

describe('a frame', () => {
  it('[F1] of Opus grows by header and tag only: 21 bytes in steady state', async () => {
    const ben = await inCall('ben', 200);
    const key = (await ben.keys.sendKey(0))!;
    for (let i = 0; i < 1000; i++) key.counter.take();
    const sent = (await ben.send(FRAME))!;
    expect(sent.data.byteLength - FRAME.length).toBe(21);
  });

  const VIDEO: [Codec, number[]][] = [
    ['vp8', [0x50, 0x19, 0, 0x9d, 1, 0x2a, 64, 1, 11, 1, 0xaa]],
    ['vp9', [0x82, 1, 2]],
    ['h264', [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 0, 1, 0x65, 0x88, 0, 0, 0]],
    ['av1', [0x12, 0, 0x0a, 2, 1, 2, 0x32, 2, 0x10, 1]],
  ];
  for (const [codec, key] of VIDEO) {
    it(`[F2] of ${codec} comes back whole, as key frame and as delta frame`, async () => {
      const [ada, ben] = [await inCall('ada'), await inCall('ben')];
      const { receiver, out } = ada.receiver('ben', 1);
      for (const type of ['key', 'delta']) {
        const sent = frame(key, codec, type);
        expect(await ben.sender(1, codec).protect(sent)).toBe(true);
        await receiver.push(sent);
        expect(bytesOf(out.pop()!)).toEqual(key);
      }
    });
  }

  it('[F2] opens whatever the SFU made of the shim, as long as it is one', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const sent = frame([0x82, 1, 2], 'vp9', 'key');
    await ben.sender(1, 'vp9').protect(sent);
    new Uint8Array(sent.data)[0] = 0x86;
    const { receiver, out } = ada.receiver('ben', 1);
    await receiver.push(sent);
    expect(out).toHaveLength(1);
  });

  it("[F3] of somebody else opens with nobody's key but its own", async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const sent = (await ben.send(FRAME))!;
    // The same bytes under Cyd's KID: leaf 2 instead of 1.
    const forged = new Uint8Array(sent.data);
    expect(forged[1]).toBe(1);
    forged[1] = 2;
    const { receiver, out } = ada.receiver('cyd');
    await receiver.push(sent);
    expect(out).toEqual([]);
    expect(ada.drops('cyd')).toEqual({ not_opened: 1 });
  });
});

describe('a receiver', () => {
  it('[F4] drops frames of another leaf, though their key is known', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('cyd');
    await receiver.push((await ben.send(FRAME))!);
    expect([out, ada.drops('cyd')]).toEqual([[], { wrong_sender: 1 }]);
  });

  it('[F4] drops frames of another source of the same leaf', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('ben', 3);
    await receiver.push((await ben.send(FRAME, 0))!);
    expect([out, ada.drops('ben')]).toEqual([[], { wrong_sender: 1 }]);
  });

  it('[F4] drops my own frames, should they ever come back to me', async () => {
    const ada = await inCall('ada');
    const { receiver, out } = ada.receiver('ada');
    await receiver.push((await ada.send(FRAME))!);
    expect([out, ada.drops('ada')]).toEqual([[], { wrong_sender: 1 }]);
  });

  it('[F4] [M3] plays nothing of a participant without a leaf', async () => {
    const [ada, mal] = [await inCall('ada'), new Person('mal')];
    await mal.install(5, { leaves: ['ada', 'ben', 'cyd', 'mal'] });
    const { receiver, out } = ada.receiver('mal');
    await receiver.push((await mal.send(FRAME))!);
    await receiver.push(frame(FRAME));
    expect(out).toEqual([]);
  });

  it('[F4] follows its new binding and forgets what waited for the old one', async () => {
    const [ada, ben, cyd] = [new Person('ada'), await inCall('ben'), await inCall('cyd')];
    const { receiver, out } = ada.receiver('ben');
    await receiver.push((await ben.send(FRAME))!);
    receiver.bind({ livekitIdentity: 'cyd', context: 0, codec: 'opus' });
    await receiver.push((await cyd.send([9]))!);
    await ada.install(5);
    await receiver.pump();
    expect(out.map(bytesOf)).toEqual([[9]]);
  });

  it('[F4] opens nothing before it is bound, and what waited once it is', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver(null);
    await receiver.push((await ben.send(FRAME))!);
    expect(out).toEqual([]);
    receiver.bind({ livekitIdentity: 'ben', context: 0, codec: 'opus' });
    await receiver.pump();
    expect(out).toHaveLength(1);
  });

  it('[F5] opens a frame once, and moves its window for no forged counter', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('ben');
    const sent = (await ben.send(FRAME))!;
    const forged = copy(sent);
    // Header: config, KID (2 bytes); the counter is in the config byte's low bits.
    new Uint8Array(forged.data)[0] = (new Uint8Array(sent.data)[0]! & 0xf0) | 7;
    await receiver.push(forged);
    await receiver.push(copy(sent));
    await receiver.push(copy(sent));
    expect([out.length, ada.drops('ben')]).toEqual([1, { not_opened: 1, replayed: 1 }]);
  });

  it('[F5] refuses what fell out of the window of 1024', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('ben');
    const sent = await Promise.all(Array.from({ length: 1026 }, () => ben.send(FRAME)));
    for (const at of [1025, 2, 1, 0]) await receiver.push(sent[at]!);
    expect([out.length, ada.drops('ben')]).toEqual([2, { replayed: 2 }]);
  });
});

describe('who may only listen', () => {
  it('[F10] is not played from the moment that it is known until they may speak again, and is counted by name', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('ben');
    const send = async (content: number) => receiver.push((await ben.send([content]))!);
    await send(1);
    ada.silenced.add('ben');
    await send(2);
    await ada.install(6);
    await ben.install(6);
    await send(3);
    ada.silenced.delete('ben');
    await send(4);
    expect(out.map(bytesOf)).toEqual([[1], [4]]);
    expect(ada.drops('ben')).toEqual({ silenced: 2 });
    expect(ada.counts.take()!.receivers[0]).toMatchObject({ opened: 2, silenced: 2, damaged: 0, keyless: 0 });
  });

  it('[F10] is silent in a track that waited for its key, and whatever the track is called', async () => {
    const [ada, ben] = [new Person('ada'), await inCall('ben')];
    const tracks = ([0, 3] as const).map((context) => ({ context, ...ada.receiver('ben', context) }));
    for (const { receiver, context } of tracks) await receiver.push((await ben.send(FRAME, context))!);
    ada.silenced.add('ben');
    await ada.install(5);
    for (const { receiver } of tracks) await receiver.pump();
    expect(tracks.flatMap(({ out }) => out)).toEqual([]);
    expect(ada.drops('ben')).toEqual({ silenced: 2 });
  });

  it('[F10] is held to what is theirs: what does not open under their name is forged, and nobody else falls silent', async () => {
    const [ada, ben, cyd] = [await inCall('ada'), await inCall('ben'), await inCall('cyd')];
    ada.silenced.add('ben');
    const [{ receiver, out }, other] = [ada.receiver('ben'), ada.receiver('cyd')];
    const changed = (await ben.send(FRAME))!;
    new Uint8Array(changed.data)[changed.data.byteLength - 1]! ^= 1;
    await receiver.push(changed);
    await receiver.push((await cyd.send(FRAME))!);
    await other.receiver.push((await cyd.send(FRAME))!);
    expect([out.length, other.out.length]).toEqual([0, 1]);
    expect(ada.drops('ben')).toEqual({ not_opened: 1, wrong_sender: 1 });
  });
});

describe('waiting', () => {
  it('[F6] holds frames of an epoch that is not here yet and opens them in order when it comes', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 5)];
    const before = (await ben.send([5]))!;
    await ben.install(6);
    const { receiver, out } = ada.receiver('ben');
    for (const content of [60, 61]) await receiver.push((await ben.send([content]))!);
    await receiver.push(before);
    expect(out).toEqual([]);
    ada.clock.advance(299);
    await ada.install(6);
    await receiver.pump();
    expect(out.map(bytesOf)).toEqual([[60], [61], [5]]);
    expect(ada.drops('ben')).toEqual({});
  });

  it('[F6] drops them after 300 ms, each by its own time', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 6)];
    const { receiver, out } = ada.receiver('ben');
    await receiver.push((await ben.send([60]))!);
    ada.clock.advance(200);
    await receiver.push((await ben.send([61]))!);
    ada.clock.advance(100);
    await receiver.pump();
    expect(ada.drops('ben')).toEqual({ no_key: 1 });
    await ada.install(6);
    await receiver.pump();
    expect(out.map(bytesOf)).toEqual([[61]]);
  });

  it('[F6] holds at most 64 frames', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 6)];
    const { receiver, out } = ada.receiver('ben');
    for (let i = 0; i < 70; i++) await receiver.push((await ben.send([i]))!);
    expect(ada.drops('ben')).toEqual({ overflow: 6 });
    await ada.install(6);
    await receiver.pump();
    expect(out.map(bytesOf)).toEqual(Array.from({ length: 64 }, (_, i) => [i]));
  });

  it('[F6] does not wait for an epoch that is behind', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 4)];
    const { receiver } = ada.receiver('ben');
    await receiver.push((await ben.send(FRAME))!);
    expect(ada.drops('ben')).toEqual({ no_key: 1 });
  });

  it('[M6] counts what came without a key apart from what is damaged, for each receiver', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 5)];
    const { receiver } = ada.receiver('ben');
    const counts = () => ada.counts.take()!.receivers[0];
    const whole = (await ben.send(FRAME))!;
    const changed = copy(whole);
    new Uint8Array(changed.data)[changed.data.byteLength - 1]! ^= 1;
    for (const one of [whole, changed, copy(whole), frame([0xf8, 0xff, 0xfe])]) await receiver.push(one);
    expect(counts()).toEqual({ id: 1, arrived: 4, opened: 1, keyless: 0, damaged: 3, silenced: 0 });
    await ben.install(6);
    for (let i = 0; i < 65; i++) await receiver.push((await ben.send(FRAME))!);
    ada.clock.advance(300);
    await receiver.pump();
    expect(counts()).toEqual({ id: 1, arrived: 69, opened: 1, keyless: 65, damaged: 3, silenced: 0 });
  });

  it('[F6] misses no frame that comes while others are opened', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver, out } = ada.receiver('ben');
    const sent = await Promise.all(Array.from({ length: 60 }, (_, i) => ben.send([i])));
    await Promise.all(sent.map((one) => receiver.push(one!)));
    expect(out.map(bytesOf)).toEqual(Array.from({ length: 60 }, (_, i) => [i]));
  });
});

describe('what never passes', () => {
  it('[F7] seals, sends, opens and forwards no empty frame', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    expect(await ben.send([])).toBeNull();
    const { receiver, out } = ada.receiver('ben');
    await receiver.push(frame([]));
    expect([out, ada.drops('ben')]).toEqual([[], {}]);
  });

  it('[F8] [M2] sends nothing without a key', async () => {
    const ben = new Person('ben');
    const sent = frame(FRAME);
    expect(await ben.sender().protect(sent)).toBe(false);
  });

  it('[F8] sends nothing of a paused context, also if it is paused while a frame is sealed', async () => {
    const ben = await inCall('ben');
    const sealing = ben.send(FRAME);
    ben.paused.add(0);
    expect([await sealing, await ben.send(FRAME)]).toEqual([null, null]);
    expect(await ben.send(FRAME, 1)).not.toBeNull();
    ben.paused.delete(0);
    expect(await ben.send(FRAME)).not.toBeNull();
  });

  it('[F8] sends nothing of a codec that has no shim, or that fails', async () => {
    const ben = await inCall('ben');
    const red = { ...frame(FRAME), getMetadata: () => ({ mimeType: 'audio/red' }) };
    const broken = {
      ...frame(FRAME),
      getMetadata: () => {
        throw new Error('gone');
      },
    };
    const noKeyFrame = frame(FRAME, 'vp8', 'key');
    for (const one of [red, broken, noKeyFrame]) expect(await ben.sender(1, 'vp8').protect(one)).toBe(false);
  });

  it('[F8] never writes the bytes it was given: what leaves holds none of them', async () => {
    const ben = await inCall('ben');
    const plain = Uint8Array.from({ length: 200 }, (_, i) => i);
    const sent = frame(plain);
    await ben.sender().protect(sent);
    const wire = Buffer.from(sent.data);
    for (let at = 0; at + 4 <= plain.length; at++)
      expect(wire.includes(Buffer.from(plain.subarray(at, at + 4)))).toBe(false);
  });

  it('[O3] [F8] forwards no bytes that were not sealed, and throws at none', async () => {
    const ada = await inCall('ada');
    const codecs = fc.constantFrom<Codec>('opus', 'vp8', 'vp9', 'h264', 'av1');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 80 }), codecs, async (bytes, codec) => {
        const { receiver, out } = ada.receiver('ben', 1);
        await receiver.push(frame(bytes, codec));
        await receiver.pump();
        expect(out).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('[O3] counts each drop once, under one reason, for the one it was bound to', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const { receiver } = ada.receiver('ben');
    await receiver.push(frame([0xff, 1]));
    const changed = (await ben.send(FRAME))!;
    new Uint8Array(changed.data)[5]! ^= 1;
    await receiver.push(changed);
    const sealed = (await ben.send(FRAME))!;
    const thrown: EncodedFrame = Object.freeze({ ...sealed });
    await receiver.push(thrown);
    expect(ada.drops('ben')).toEqual({ malformed: 1, not_opened: 2 });
  });
});

it('[K3] [F6] opens the first frame of a newcomer whose commit is still on its way', async () => {
  const [ada, cyd] = [new Person('ada'), await inCall('cyd', 6)];
  ada.keys.install(await epochKeys('ada', 5, { leaves: ['ada', 'ben'] }));
  const { receiver, out } = ada.receiver('cyd');
  await receiver.push((await cyd.send(FRAME))!);
  ada.clock.advance(120);
  await ada.install(6);
  await receiver.pump();
  expect(out).toHaveLength(1);
});
