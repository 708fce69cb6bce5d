// What arrives of a track by the worker's counts alone: each way in which it does not play is reached, and left again by itself (M6).
import { expect, test } from 'vitest';
import { Arrivals, damagedAfterMs, quietAfterMs, waitingAfterMs, wrongKeyAfterMs } from './arrival.ts';
import type { ReceiverCounts } from './worker/messages.ts';

const everyMs = 250;

/** A receiver and its worker, which reports four times a second. */
class Line {
  readonly arrivals = new Arrivals();
  nowMs = 1_000_000;
  #counts: ReceiverCounts = { id: 1, arrived: 0, opened: 0, keyless: 0, damaged: 0, silenced: 0 };

  /** Reports for `ms`, with so many frames of each kind in each. */
  report(ms: number, frames: Partial<Omit<ReceiverCounts, 'id'>>): this {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.nowMs += everyMs;
      const add = (name: keyof typeof frames): number => this.#counts[name] + (frames[name] ?? 0);
      const counts = { arrived: add('arrived'), opened: add('opened'), keyless: add('keyless') };
      this.#counts = { id: 1, ...counts, damaged: add('damaged'), silenced: add('silenced') };
      this.arrivals.count([this.#counts], this.nowMs);
    }
    return this;
  }

  /** Time in which the worker has nothing to report. */
  quiet(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  get status(): string {
    return this.arrivals.of(1, this.nowMs).status;
  }

  get isArriving(): boolean {
    return this.arrivals.of(1, this.nowMs).isArriving;
  }
}

const good = { arrived: 12, opened: 12 };
const keyless = { arrived: 12, keyless: 12 };
const damaged = { arrived: 12, damaged: 12 };

function playing(): Line {
  const line = new Line();
  line.arrivals.opened(1);
  return line.report(1000, good);
}

test('[M6] nothing has opened yet: waiting for the key, and playing with the first frame', () => {
  const line = new Line();
  expect([line.status, line.isArriving]).toEqual(['waiting', false]);
  line.report(everyMs, { arrived: 12 });
  expect([line.status, line.isArriving]).toEqual(['waiting', true]);
  line.arrivals.opened(1);
  expect(line.status).toBe('playing');
});

test('[F10] what is dropped since its sender may only listen is no trouble of keys or of the line', () => {
  const line = playing().report(20_000, { arrived: 12, silenced: 12 });
  expect([line.status, line.isArriving]).toEqual(['playing', true]);
  expect(line.report(20_000, { arrived: 12, silenced: 11, damaged: 1 }).status).toBe('playing');
});

test('[M6] frames of an epoch that is not here: waiting after a second, wrong key after five, playing with the next that opens', () => {
  const line = playing().report(waitingAfterMs, keyless);
  expect(line.status).toBe('playing');
  expect(line.report(everyMs, keyless).status).toBe('waiting');
  expect(line.report(wrongKeyAfterMs - waitingAfterMs - everyMs, keyless).status).toBe('waiting');
  expect(line.report(everyMs, keyless).status).toBe('wrongKey');
  expect(line.report(everyMs, { ...keyless, opened: 1 }).status).toBe('playing');
});

test('[M6] frames that still wait for their epoch count as frames without a key', () => {
  expect(playing().report(2000, { arrived: 12 }).status).toBe('waiting');
});

test('[M6] frames that are not what was sealed: damaged after two seconds, playing with the next that opens', () => {
  const line = playing().report(damagedAfterMs, damaged);
  expect(line.status).toBe('playing');
  expect(line.report(everyMs, damaged).status).toBe('damaged');
  expect(line.report(60_000, damaged).status).toBe('damaged');
  expect(line.report(everyMs, { ...damaged, opened: 1 }).status).toBe('playing');
});

test('[M6] what most of the latest frames lack is said, whatever came before', () => {
  const line = playing().report(8000, keyless);
  expect(line.status).toBe('wrongKey');
  expect(line.report(everyMs, { arrived: 12, keyless: 5, damaged: 7 }).status).toBe('damaged');
  expect(line.report(everyMs, { arrived: 12, keyless: 7, damaged: 5 }).status).toBe('wrongKey');
});

test('[M6] frames of both kinds in turns are not taken for a track that plays', () => {
  const line = playing();
  for (let i = 0; i < 12; i++) line.report(everyMs, keyless).report(everyMs, damaged);
  expect(line.status).toBe('damaged');
});

test('[M6] a line without frames is quiet after a second and a half, and what did not open before is forgotten', () => {
  const line = playing().report(3000, damaged);
  expect(line.quiet(quietAfterMs).isArriving).toBe(true);
  expect(line.quiet(1).isArriving).toBe(false);
  expect(line.status).toBe('playing');
  expect(line.report(everyMs, damaged).status).toBe('playing');
  expect(line.isArriving).toBe(true);
});

test('[M6] a receiver that is to carry another track begins anew', () => {
  const line = playing().report(8000, keyless);
  line.arrivals.reset(1);
  expect([line.status, line.isArriving]).toEqual(['waiting', false]);
});

test('[M6] a silent microphone and a still screen are not quiet', () => {
  const line = playing();
  for (let i = 0; i < 10; i++) line.quiet(1000 - everyMs).report(everyMs, { arrived: 1, opened: 1 });
  expect([line.status, line.quiet(1000).isArriving]).toEqual(['playing', true]);
});
