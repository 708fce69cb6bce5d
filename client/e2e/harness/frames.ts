// Encoded frames as the tap copied them, in Node: fetched from a page, and searched for bytes that two piles have in common.
import type { Page } from 'playwright-core';
import { until } from './wait.ts';

export interface Frame {
  readonly side: string;
  readonly kind: string;
  readonly type: string;
  readonly mimeType: string;
  readonly atMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A pile of frames that grows with every `collect`. */
export class Pile {
  readonly frames: Frame[] = [];
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async collect(): Promise<void> {
    const taken = await this.#page.evaluate(() => window.aparteTap.take());
    for (const { data, ...rest } of taken)
      this.frames.push({ ...rest, bytes: new Uint8Array(Buffer.from(data, 'base64')) });
  }

  of(side: string, kind: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.side === side && frame.kind === kind);
  }

  /** Collects until there are at least so many frames of a side and kind. */
  async grow(side: string, kind: string, least: number): Promise<void> {
    await until(
      async () => {
        await this.collect();
        return this.of(side, kind).length >= least;
      },
      { what: `${least} ${kind} frames tapped (${side})`, instead: () => this.of(side, kind).length },
    );
  }
}

const runLength = 16;
/** One bit for each hash (its lower 27 bits) that occurs in what is searched for. */
const filterBits = 27;

/**
 * Looks for any 16 consecutive bytes of `plain` in `received`. Answers the first such run in hex, or null.
 * Every place of every frame is compared: a hash of 16 bytes finds candidates, the bytes themselves decide.
 */
export function runInCommon(plain: readonly Uint8Array[], received: readonly Uint8Array[]): string | null {
  const mask = 2 ** filterBits - 1;
  const filter = new Uint8Array(2 ** (filterBits - 3));
  for (const frame of plain) {
    for (const { hash } of runs(frame)) filter[(hash & mask) >> 3]! |= 1 << (hash & 7);
  }
  const candidates = new Map<number, Set<string>>();
  for (const frame of received) {
    for (const { hash, at } of runs(frame)) {
      if ((filter[(hash & mask) >> 3]! & (1 << (hash & 7))) === 0) continue;
      const texts = candidates.get(hash) ?? new Set();
      candidates.set(hash, texts.add(hex(frame, at)));
    }
  }
  for (const frame of plain) {
    for (const { hash, at } of runs(frame)) {
      if (candidates.get(hash)?.has(hex(frame, at)) === true) return hex(frame, at);
    }
  }
  return null;
}

function hex(frame: Uint8Array, at: number): string {
  return Buffer.from(frame.buffer, frame.byteOffset + at, runLength).toString('hex');
}

/** A rolling polynomial hash (mod 2³²) of every run of 16 bytes. */
function* runs(frame: Uint8Array): Generator<{ readonly hash: number; readonly at: number }> {
  const base = 0x01000193;
  let highest = 1;
  for (let i = 1; i < runLength; i++) highest = Math.imul(highest, base);
  let hash = 0;
  for (let i = 0; i < frame.length; i++) {
    if (i >= runLength) hash = (hash - Math.imul(frame[i - runLength]!, highest)) | 0;
    hash = (Math.imul(hash, base) + frame[i]!) | 0;
    if (i >= runLength - 1) yield { hash, at: i - runLength + 1 };
  }
}
