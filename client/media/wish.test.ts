import { describe, expect, it } from 'vitest';
import { Wish, type Switch } from './wish.ts';

/** A switch that takes as long as the test wants and writes down what it did. */
function slowSwitch(): { log: string[]; finish: () => Promise<void>; made: Switch; failNext: () => void } {
  const log: string[] = [];
  let waiting: (() => void)[] = [];
  let isFailing = false;
  const step = (name: string) => async (): Promise<void> => {
    log.push(name);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (!isFailing) return;
    isFailing = false;
    throw new Error('no device');
  };
  return {
    log,
    failNext: () => (isFailing = true),
    finish: async () => {
      for (const resolve of waiting.splice(0)) resolve();
      waiting = [];
      await new Promise<void>((resolve) => setImmediate(resolve));
    },
    made: { turnOn: step('on'), turnOff: step('off'), onFailed: () => log.push('failed') },
  };
}

describe('a wish', () => {
  it('is fulfilled once, however often it is said', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    const both = [wish.want(true), wish.want(true)];
    await finish();
    await Promise.all(both);
    await wish.want(true);
    expect(log).toEqual(['on']);
  });

  it('that is taken back while it is being fulfilled is undone', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    void wish.want(true);
    void wish.want(false);
    const last = wish.want(false);
    await finish();
    await finish();
    await last;
    expect(log).toEqual(['on', 'off']);
  });

  it('that came and went and came again needs nothing more', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    void wish.want(true);
    void wish.want(false);
    const last = wish.want(true);
    await finish();
    await last;
    expect([log, wish.isWanted]).toEqual([['on'], true]);
  });

  it('that follows one that needed nothing, in the same moment, is fulfilled', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    void wish.renew();
    const last = wish.want(true);
    await finish();
    await last;
    expect(log).toEqual(['on']);
  });

  it('that is renewed while it is on is fulfilled once more, and once for all that was said meanwhile; not while it is off', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    void wish.want(true);
    await finish();
    for (let said = 0; said < 3; said++) void wish.renew();
    const last = wish.want(true);
    await finish();
    await finish();
    await last;
    expect(log).toEqual(['on', 'on', 'on']);
    const off = wish.want(false);
    await finish();
    await off;
    await wish.renew();
    expect([log, wish.isWanted]).toEqual([['on', 'on', 'on', 'off'], false]);
  });

  it('that cannot be fulfilled is given up, and may be said again', async () => {
    const { log, finish, made, failNext } = slowSwitch();
    const wish = new Wish(made);
    failNext();
    const first = wish.want(true);
    await finish();
    await first;
    expect([log, wish.isWanted]).toEqual([['on', 'failed'], false]);
    const second = wish.want(true);
    await finish();
    await second;
    expect(log).toEqual(['on', 'failed', 'on']);
  });

  it('knows what went off by itself', async () => {
    const { log, finish, made } = slowSwitch();
    const wish = new Wish(made);
    const first = wish.want(true);
    await finish();
    await first;
    wish.wentOff();
    await wish.want(false);
    expect(log).toEqual(['on']);
  });
});
