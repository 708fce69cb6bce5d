// Lines of the trust log from what the media room counts: a matter that goes on is one line, and a new one is a new line.
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { CallLog } from './call-log.svelte.ts';
import { leastFrames, leastMs, overAfterMs } from './interference.ts';
import { nobody } from './presence.ts';

const ada = new Uint8Array(32).fill(7);
const leaves = [{ index: 1, identity: ada, livekitIdentity: 'ada' }];
const none: ReadonlyMap<string, number> = new Map();
const calm = { forged: none, silenced: none, serverMutes: 0, withheld: 0 };

function open() {
  const clock = new ManualClock();
  let changes = 0;
  const log = new CallLog({ clock, nameOf: () => 'Ada', onChange: () => changes++ });
  const note = (
    media: Partial<typeof calm> | null,
    unverified: readonly Uint8Array<ArrayBuffer>[] = [],
  ): void => log.note({ media: media && { ...calm, ...media }, leaves, unverified: [...unverified] });
  const told = () => log.lines.map(({ kind, name, count }) => `${kind} ${name} ${count}`);
  return { clock, log, note, told, changes: () => changes };
}

test('[C18] what is kept back is one line from its beginning to its end, with the frames of this time alone', () => {
  const { note, told } = open();
  note({ withheld: 5 });
  expect(told()).toEqual([]);
  for (const withheld of [5, 20, 55]) note({ withheld }, [ada]);
  expect(told()).toEqual(['withheld Ada 50']);
  note({ withheld: 55 });
  note({ withheld: 55 }, [ada]);
  note({ withheld: 58 }, [ada]);
  expect(told()).toEqual(['withheld Ada 3', 'withheld Ada 50']);
});

test('mutes by the service that follow each other are one line; after a pause it is a new one', async () => {
  const { clock, note, told } = open();
  for (const serverMutes of [1, 2, 3]) {
    note({ serverMutes });
    await clock.pass(5_000);
  }
  expect(told()).toEqual(['mutedByService  1']);
  await clock.pass(10_000);
  note({ serverMutes: 3 });
  expect(told()).toHaveLength(1);
  note({ serverMutes: 4 });
  expect(told()).toHaveLength(2);
  // A new room counts from 0.
  note({ serverMutes: 0 });
  expect(told()).toHaveLength(2);
});

test('[O3] false frames are a line that counts, and under whose name they come is known until they end', async () => {
  const { clock, log, note, told, changes } = open();
  const atOnce = leastFrames;
  note({ forged: new Map([['ada', atOnce]]) });
  expect(told()).toEqual([]);
  await clock.pass(leastMs);
  note({ forged: new Map([['ada', 2 * atOnce]]) });
  note({ forged: new Map([['ada', 3 * atOnce]]) });
  expect(told()).toEqual([`forged Ada ${3 * atOnce}`]);
  expect([log.forged.size, log.intruding.size]).toEqual([1, 0]);
  // Without a line nothing is known, and nothing is taken back.
  note(null);
  expect(log.forged.size).toBe(1);
  await clock.pass(overAfterMs);
  expect(changes()).toBe(1);
  note({ forged: new Map([['ada', 3 * atOnce]]) });
  expect(log.forged).toEqual(nobody);
});

test('[F10] what a listener sends is told of apart from what is forged', async () => {
  const { clock, log, note, told } = open();
  note({ silenced: new Map([['ada', leastFrames]]) });
  await clock.pass(leastMs);
  note({ silenced: new Map([['ada', 2 * leastFrames]]) });
  expect(told()).toEqual([`silenced Ada ${2 * leastFrames}`]);
  expect([log.forged.size, log.intruding.size]).toEqual([0, 1]);
  log.stop();
});
