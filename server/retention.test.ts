// What the service forgets by itself, and when (docs/operating.md): by a clock that the test holds. Knocks, links that end and deletions have
// it in their own tests (server/groups).
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionMs } from './sessions/service.ts';
import { Harness } from './testing/harness.ts';
import { randomText } from './testing/people.ts';

const hour = 3_600_000;
let harness: Harness;
beforeEach(async () => {
  harness = await Harness.start();
});
afterEach(() => harness.close());

const count = async (table: string): Promise<number> =>
  (await harness.testStore.run(`select * from ${table}`)).length;

test('[T3] sessions and challenges are deleted when they expire, and not before', async () => {
  const ada = await harness.person('Ada');
  await harness.ask('POST', '/api/sessions/challenge', { body: { identity: ada.identity } });
  harness.nowMs += 59_999;
  await harness.app.tidy();
  expect([await count('challenges'), await count('sessions')]).toEqual([1, 1]);
  harness.nowMs += 1;
  await harness.app.tidy();
  expect([await count('challenges'), await count('sessions')]).toEqual([0, 1]);
  harness.nowMs += sessionMs - 60_001;
  await harness.app.tidy();
  expect(await count('sessions')).toBe(1);
  harness.nowMs += 1;
  await harness.app.tidy();
  expect(await count('sessions')).toBe(0);
});

test('[D4] a delivery log is deleted with the end of its call, and the call an hour later', async () => {
  const ada = await harness.person('Ada');
  const { callId, livekit } = await harness.join(ada, await harness.group(ada));
  const open = { kind: 'open', generation: 1, epoch: 0, message: '', groupInfo: randomText(40), after: 0 };
  await harness.ask('POST', `/api/calls/${callId}/log`, { by: ada, body: open });
  expect(await count('entries')).toBe(1);
  const body = { livekitIdentity: livekit.identity };
  await harness.ask('POST', `/api/calls/${callId}/leave`, { by: ada, body });
  expect([await count('entries'), await count('calls')]).toEqual([0, 1]);
  await harness.app.sweep();
  harness.nowMs += hour;
  await harness.app.sweep();
  expect(await count('calls')).toBe(1);
  harness.nowMs += 1;
  await harness.app.sweep();
  expect([await count('calls'), await count('places')]).toEqual([0, 0]);
});
