// A device that slept is told from one that was busy, by the clock alone; and what a session does then, over the real service.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { ManualClock, SleepingClock } from '../testing/clock.ts';
import { agree, World } from '../testing/world.ts';
import { leastSleepMs, lookEveryMs, SleepWatch } from './sleep.ts';

describe('the watch', () => {
  function setUp() {
    const clock = new ManualClock();
    const told: number[] = [];
    const watch = new SleepWatch({ clock, onWoke: (ms) => told.push(ms) });
    watch.start();
    return { clock, told, watch };
  }

  it('[C8] says how long nothing ran, once', async () => {
    const { clock, told } = setUp();
    await clock.pass(3 * lookEveryMs + 4000);
    clock.jump(lookEveryMs + 40_000);
    await clock.pass(0);
    expect(told).toEqual([44_000]);
    await clock.pass(100_000);
    expect(told).toHaveLength(1);
  });

  it('[C8] says nothing of looks that come late', async () => {
    const { clock, told } = setUp();
    for (let i = 0; i < 20; i++) {
      clock.jump(lookEveryMs + leastSleepMs - 1);
      await clock.pass(0);
    }
    expect(told).toEqual([]);
    clock.jump(lookEveryMs + leastSleepMs);
    await clock.pass(0);
    expect(told).toEqual([leastSleepMs]);
  });

  it('[C8] says how long a machine was suspended whose monotonic clock stood still', async () => {
    const { clock, told } = setUp();
    clock.moveDate(120_000);
    await clock.pass(3 * lookEveryMs);
    expect(told).toEqual([120_000]);
  });

  it('[C8] says nothing of a date that is put back', async () => {
    const { clock, told } = setUp();
    clock.moveDate(-3_600_000);
    await clock.pass(3 * lookEveryMs);
    expect(told).toEqual([]);
  });

  it('is over when it was stopped', async () => {
    const { clock, told, watch } = setUp();
    watch.stop();
    clock.jump(1_000_000);
    await clock.pass(1_000_000);
    expect([told, clock.nextMs]).toEqual([[], null]);
  });
});

describe('a session', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  async function twoOfWhomBenSleeps() {
    const { people, id } = await world.group('Ada', 'Ben');
    const [ada, ben] = people;
    const clock = new SleepingClock();
    ben!.line.clock = clock;
    const calls = [await ada!.enter(id), await ben!.enter(id)] as const;
    await agree(calls, 2);
    return { ada: calls[0], ben: calls[1], line: ben!.line, clock, people, id };
  }

  test('[C8] of a device that slept for long renews its leaf at once, and the other keys are everybody’s', async () => {
    const { ada, ben, clock } = await twoOfWhomBenSleeps();
    const before = ben.epoch.epoch;
    clock.sleep(120_000);
    await ben.until(() => ben.epoch.epoch === before + 1n, 'the next epoch');
    await agree([ada, ben], 2);
    expect(ada.epoch.epoch).toBe(before + 1n);
  });

  test('[C8] of a device that slept reads the log at once, though the line from before is dead', async () => {
    const { ada, ben, line, clock, people, id } = await twoOfWhomBenSleeps();
    // What Ben waits for never comes, and nobody else tells: the way to them went while the device slept.
    world.dataChannel = () => null;
    line.holds = ({ method, path }) => method === 'GET' && path.endsWith('/log');
    ben.session.wake();
    await expect.poll(() => line.held).toBeGreaterThan(0);
    const cyd = await world.person('Cyd');
    await cyd.groups.join(people[0]!.groups.get(id)!.secret, 'Cyd');
    const cyds = await cyd.enter(id);
    await agree([ada, cyds], 3);
    expect(ben.epoch.leaves).toHaveLength(2);
    line.holds = () => false;
    const before = ben.epoch.epoch;
    // Short of the deadline of the request, which would end the wait otherwise.
    clock.sleep(lookEveryMs + leastSleepMs + 1000);
    await ben.until(() => ben.epoch.leaves.length === 3, 'what was missed', 6000);
    await agree([ada, ben, cyds], 3);
    expect(ben.epoch.epoch, 'a short sleep changes no keys').toBe(before + 1n);
  });
});
