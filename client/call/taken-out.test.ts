// Taking somebody out of a call (C17) on the real service: the keys first, said and signed by who may; what others say counts for nothing.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agree, World, type TestCall, type TestPerson } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function three() {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const calls: TestCall[] = [];
  for (const person of people) calls.push(await person.enter(id));
  await agree(calls, 3);
  const [ada, ben, cyd] = calls as [TestCall, TestCall, TestCall];
  return { people: people as [TestPerson, TestPerson, TestPerson], id, ada, ben, cyd };
}

const nameOf = ({ ticket }: TestCall): string => ticket.livekit.identity;
const last = (call: TestCall) => call.trust.at(-1);

test('[C17] whom the owner takes out has no keys, knows by whom and does not come back by itself; the others know, too', async () => {
  const { people, id, ada, ben, cyd } = await three();
  const [a, , c] = people;
  ada.session.takeOut([nameOf(cyd)], 'takenOut');
  await cyd.until(() => cyd.end !== null, 'Cyd is out');
  expect(cyd.end).toEqual({ reason: 'failed', code: 'taken_out', by: a.identity });
  await agree([ada, ben], 2);
  for (const call of [ada, ben])
    expect(last(call)).toEqual({ kind: 'takenOut', identity: c.identity, by: a.identity });
  await a.service.takeOut(ada.ticket.callId, [nameOf(cyd)]);
  const again = await c.enter(id);
  await agree([ada, ben, again], 3);
});

test('[C17] who says so and may not takes nobody out: the place is lost as to any commit, and taken anew', async () => {
  const { people, id, ada, ben, cyd } = await three();
  ben.session.takeOut([nameOf(cyd), nameOf(ada)], 'ended');
  for (const call of [ada, cyd]) {
    await call.until(() => call.end !== null, 'out by Ben’s commit');
    expect(call.end).toEqual({ reason: 'place_lost', code: 'removed' });
  }
  const [, , c] = people;
  const again = await c.enter(id);
  await agree([ben, again], 2);
  expect(ben.trust.map(({ kind }) => kind)).not.toContain('takenOut');
});

test('[C17] the owner ends the call for everybody, who know it', async () => {
  const { people, ada, ben, cyd } = await three();
  ada.session.takeOut([nameOf(ben), nameOf(cyd)], 'ended');
  for (const call of [ben, cyd]) {
    await call.until(() => call.end !== null, 'it is over');
    expect(call.end).toEqual({ reason: 'failed', code: 'ended_for_all', by: people[0].identity });
  }
  await ada.untilLeaves(1);
});
