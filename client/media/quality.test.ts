// The grade of a connection, from what LiveKit says and what is measured: look after look, by a clock of the test's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QualityMeter, wellQualities, type Arrived, type Sent, type ServerGrade } from './quality.ts';

const silent: Arrived = { grade: 'excellent', packets: 0, lost: 0, samples: 0, concealed: 0, frozenMs: 0 };
const fine: Sent = { grade: 'excellent', lost: 0, roundTripMs: 40 };

/** Two seconds of fifty packets a second, of which so many per cent are lost. */
const spoken = (one: Arrived, lossPercent: number, more: Partial<Arrived> = {}): Arrived => ({
  ...{ ...one, packets: one.packets + 100 - lossPercent, lost: one.lost + lossPercent },
  ...{ samples: one.samples + 96_000, concealed: one.concealed + 960 * lossPercent },
  ...more,
});

class Call {
  readonly meter = new QualityMeter();
  nowMs = 0;
  ends: Record<string, Arrived> = {};

  look(loss: Readonly<Record<string, number>>, sent: Sent = fine, more: Partial<Arrived> = {}) {
    this.nowMs += 2000;
    for (const [name, percent] of Object.entries(loss))
      this.ends[name] = spoken(this.ends[name] ?? silent, percent, more);
    return this.meter.take(this.nowMs, new Map(Object.entries(this.ends)), sent);
  }

  looks(count: number, ...what: Parameters<Call['look']>) {
    let last = wellQualities;
    for (let i = 0; i < count; i++) last = this.look(...what);
    return last;
  }
}

describe('the quality of a connection', () => {
  test('is the share of somebody’s sound that is lost, said after two looks and taken back after three', () => {
    const call = new Call();
    expect(call.looks(3, { ada: 0, ben: 0 })).toBe(wellQualities);
    expect(call.look({ ada: 0, ben: 12 })).toBe(wellQualities);
    expect(call.look({ ada: 0, ben: 12 }).others).toEqual(
      new Map([['ben', { grade: 'weak', reason: 'loss', amount: 12 }]]),
    );
    expect(call.look({ ada: 0, ben: 14 }).others.get('ben')?.amount).toBe(14);
    expect(call.looks(2, { ada: 0, ben: 40 }).others.get('ben')).toMatchObject({ grade: 'bad', amount: 40 });
    expect(call.looks(2, { ada: 0, ben: 0 }).others.has('ben')).toBe(true);
    expect(call.look({ ada: 0, ben: 0 })).toEqual(wellQualities);
  });

  test('of everybody at once is mine', () => {
    const call = new Call();
    const { others, mine } = call.looks(4, { ada: 10, ben: 12, cyd: 30 });
    expect([others.size, mine]).toEqual([0, { grade: 'weak', reason: 'loss', amount: 10 }]);
    // Of one alone it cannot be told; where one is well, it is the others’.
    expect(new Call().looks(4, { ada: 10 })).toMatchObject({
      mine: null,
      others: new Map([['ada', { amount: 10 }]]),
    });
    expect(new Call().looks(4, { ada: 10, ben: 10, cyd: 0 })).toMatchObject({ mine: null });
  });

  test('of mine is what the other end reports, and how far it is', () => {
    const lossy = { ...fine, lost: 0.12 };
    expect(new Call().looks(2, { ada: 0 }, lossy).mine).toEqual({
      grade: 'weak',
      reason: 'loss',
      amount: 12,
    });
    const far = { ...fine, roundTripMs: 483 };
    expect(new Call().looks(2, { ada: 0 }, far).mine).toEqual({ grade: 'weak', reason: 'far', amount: 480 });
    expect(new Call().looks(2, { ada: 0 }, { ...far, roundTripMs: 900 }).mine).toMatchObject({
      grade: 'bad',
    });
    expect(new Call().looks(9, { ada: 0 }, { ...fine, lost: null, roundTripMs: null }).mine).toBeNull();
  });

  test('is a picture that stands still', () => {
    const call = new Call();
    for (let frozenMs = 0; frozenMs <= 6000; frozenMs += 2000) call.look({ ada: 0 }, fine, { frozenMs });
    expect(call.look({ ada: 0 }, fine, { frozenMs: 8000 }).others.get('ada')).toEqual({
      ...{ grade: 'bad', reason: 'frozen', amount: 0 },
    });
  });

  test('is LiveKit’s word where nothing else is known, and less than what is measured where it is', () => {
    const says = (grade: ServerGrade, loss: number) =>
      new Call().looks(3, { ada: loss, ben: 0 }, fine, { grade }).others.get('ada');
    expect(says('poor', 0)).toEqual({ grade: 'weak', reason: 'line', amount: 0 });
    expect(says('lost', 0)).toMatchObject({ grade: 'bad', reason: 'line' });
    expect(says('lost', 12)).toEqual({ grade: 'bad', reason: 'loss', amount: 12 });
    expect(says('unknown', 0)).toBeUndefined();
    expect(new Call().looks(2, { ada: 0 }, { ...fine, grade: 'poor' }).mine).toMatchObject({
      reason: 'line',
    });
  });

  test('is not judged by who is silent, by a single packet, or by a track that begins again', () => {
    const call = new Call();
    call.looks(3, { ada: 0 });
    // Nothing is sent, and the gap is made up.
    const quiet = {
      ...call.ends['ada']!,
      concealed: call.ends['ada']!.concealed + 96_000,
      samples: 1_000_000,
    };
    call.ends['ada'] = quiet;
    expect(call.looks(3, {})).toBe(wellQualities);
    call.ends['ada'] = { ...quiet, packets: quiet.packets + 1, lost: quiet.lost + 1 };
    expect(call.looks(3, {})).toBe(wellQualities);
    call.ends['ada'] = { ...silent, packets: 50, lost: 20, samples: 48_000 };
    expect(call.looks(1, {})).toBe(wellQualities);
  });

  test('is the same object while nothing changes, and knows nobody who is gone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.boolean()), { maxLength: 30 }), (looks) => {
        const call = new Call();
        let before = wellQualities;
        for (const [ada, ben, isThere] of looks) {
          if (!isThere) delete call.ends['ben'];
          const now = call.look(isThere ? { ada, ben } : { ada });
          if (now !== before) expect(now).not.toEqual(before);
          for (const name of now.others.keys()) expect(call.ends[name]).toBeDefined();
          for (const { amount } of now.others.values()) expect(amount >= 0 && amount <= 100).toBe(true);
          before = now;
        }
      }),
    );
  });

  test('of fifty people takes less than a millisecond a look', () => {
    const call = new Call();
    const everybody = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}`, n % 20]));
    call.looks(5, everybody);
    const times = Array.from({ length: 41 }, () => {
      const fromMs = performance.now();
      call.look(everybody);
      return performance.now() - fromMs;
    }).sort((a, b) => a - b);
    expect(times[20]).toBeLessThan(1);
  });
});
