// A member from whom the log has moved on so far that what was missed is dropped (D4): it enters anew, and nobody else notices more
// than that. Over the real service, whose old entries the test drops as a thousand more would.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import { SleepingClock } from '../testing/clock.ts';
import type { Sent } from '../testing/line.ts';
import { agree, World, type TestCall } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const isReading = ({ method, path }: Sent): boolean => method === 'GET' && path.endsWith('/log');

/** Ada and Ben in a call; then nothing of the log reaches Ben, while Cyd comes and goes. */
async function behind() {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people;
  const clock = new SleepingClock();
  ben!.line.clock = clock;
  const calls = [await ada!.enter(id), await ben!.enter(id)] as [TestCall, TestCall];
  await agree(calls, 2);
  world.dataChannel = () => null;
  ben!.line.holds = isReading;
  calls[1].session.wake();
  await expect.poll(() => ben!.line.held).toBeGreaterThan(0);
  await agree([calls[0], await cyd!.enter(id)], 3);
  await cyd!.leave();
  await calls[0].untilLeaves(2);
  return { ada: calls[0], ben: calls[1], line: ben!.line, clock };
}

/** As the service does when as many have come after them. */
async function dropAllButTheLast({ ticket }: TestCall): Promise<void> {
  const id = toBase64url(ticket.callId);
  await world.harness.testStore.run(
    `delete from entries where position < (select max(position) from entries) and call_id = '${id}'`,
  );
}

test('[D4] who missed more than the log keeps enters anew, in place of the old leaf', async () => {
  const { ada, ben, line } = await behind();
  await dropAllButTheLast(ada);
  line.holds = () => false;
  ben.session.wake();
  await ben.until(() => ben.trust.at(-1)?.kind === 'restarted', 'in again');
  await agree([ada, ben], 2);
  expect(ada.epoch.generation).toBe(1);
  expect(ada.restarts).toBe(0);
  expect(ben.session.counts.rejected).toBe(0);
});

test('[D4] so does who offers a commit from back there, as a device that slept', async () => {
  const { ada, ben, line, clock } = await behind();
  await dropAllButTheLast(ada);
  line.holds = () => false;
  clock.sleep(120_000);
  await ben.until(() => ben.trust.at(-1)?.kind === 'restarted', 'in again');
  await agree([ada, ben], 2);
  expect(ada.epoch.generation).toBe(1);
});

test('[D4] a service that says so again and again is not followed for ever', async () => {
  const { people, id } = await world.group('Ada');
  const ada = await people[0]!.enter(id);
  const body = JSON.stringify({ error: { code: 'log_behind', message: '' } });
  people[0]!.line.answers = (sent) =>
    isReading(sent) && !sent.query.includes('groupInfo') ? new Response(body, { status: 410 }) : null;
  ada.session.wake();
  await ada.until(() => ada.end !== null, 'the end');
  expect(ada.end).toEqual({ reason: 'failed', code: 'keys_failed' });
  expect(ada.trust.filter(({ kind }) => kind === 'restarted')).toHaveLength(5);
});
