// K2–K6 on the frame worker's key table, sender and receiver together: who can open what, when.
import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeKid } from '../../../crypto/sframe/index.ts';
import { KeyTable, type EpochEntry } from './key-table.ts';
import { bytesOf, copy, epochKeys, frame, HandClock, PEOPLE, Person, type Name } from './testing.ts';

const FRAME = [1, 2, 3, 4];

async function inCall(name: Name, epoch = 5): Promise<Person> {
  const person = new Person(name);
  await person.install(epoch);
  return person;
}

/** Whether `listener` opens what `speaker` sends right now. */
async function hears(listener: Person, speaker: Person): Promise<boolean> {
  const sent = await speaker.send(FRAME);
  const { receiver, out } = listener.receiver(speaker.name);
  if (sent !== null) await receiver.push(sent);
  return out.length === 1 && String(bytesOf(out[0]!)) === String(FRAME);
}

function headerOf(sent: { data: ArrayBuffer }): { kid: number; ctr: number } {
  const { kid, ctr } = decodeHeader(new Uint8Array(sent.data))!;
  return { kid: Number(kid), ctr: Number(ctr) };
}

describe('key ids', () => {
  it('[K2] name context, leaf and the lowest 8 bits of the epoch', async () => {
    const ben = await inCall('ben', 300);
    expect(headerOf((await ben.send(FRAME, 0))!).kid).toBe(1 * 2 ** 8 + (300 % 256));
    expect(headerOf((await ben.send(FRAME, 3))!).kid).toBe(3 * 2 ** 18 + 1 * 2 ** 8 + (300 % 256));
  });

  it('[K2] use another key for every context of a sender', async () => {
    const [ada, ben] = [await inCall('ada'), await inCall('ben')];
    const keys = await Promise.all(([0, 1, 2, 3] as const).map(async (context) => ben.keys.sendKey(context)));
    expect(new Set(keys.map((key) => String(key!.frameKey.salt))).size).toBe(4);
    expect(await hears(ada, ben)).toBe(true);
  });
});

describe('derived ahead', () => {
  it('[K2] are the key of a sender and that of whom it listens to, in an epoch that is here and in the next', async () => {
    const ada = new Person('ada');
    await ada.install(4);
    ada.sender(1);
    const { receiver } = ada.receiver('ben', 1);
    await ada.install(5, { sendAfterMs: 1000 });
    ada.keys.prepareToSend(1);
    receiver.prepare();
    const entryOf = (epochByte: number): EpochEntry => {
      const entry = ada.keys.find(epochByte);
      if (typeof entry === 'string') throw new Error('the epoch is here');
      return entry;
    };
    const kidOf = (epochByte: number): number => encodeKid({ context: 1, leaf: PEOPLE.ben, epochByte });
    for (const epochByte of [4, 5]) {
      const { sendKeys, receiveKeys } = entryOf(epochByte);
      await Promise.all([sendKeys.get(1), receiveKeys.get(kidOf(epochByte))]);
      expect(sendKeys.get(1)).toMatchObject({ counter: {} });
      expect(receiveKeys.get(kidOf(epochByte))).toMatchObject({ window: {} });
      expect([sendKeys.size, receiveKeys.size]).toEqual([1, 1]);
    }
  });
});

describe('retiring', () => {
  it('[K3] receives a new epoch as soon as it is installed, and the one before for ten seconds more', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 5)];
    const late = [await ben.send(FRAME), await ben.send(FRAME), await ben.send(FRAME)];
    await ada.install(6);
    const { receiver, out } = ada.receiver('ben');
    await receiver.push(late[0]!);
    ada.clock.advance(9_999);
    await receiver.push(late[1]!);
    expect(out).toHaveLength(2);
    ada.clock.advance(1);
    await receiver.push(late[2]!);
    expect(out).toHaveLength(2);
    expect(ada.drops('ben')).toEqual({ no_key: 1 });
    await ben.install(6);
    expect(await hears(ada, ben)).toBe(true);
  });

  it('[K3] drops the keys of a removed leaf at once and keeps those of the others', async () => {
    const people = [await inCall('ada'), await inCall('ben'), await inCall('cyd')] as const;
    const [ada, ben, cyd] = people;
    await ada.install(6, { leaves: ['ada', 'ben'] });
    expect(await hears(ada, cyd)).toBe(false);
    expect(ada.drops('cyd')).toEqual({ wrong_sender: 1 });
    expect(await hears(ada, ben)).toBe(true);
  });

  it('[K3] drops a leaf whose place somebody else took', async () => {
    const [ada, cyd] = [await inCall('ada'), await inCall('cyd')];
    const next = await epochKeys('ada', 6);
    ada.keys.install({ ...next, leaves: new Map([...next.leaves, [2, 'mal']]) });
    expect(await hears(ada, cyd)).toBe(false);
  });

  it('[K3] lets nothing through that was being opened when its leaf was removed', async () => {
    const [ada, cyd] = [await inCall('ada'), await inCall('cyd')];
    const [sent, next] = [await cyd.send(FRAME), await epochKeys('ada', 6, { leaves: ['ada', 'ben'] })];
    const { receiver, out } = ada.receiver('cyd');
    const opening = receiver.push(sent!);
    ada.keys.install(next);
    await opening;
    expect(out).toEqual([]);
  });

  it('[K3] drops every key of another generation at once, on both sides', async () => {
    const [ada, ben] = [await inCall('ada', 9), await inCall('ben', 9)];
    await ada.install(0, { generation: 2, sendAfterMs: 300 });
    expect(await hears(ada, ben)).toBe(false);
    expect(await ada.send(FRAME)).toBeNull();
    ada.clock.advance(300);
    await ben.install(0, { generation: 2 });
    expect([await hears(ada, ben), await hears(ben, ada)]).toEqual([true, true]);
  });

  it('[K3] makes room for an epoch with the same lowest 8 bits', async () => {
    const [ada, ben] = [await inCall('ada', 5), await inCall('ben', 5)];
    const old = await ben.send(FRAME);
    await Promise.all([ada.install(5 + 256), ben.install(5 + 256)]);
    expect(await hears(ada, ben)).toBe(true);
    const { receiver, out } = ada.receiver('ben');
    await receiver.push(old!);
    expect(out).toEqual([]);
    ada.clock.advance(10_000);
    expect(await hears(ada, ben)).toBe(true);
  });
});

describe('moving on', () => {
  it('[K4] sends in the new epoch when its time has come, not before', async () => {
    const ben = await inCall('ben', 5);
    await ben.install(6, { sendAfterMs: 150 });
    ben.clock.advance(149);
    expect(headerOf((await ben.send(FRAME))!).kid % 256).toBe(5);
    ben.clock.advance(1);
    expect(headerOf((await ben.send(FRAME))!).kid % 256).toBe(6);
  });

  it('[K4] sends at once where nothing is to be waited for', async () => {
    expect(headerOf((await (await inCall('ben', 7)).send(FRAME))!).kid % 256).toBe(7);
  });

  it('[K4] never goes back, whatever order the times come in', async () => {
    const ben = await inCall('ben', 5);
    await ben.install(6, { sendAfterMs: 300 });
    await ben.install(7, { sendAfterMs: 150 });
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      ben.clock.advance(100);
      seen.push(headerOf((await ben.send(FRAME))!).kid % 256);
    }
    expect(seen).toEqual([5, 7, 7, 7, 7]);
  });

  it('[K4] refuses an epoch that is not newer', async () => {
    const ben = await inCall('ben', 5);
    expect([await ben.install(5), await ben.install(4), await ben.install(9, { generation: 0 })]).toEqual([
      false,
      false,
      false,
    ]);
    expect(await ben.install(6)).toBe(true);
  });
});

describe('counters', () => {
  it('[K5] go on over new senders of the same source and are apart for each source', async () => {
    const ben = await inCall('ben');
    const sent = [
      await ben.send(FRAME),
      await ben.send(FRAME),
      await ben.send(FRAME, 1),
      await ben.send(FRAME),
    ];
    expect(sent.map((one) => headerOf(one!).ctr)).toEqual([0, 1, 0, 2]);
  });

  it('[K5] never repeat when two senders of one source seal at the same time', async () => {
    const ben = await inCall('ben');
    const sent = await Promise.all(Array.from({ length: 200 }, () => ben.send(FRAME)));
    expect(new Set(sent.map((one) => headerOf(one!).ctr)).size).toBe(200);
  });

  it('[K5] survive an attempt to install the same epoch again', async () => {
    const ben = await inCall('ben');
    await ben.send(FRAME);
    await ben.install(5);
    expect(headerOf((await ben.send(FRAME))!).ctr).toBe(1);
  });

  it('[K5] begin at 0 with every new key', async () => {
    const ben = await inCall('ben');
    await ben.send(FRAME);
    await ben.install(6);
    expect(headerOf((await ben.send(FRAME))!).ctr).toBe(0);
  });
});

describe('key material', () => {
  it('[K6] is non-extractable, and good for one direction only', async () => {
    const ben = await inCall('ben');
    const entry = ben.keys.find(5);
    if (typeof entry === 'string') throw new Error('the epoch is not here');
    const sending = (await ben.keys.sendKey(0))!.frameKey.key;
    const receiving = (await ben.keys.receiveKey(entry, 5)).frameKey.key;
    expect([entry.baseKey, sending, receiving].map((key) => key.extractable)).toEqual([false, false, false]);
    expect([sending.usages, receiving.usages]).toEqual([['encrypt'], ['decrypt']]);
  });
});

it('[F5] uses one replay window for a KID, however many receivers it comes in on', async () => {
  const [ada, ben] = [await inCall('ada'), await inCall('ben')];
  const sent = (await ben.send(FRAME))!;
  const [one, two] = [ada.receiver('ben'), ada.receiver('ben')];
  await Promise.all([one.receiver.push(copy(sent)), two.receiver.push(copy(sent))]);
  expect(one.out.length + two.out.length).toBe(1);
  expect(ada.drops('ben')).toEqual({ replayed: 1 });
});

describe('verified people only', () => {
  it('[C18] nothing is sealed until the page has said for whom it may be', async () => {
    const ada = await inCall('ada');
    const fresh = new KeyTable(new HandClock());
    fresh.install(await epochKeys('ada', 5));
    expect([ada.keys.sendKey(0) === null, fresh.sendKey(0)]).toEqual([false, null]);
    fresh.setVerified(new Set(['ben']));
    expect(fresh.sendKey(0)).toBeNull();
    fresh.setVerified(new Set(['ben', 'cyd']));
    expect(fresh.sendKey(0)).not.toBeNull();
  });

  it('[C18] a newcomer who is not verified stops it at once, while I still send in the epoch before; and counts it', async () => {
    const ada = new Person('ada');
    ada.keys.setVerified(new Set(['ben']));
    await ada.install(5, { leaves: ['ada', 'ben'] });
    expect(await ada.send(FRAME)).not.toBeNull();
    await ada.install(6, { sendAfterMs: 1500 });
    expect(await ada.send(FRAME)).toBeNull();
    ada.clock.advance(1500);
    expect(await ada.send(FRAME)).toBeNull();
    const counted = ada.counts
      .take()!
      .senders.map(({ sealed, dropped, withheld }) => [sealed, dropped, withheld]);
    expect(counted).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    ada.keys.setVerified(new Set(['ben', 'cyd']));
    expect(headerOf((await ada.send(FRAME))!).kid & 255).toBe(6);
    ada.keys.setVerified(new Set(['cyd']));
    expect(await ada.send(FRAME)).toBeNull();
    ada.keys.setVerified(null);
    expect(await ada.send(FRAME)).not.toBeNull();
  });

  it('[C18] who went and knows the keys that I still send with keeps it stopped until I send with the next', async () => {
    const ada = new Person('ada');
    ada.keys.setVerified(new Set(['ben']));
    await ada.install(5);
    await ada.install(6, { leaves: ['ada', 'ben'], sendAfterMs: 1000 });
    expect(await ada.send(FRAME)).toBeNull();
    ada.clock.advance(999);
    expect(await ada.send(FRAME)).toBeNull();
    ada.keys.switchTo(1, 6n);
    expect(headerOf((await ada.send(FRAME))!).kid & 255).toBe(6);
  });

  it('[C18] a frame that was being sealed when somebody came does not leave', async () => {
    const ada = new Person('ada');
    ada.keys.setVerified(new Set(['ben', 'cyd']));
    await ada.install(5);
    const sealing = ada.sender().protect(frame(FRAME));
    ada.keys.setVerified(new Set(['ben']));
    expect(await sealing).toBe(false);
  });
});
