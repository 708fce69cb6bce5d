// For tests of the worker: a clock that is moved by hand, frames as plain objects, people with keys.
import { importBaseKey, type Codec, type Context } from '../../../crypto/sframe/index.ts';
import type { Clock } from './clock.ts';
import { Counts } from './counts.ts';
import { FrameReceiver } from './frame-receiver.ts';
import { FrameSender } from './frame-sender.ts';
import type { EncodedFrame } from './frames.ts';
import { KeyTable } from './key-table.ts';
import type { EpochMessage } from './messages.ts';

export class HandClock implements Clock {
  #nowMs = 0;
  #tasks: { atMs: number; task: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, task };
    this.#tasks.push(entry);
    return () => (this.#tasks = this.#tasks.filter((one) => one !== entry));
  }

  /** Moves time on, running what falls due in order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((one) => one !== next);
      this.#nowMs = next.atMs;
      next.task();
    }
    this.#nowMs = endMs;
  }
}

const MIME: Record<Codec, string> = {
  opus: 'audio/opus',
  vp8: 'video/VP8',
  vp9: 'video/VP9',
  h264: 'video/H264',
  av1: 'video/AV1',
};

/** A frame as the encoder hands it over or the network delivers it. */
export function frame(
  bytes: readonly number[] | Uint8Array,
  codec: Codec = 'opus',
  type?: string,
): EncodedFrame {
  const metadata = { mimeType: MIME[codec] };
  const data = Uint8Array.from(bytes).buffer;
  return { data, getMetadata: () => metadata, ...(type === undefined ? {} : { type }) };
}

/** The same bytes once more, as another frame. */
export function copy(of: EncodedFrame): EncodedFrame {
  return { ...of, data: of.data.slice(0) };
}

export function bytesOf(of: EncodedFrame): number[] {
  return [...new Uint8Array(of.data)];
}

/** Everybody in the tests' call: leaf and LiveKit identity. */
export const PEOPLE = { ada: 0, ben: 1, cyd: 2, mal: 7 } as const;
export type Name = keyof typeof PEOPLE;
export const EVERYBODY: Name[] = ['ada', 'ben', 'cyd'];

/** Keys of an epoch as the page of `me` would install them; the base key is a function of generation and epoch. */
export async function epochKeys(
  me: Name,
  epoch: number,
  more: { generation?: number; leaves?: Name[]; sendAfterMs?: number } = {},
): Promise<EpochMessage> {
  const generation = more.generation ?? 1;
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => (i * 7 + generation * 31 + epoch * 13) % 256);
  const leaves = new Map((more.leaves ?? EVERYBODY).map((name) => [PEOPLE[name] as number, name as string]));
  const common = {
    kind: 'epoch' as const,
    generation,
    epoch: BigInt(epoch),
    leaves,
    holders: new Set([...leaves.values()].filter((name) => name !== me)),
    sendAfterMs: more.sendAfterMs ?? 0,
  };
  return { ...common, baseKey: await importBaseKey(bytes), ownLeaf: PEOPLE[me] };
}

/** One person's worker: keys, senders by context, receivers with what they emitted. */
export class Person {
  readonly clock = new HandClock();
  readonly keys = new KeyTable(this.clock);
  readonly counts = new Counts();
  readonly paused = new Set<number>();
  readonly silenced = new Set<string>();
  readonly name: Name;

  constructor(name: Name) {
    this.name = name;
    this.keys.setVerified(null);
  }

  async install(epoch: number, more: Parameters<typeof epochKeys>[2] = {}): Promise<boolean> {
    return this.keys.install(await epochKeys(this.name, epoch, more));
  }

  sender(context: Context = 0, codec: Codec = 'opus'): FrameSender {
    return new FrameSender({ kind: 'sender', id: 1, context, codec }, this);
  }

  /** What leaves on the wire for `bytes`, or null if nothing does. */
  async send(bytes: readonly number[], context: Context = 0): Promise<EncodedFrame | null> {
    const sent = frame(bytes);
    return (await this.sender(context).protect(sent)) ? sent : null;
  }

  receiver(from: Name | null, context: Context = 0): { receiver: FrameReceiver; out: EncodedFrame[] } {
    const out: EncodedFrame[] = [];
    const world = {
      ...{ keys: this.keys, counts: this.counts, clock: this.clock, onFirstOpened: () => undefined },
      isSilenced: (livekitIdentity: string) => this.silenced.has(livekitIdentity),
    };
    const receiver = new FrameReceiver(1, { ...world, emit: (opened) => out.push(opened) });
    if (from !== null)
      receiver.bind({
        livekitIdentity: from,
        context,
        codec: context === 0 || context === 3 ? 'opus' : 'vp8',
      });
    return { receiver, out };
  }

  /** Drops counted for `identity`, without zeroes. */
  drops(identity: string): Record<string, number> {
    const drops = this.counts.dropsOf(identity);
    return Object.fromEntries(Object.entries(drops).filter(([, count]) => count > 0));
  }
}
