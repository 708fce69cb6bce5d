// A locked call (C16) on the real service, with the service letting people in all the same: they took their place before it was locked, and
// come with it when it is.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { equal, fromBase64url, random } from '../../crypto/bytes.ts';
import { agree, World, type TestCall, type TestPerson } from '../testing/world.ts';
import { neverMs } from './lock.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Ada and Ben in a call; Mal has a place in it, and no leaf yet. */
async function withPlace() {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [a, b, m] = people as [TestPerson, TestPerson, TestPerson];
  const [ada, ben] = [await a.enter(id), await b.enter(id)];
  await agree([ada, ben], 2);
  const place = await m.service.enterCall(fromBase64url(id), random(16));
  const lock = async (isLocked: boolean, ...told: readonly TestPerson[]) => {
    await a.groups.change(id, { kind: 'lock', callId: ada.ticket.callId, isLocked });
    for (const person of [a, ...told]) {
      await person.groups.refresh(id);
      person.call!.session.wake();
    }
  };
  return { a, b, m, id, ada, ben, place, lock };
}

const holds = (epoch: TestCall['epoch'], { identity }: TestPerson): boolean =>
  epoch.leaves.some((leaf) => equal(leaf.identity, identity));
const kinds = (call: TestCall) => call.trust.map(({ kind }) => kind);

test('[C16] who comes in though the call is locked is sent nothing, is named, and is out again; nobody starts over', async () => {
  const { b, m, id, ada, ben, place, lock } = await withPlace();
  await lock(true, b);
  const mal = await m.enter(id, place);
  expect(holds(mal.epoch, m), 'the log took his commit').toBe(true);
  await agree([ada, ben], 2);
  await mal.until(() => mal.end !== null, 'Mal is out');
  for (const call of [ada, ben]) {
    const withMal = call.epochs.filter((epoch) => holds(epoch, m));
    expect(withMal).toHaveLength(1);
    expect(withMal.map(({ sendAfterMs }) => sendAfterMs)).toEqual([neverMs]);
    for (const { generation, epoch } of withMal)
      expect(call.switches).not.toContain(`${generation}/${epoch}`);
    expect(kinds(call).slice(-2)).toEqual(['shutOut', 'removed']);
    expect([call.epoch.generation, holds(call.epoch, m)]).toEqual([1, false]);
    await call.until(
      () => call.switches.includes(`1/${call.epoch.epoch}`),
      'frames move on to the keys that Mal has not',
    );
  }
});

test('[C16] only one who knows of the lock is enough: Mal is out for everybody', async () => {
  const { m, id, ada, ben, place, lock } = await withPlace();
  await lock(true);
  const mal = await m.enter(id, place);
  await mal.until(() => mal.end !== null, 'Mal is out');
  await agree([ada, ben], 2);
  expect(kinds(ada)).toContain('shutOut');
  expect(kinds(ben)).not.toContain('shutOut');
});

test('[C16] nothing is written while somebody holds the keys who is not to read it', async () => {
  const { a, b, m, id, ada, place, lock } = await withPlace();
  await lock(true, b);
  // The service keeps him in.
  for (const { line } of [a, b])
    line.holds = ({ method, path }) => method === 'POST' && path.endsWith('/log');
  await m.enter(id, place);
  await ada.until(() => holds(ada.epoch, m), 'Mal holds the keys');
  expect([ada.session.say('not for Mal'), ada.session.isShutOut(m.identity)]).toEqual([false, true]);
  expect(ada.switches).not.toContain(`1/${ada.epoch.epoch}`);
  await lock(false, b);
  expect([ada.session.isShutOut(m.identity), ada.session.say('for all')]).toEqual([false, true]);
  expect(ada.switches, 'the keys that he has are used').toContain(`1/${ada.epoch.epoch}`);
});

test('[C16] who was inside comes back into the locked call, on another device of the same name too; unlocked, anybody does', async () => {
  const { a, b, m, id, ada, ben, place, lock } = await withPlace();
  await m.service.leaveCall(place.callId, place.livekit.identity);
  await lock(true, b);
  await expect(m.service.enterCall(fromBase64url(id), random(16))).rejects.toMatchObject({
    code: 'call_locked',
  });
  ben.session.stop();
  const again = await b.enter(id);
  await agree([ada, again], 2);
  expect(kinds(ada)).not.toContain('shutOut');
  await lock(false);
  const mal = await m.enter(id);
  await agree([ada, again, mal], 3);
  expect(kinds(ada).at(-1)).toBe('joined');
  expect(a.call!.epoch.sendAfterMs).toBeLessThan(neverMs);
});
