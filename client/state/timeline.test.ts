import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { snapshotOf } from '../testing/media.ts';
import { Timeline } from './timeline.ts';

const leaf = (name: string, index: number) => ({
  index,
  livekitIdentity: name,
  identity: new Uint8Array(32),
});

async function joined(): Promise<{ clock: ManualClock; timeline: Timeline }> {
  const clock = new ManualClock();
  const timeline = new Timeline(clock);
  timeline.began();
  await clock.pass(60);
  timeline.ticket();
  await clock.pass(80);
  timeline.applied({ generation: 1, epoch: 2n, sendAfterMs: 0 });
  timeline.media(snapshotOf({ connection: 'connected' }));
  await clock.pass(5);
  timeline.installed({ generation: 1, epoch: 2n, leaves: [leaf('a', 0), leaf('b', 1)] });
  return { clock, timeline };
}

test('each step of a join counts from its tap, the first time that it is reached', async () => {
  const { clock, timeline } = await joined();
  await clock.pass(100);
  timeline.media(snapshotOf({ connection: 'connected', microphone: 'on' }));
  await clock.pass(1_000);
  timeline.media(snapshotOf({ connection: 'connected', microphone: 'on' }));
  timeline.ticket();
  const [join] = timeline.view.joins;
  expect(join).toMatchObject({
    ticketMs: 60,
    connectedMs: 140,
    keysMs: 145,
    publishedMs: 245,
    heardMs: null,
  });
});

test('somebody is heard when the first track of theirs plays, not when it is announced', async () => {
  const { timeline } = await joined();
  const with_ = (status: 'waiting' | 'playing') =>
    snapshotOf({
      participants: [
        {
          ...{ livekitIdentity: 'a', isSpeaking: false, level: 0 },
          tracks: [{ source: 'microphone', stream: null, isMuted: false, status, isArriving: true }],
        },
      ],
    });
  timeline.media(with_('waiting'));
  expect(timeline.view.joins[0]!.heardMs).toBeNull();
  timeline.media(with_('playing'));
  expect(timeline.view.joins[0]!.heardMs).toBe(145);
});

test('[K4] a rekey says who came and went, when its keys were in, and when my frames moved: told to, or at their time', async () => {
  const { clock, timeline } = await joined();
  timeline.applied({ generation: 1, epoch: 3n, sendAfterMs: 1_000 });
  await clock.pass(12);
  timeline.installed({ generation: 1, epoch: 3n, leaves: [leaf('a', 0), leaf('c', 2), leaf('d', 3)] });
  expect(timeline.view.rekeys[0]).toMatchObject({
    members: 3,
    came: 2,
    went: 1,
    keysMs: 12,
    switchedMs: null,
  });
  await clock.pass(40);
  timeline.switched(1, 3n);
  await clock.pass(2_000);
  expect(timeline.view.rekeys[0]).toMatchObject({ epoch: '3', switchedMs: 52 });

  timeline.applied({ generation: 1, epoch: 4n, sendAfterMs: 1_000 });
  timeline.installed({ generation: 1, epoch: 4n, leaves: [leaf('a', 0)] });
  await clock.pass(5_000);
  expect(timeline.view.rekeys.map(({ epoch, switchedMs }) => [epoch, switchedMs])).toEqual([
    ['4', 1_000],
    ['3', 52],
    ['2', 5],
  ]);
});

test('another place is another join, and its keys belong to nobody of before', async () => {
  const { clock, timeline } = await joined();
  await clock.pass(60_000);
  timeline.began();
  timeline.installed({ generation: 1, epoch: 9n, leaves: [leaf('a', 0)] });
  const [first, second] = timeline.view.joins;
  expect([first!.keysMs, second!.keysMs]).toEqual([145, 0]);
  expect(timeline.view.rekeys).toHaveLength(1);
});

test('a call of a day keeps the last of each', async () => {
  const { timeline } = await joined();
  for (let n = 0; n < 200; n++) {
    timeline.began();
    timeline.applied({ generation: 2, epoch: BigInt(n), sendAfterMs: 0 });
    timeline.installed({ generation: 2, epoch: BigInt(n), leaves: [leaf('a', 0)] });
  }
  const { joins, rekeys } = timeline.view;
  expect([joins.length, rekeys.length, rekeys[0]!.epoch]).toEqual([10, 50, '199']);
});
