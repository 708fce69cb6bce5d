// The whole worker in Node: messages in, frames through real streams, reports out.
import { describe, expect, it, vi } from 'vitest';
import { FrameWorker } from './frame-worker.ts';
import type { EncodedFrame } from './frames.ts';
import type { FromWorker, ReceiverOptions, SenderOptions } from './messages.ts';
import { bytesOf, epochKeys, frame, HandClock, type Name } from './testing.ts';

const MICROPHONE: SenderOptions = { kind: 'sender', id: 1, context: 0, codec: 'opus' };
const FROM_BEN: ReceiverOptions = { kind: 'receiver', id: 2 };
const BEN = { livekitIdentity: 'ben', context: 0, codec: 'opus' } as const;

/** A worker, what it told the page, and the ends of the streams that are attached to it. */
class Bench {
  readonly clock = new HandClock();
  readonly told: FromWorker[] = [];
  readonly worker = new FrameWorker(this.clock, (message) => this.told.push(message));

  constructor() {
    this.worker.handle({ kind: 'verified', identities: null });
  }

  async install(me: Name, epoch: number): Promise<void> {
    this.worker.handle(await epochKeys(me, epoch));
  }

  attach(options: SenderOptions | ReceiverOptions): {
    write: (one: EncodedFrame) => Promise<void>;
    out: EncodedFrame[];
    end: () => Promise<void>;
  } {
    const out: EncodedFrame[] = [];
    const { readable, writable } = new TransformStream<EncodedFrame>();
    const sink = new WritableStream<EncodedFrame>({ write: (one) => void out.push(one) });
    this.worker.handle({ kind: 'streams', options, readable, writable: sink });
    const writer = writable.getWriter();
    const write = (one: EncodedFrame): Promise<void> => writer.write(one);
    return { write, out, end: () => writer.close() };
  }
}

/** Waits until this many frames came out. */
async function came(out: readonly EncodedFrame[], count: number): Promise<void> {
  await vi.waitFor(() => expect(out).toHaveLength(count), { interval: 1 });
}

async function sealedBy(name: Name, contents: number[]): Promise<EncodedFrame[]> {
  const bench = new Bench();
  await bench.install(name, 5);
  const { write, out } = bench.attach(MICROPHONE);
  for (const content of contents) await write(frame([content]));
  await came(out, contents.length);
  return out;
}

describe('the frame worker', () => {
  it('[F1] seals on one side and opens on the other', async () => {
    const sealed = await sealedBy('ben', [1, 2, 3]);
    expect(sealed.map((one) => one.data.byteLength)).toEqual([20, 20, 20]);
    const ada = new Bench();
    await ada.install('ada', 5);
    const { write, out } = ada.attach(FROM_BEN);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    for (const one of sealed) await write(one);
    await came(out, 3);
    expect(out.map(bytesOf)).toEqual([[1], [2], [3]]);
    expect(ada.told).toContainEqual({ kind: 'opened', id: 2, context: 0 });
  });

  it('[F4] takes a binding that comes before the streams', async () => {
    const [sealed] = await sealedBy('ben', [1]);
    const ada = new Bench();
    await ada.install('ada', 5);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    const { write, out } = ada.attach(FROM_BEN);
    await write(sealed!);
    await came(out, 1);
  });

  it("[F4] opens nothing on a receiver that is nobody's any more, and says so anew when it is bound again", async () => {
    const sealed = await sealedBy('ben', [1, 2, 3]);
    const ada = new Bench();
    await ada.install('ada', 5);
    const { write, out } = ada.attach(FROM_BEN);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    await write(sealed[0]!);
    await came(out, 1);
    ada.worker.handle({ kind: 'bind', id: 2, binding: null });
    await write(sealed[1]!);
    ada.clock.advance(300);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    await write(sealed[2]!);
    await came(out, 2);
    expect(out.map(bytesOf)).toEqual([[1], [3]]);
    expect(ada.told.filter(({ kind }) => kind === 'opened')).toHaveLength(2);
  });

  it('[F10] drops what comes of whom the page silenced last, and says nothing of a first frame before one plays', async () => {
    const sealed = await sealedBy('ben', [1, 2, 3]);
    const ada = new Bench();
    await ada.install('ada', 5);
    const { write, out } = ada.attach(FROM_BEN);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    const silence = (...names: string[]) =>
      ada.worker.handle({ kind: 'silence', livekitIdentities: new Set(names) });
    const silenced = () => {
      ada.clock.advance(1000);
      const stats = ada.told.filter((message) => message.kind === 'stats').at(-1);
      return stats?.dropped.get('ben')?.silenced ?? 0;
    };
    silence('ben');
    await write(sealed[0]!);
    await vi.waitFor(() => expect(silenced()).toBe(1), { interval: 1 });
    expect(ada.told.filter(({ kind }) => kind === 'opened')).toEqual([]);
    silence('cyd');
    await write(sealed[1]!);
    await came(out, 1);
    expect(ada.told.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    silence();
    await write(sealed[2]!);
    await came(out, 2);
    expect([out.map(bytesOf), silenced()]).toEqual([[[2], [3]], 1]);
  });

  it('[F6] goes on with held frames as soon as an epoch is installed', async () => {
    const [sealed] = await sealedBy('ben', [1]);
    const ada = new Bench();
    const { write, out } = ada.attach(FROM_BEN);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    await write(sealed!);
    expect(out).toEqual([]);
    await ada.install('ada', 5);
    await came(out, 1);
    expect(out.map(bytesOf)).toEqual([[1]]);
  });

  it('[K3] says when the keys of an epoch are in, and when they were not new', async () => {
    const ada = new Bench();
    await ada.install('ada', 5);
    await ada.install('ada', 5);
    const common = { kind: 'installed', generation: 1, epoch: 5n };
    expect(ada.told).toEqual([
      { ...common, isNew: true },
      { ...common, isNew: false },
    ]);
  });

  it('[F8] sends nothing while a context is paused', async () => {
    const ben = new Bench();
    await ben.install('ben', 5);
    const { write, out } = ben.attach(MICROPHONE);
    ben.worker.handle({ kind: 'pause', context: 0, isPaused: true });
    await write(frame([1]));
    ben.worker.handle({ kind: 'pause', context: 0, isPaused: false });
    await write(frame([2]));
    await came(out, 1);
    await write(frame([3]));
    await came(out, 2);
  });

  it('[O3] [F9] reports what it counted at most four times a second, and nothing when nothing happened', async () => {
    const ben = new Bench();
    await ben.install('ben', 5);
    const { write, out } = ben.attach(MICROPHONE);
    await write(frame([]));
    await write(frame([1]));
    await came(out, 1);
    ben.clock.advance(1000);
    const stats = ben.told.filter((message) => message.kind === 'stats');
    expect(stats).toHaveLength(1);
    expect(stats[0]!.senders).toEqual([{ id: 1, sealed: 1, dropped: 1, withheld: 0 }]);
  });

  it('[O3] [F8] drops plaintext on its way in and counts it for whom the receiver was bound to', async () => {
    const ada = new Bench();
    await ada.install('ada', 5);
    const { write, out, end } = ada.attach(FROM_BEN);
    ada.worker.handle({ kind: 'bind', id: 2, binding: BEN });
    const [sealed] = await sealedBy('ben', [1]);
    for (const one of [frame([0xf8, 0xff, 0xfe]), sealed!]) await write(one);
    await came(out, 1);
    await end();
    ada.clock.advance(250);
    const stats = ada.told.find((message) => message.kind === 'stats')!;
    expect(out.map(bytesOf)).toEqual([[1]]);
    expect(stats.dropped.get('ben')).toMatchObject({ malformed: 1, not_opened: 0 });
    expect(stats.receivers).toEqual([{ id: 2, arrived: 2, opened: 1, keyless: 0, damaged: 1, silenced: 0 }]);
  });
});
