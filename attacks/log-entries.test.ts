// The delivery log in the attacker's hands: entries that nobody may make, entries of other calls, and entries that are held back, moved,
// repeated or shown to some only. Refused by everybody's device, said on the screen, and mended without a tap.
import { afterAll, test } from 'vitest';
import { ada, ben } from '../client/e2e/harness/people.ts';
import type { Person } from '../client/e2e/harness/person.ts';
import { enterCall, gather } from '../client/e2e/harness/stage.ts';
import { until } from '../client/e2e/harness/wait.ts';
import { comesBack, logSays, oneEpoch, refusals, saysRefused } from './harness/aftermath.ts';
import { Headless } from './harness/headless.ts';
import { createIntruder, secretOf } from './harness/intruder.ts';
import { historyOf, pagesFor, type Entry } from './harness/pages.ts';
import { setStolenService } from './harness/stolen-service.ts';
import type { CallRow } from './harness/stolen-store.ts';

const { stage, hostile, store, crowd } = setStolenService();
const elsewhere = new Headless(() => stage.aparte.url);
afterAll(() => elsewhere.end());

/** Ada and Ben, her camera on. */
async function callOfTwo(): Promise<{
  a: Person;
  b: Person;
  people: readonly [Person, Person];
  link: string;
}> {
  const people = [await stage.enter(ada), await stage.enter(ben)] as const;
  const link = await gather(people);
  await enterCall(people);
  await people[0].turnOnCamera();
  await people[1].sees('Ada');
  return { a: people[0], b: people[1], people, link };
}

/** base64url of Ben's identity: the second who came into the group of the call. */
function identityOfBen(): string {
  return store.members(store.call().group_id)[1]!.identity;
}

test('[E2] [C3] [C9] commits of who has no secret, and of who has it and is no member, are refused and said', async () => {
  const { a, people, link } = await callOfTwo();
  const mal = await createIntruder();
  for (const make of [
    (call: CallRow) => mal.commitBeside(call),
    (call: CallRow) => mal.commitInto(call, secretOf(link)),
  ]) {
    const before = await oneEpoch(people);
    const said = await Promise.all(people.map(refusals));
    store.append(store.call(), await make(store.call()));
    hostile.nudge();
    await Promise.all(people.map((person, n) => saysRefused(person, said[n]!)));
    await comesBack(people, { after: 'commit', cameras: [a] });
    await oneEpoch(people, ({ generation }) => generation === before.generation + 1);
    await Promise.all(people.map((person) => person.hasRows(2)));
  }
  await Promise.all(people.map((person) => logSays(person, /started over with new keys/)));
});

test('[C9] entries of another call, of another group and of an older generation are refused and said, and all meet again', async () => {
  const [eve, fay] = await elsewhere.foundGroup('Eve', 'Fay');
  await eve.enter(1);
  await fay.enter(2);
  const foreign = commitIn(store.call().call_id);
  await Promise.all([eve.leave(), fay.leave()]);

  const [a, b] = [await stage.enter(ada), await stage.enter(ben)];
  const people = [a, b];
  const link = await gather(people);
  const [cyd, dan] = [await crowd.join('Cyd', link), await crowd.join('Dan', link)];
  await cyd.enter(1);
  await dan.enter(2);
  const former = commitIn(store.call().call_id);
  await Promise.all([cyd.leave(), dan.leave()]);
  await until(() => a.button('Start voice chat').isVisible(), { what: 'the former call is over' });

  await enterCall(people);
  const older = commitIn(store.call().call_id);
  for (const { message } of [former, foreign, older]) {
    const before = await oneEpoch(people);
    const said = await Promise.all(people.map(refusals));
    store.append(store.call(), { message, groupInfo: store.call().group_info });
    hostile.nudge();
    await Promise.all(people.map((person, n) => saysRefused(person, said[n]!)));
    await comesBack(people, { after: 'foreign' });
    await oneEpoch(people, ({ generation }) => generation === before.generation + 1);
  }
});

function commitIn(callId: string): Entry {
  return store.entries(callId).find(({ kind }) => kind === 'commit')!;
}

test('[C9] [D5] entries kept back, moved, or replaced by old ones: Ben notices, says so, and hears again', async () => {
  const { a, b, people, link } = await callOfTwo();
  const cyd = await crowd.join('Cyd', link);
  const me = identityOfBen();
  const old = commitIn(store.call().call_id);
  const asOld = { message: old.message, epoch: old.epoch };
  const attacks = {
    'kept back': pagesFor(me, (page) => ({ ...page, entries: [] })),
    moved: pagesFor(me, (page) => ({
      ...page,
      entries: page.entries.map((one) => ({ ...one, position: one.position + 1 })),
    })),
    repeated: pagesFor(me, (page) => ({
      ...page,
      entries: page.entries.map((one) => ({ ...one, ...asOld })),
    })),
  };
  for (const [name, attack] of Object.entries(attacks)) {
    const said = await refusals(b);
    const end = hostile.attack(attack);
    await cyd.enter(3);
    await saysRefused(b, said);
    end();
    await comesBack(people, { after: name, cameras: [a] });
    await oneEpoch(people);
    await Promise.all(people.map((person) => person.hasRows(3)));
    await cyd.leave();
    await Promise.all(people.map((person) => person.hasRows(2)));
  }
});

test('[M6] [D5] time that stands still for one: the others’ keys are missed, and what was missed is caught up', async () => {
  const { a, b, people, link } = await callOfTwo();
  const cyd = await crowd.join('Cyd', link);
  const end = hostile.attack(historyOf(identityOfBen(), store.call(), { areCommitsKept: false }));
  await cyd.enter(3);
  await b.rowSays('Ada', /Waiting for Ada’s key|Ada uses a key that has not come here/);
  await b.hears();
  end();
  await comesBack(people, { after: 'still', cameras: [a] });
  await oneEpoch(people);
  await b.hasRows(3);
});

test('[A6] [C9] two histories, each with an honest commit, for two people: said on both screens, and one again by itself', async () => {
  const { a, b, people, link } = await callOfTwo();
  const cyd = await crowd.join('Cyd', link);
  await cyd.enter(3);
  await Promise.all(people.map((person) => person.hasRows(3)));
  await oneEpoch(people, ({ epoch }) => epoch === store.call().epoch);
  const end = hostile.attack(historyOf(identityOfBen(), store.call(), { areCommitsKept: true }));
  await cyd.leave();
  await Promise.all(people.map((person) => person.hasRows(2)));
  await Promise.all([a.hears(), b.hears()]);
  await a.mute();
  await a.unmute();
  await b.rowSays('Ada', /Other keys than you/);
  end();
  await comesBack(people, { after: 'fork', cameras: [a] });
  await Promise.all(people.map((person) => logSays(person, /started over with new keys/)));
  await oneEpoch(people);
});
