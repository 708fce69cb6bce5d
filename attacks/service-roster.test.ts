// The roster in the attacker's hands: somebody in the database or in an answer who is no member, and old states of the group and of the
// call. Left out by everybody's device, said on the screen, and gone when the answers are honest again.
import { expect, test } from 'vitest';
import { sendOutsider } from '../client/e2e/harness/outsider.ts';
import { ada, ben } from '../client/e2e/harness/people.ts';
import type { Person } from '../client/e2e/harness/person.ts';
import { enterCall, gather } from '../client/e2e/harness/stage.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { comesBack, logSays, oneEpoch, refusals, saysRefused } from './harness/aftermath.ts';
import { formerCallFor, keepCall, type FormerCall } from './harness/former-call.ts';
import type { HeadlessSeat } from './harness/headless.ts';
import type { Attack } from './harness/hostile-service.ts';
import { createIntruder, madeUpSecret } from './harness/intruder.ts';
import { isAppend, pagesFor } from './harness/pages.ts';
import { setStolenService } from './harness/stolen-service.ts';

const { stage, hostile, store, crowd } = setStolenService();

const cannotProve = /can’t prove to belong/;

async function saysNoMore(person: Person, words: RegExp): Promise<void> {
  const banner = person.page.getByText(words).filter({ visible: true });
  await until(async () => (await banner.count()) === 0, {
    what: `${person.name} reads no more: ${words.source}`,
    instead: () => person.callText(),
  });
}

test('[G5] [M3] a ghost in the database, with a place and a token for LiveKit, is no member, hears nothing and is named', async () => {
  const people = [await stage.enter(ada), await stage.enter(ben)];
  const link = await gather(people);
  await enterCall(people);
  const { call_id: callId, group_id: groupId } = store.call();
  const mal = await createIntruder();
  store.addMember(groupId, await mal.member(madeUpSecret(groupId)));
  store.addPlace(callId, { identity: mal.name, livekitIdentity: mal.livekitIdentity });
  const ghost = await sendOutsider(stage.aparte.livekit, callId, mal.livekitIdentity);
  await ghost.publishVoice();
  // Somebody joins the group, so everybody reads the roster again.
  await crowd.join('Cyd', link);
  await Promise.all(people.map((person) => saysRefused(person, 0)));
  await Promise.all(people.map((person) => logSays(person, /Somebody without a key/)));
  await Promise.all(people.map((person) => person.reads(/Has no key/)));
  await until(() => ghost.loot.subscribedTracks >= 2 && ghost.loot.secondsOfSound > 1, {
    what: 'the ghost has listened to both',
    instead: () => ghost.loot,
  });
  expect([...ghost.loot.voicesHeard]).toEqual([]);
  for (const person of people) expect(await person.everHeard()).not.toContain('Mal');

  store.dropMember(groupId, mal.name);
  store.dropPlace(callId, mal.livekitIdentity);
  await ghost.leave();
  await comesBack(people, { after: 'a ghost in the database' });
  await Promise.all(people.map((person) => person.hasRows(2)));
});

test('[G5] [G11] [G12] a roster in flight with a ghost, with who was removed, or of before: the page says so while it lasts', async () => {
  const [a, b] = [await stage.enter(ada), await stage.enter(ben)];
  const people = [a, b];
  const link = await gather(people);
  let former: GroupRecord | null = null;
  const endListening = hostile.attack(groupOf((record) => (former = record)));
  await crowd.join('Cyd', link);
  await until(() => former?.members.length === 3, { what: 'Mal has the roster with Cyd in it' });
  endListening();
  await a.removeFromGroup('Cyd');
  const newLink = await until(
    async () => {
      const now = await a.copyLink();
      return now === link ? null : now;
    },
    { what: 'Ada has the new link' },
  );
  await enterCall(people);

  const mal = await createIntruder();
  const row = await mal.member(madeUpSecret(store.call().group_id));
  const ghost = {
    ...{ identity: row.identity, inboxKey: row.inbox_key, mac: row.mac, signature: row.signature },
    ...{ sealedName: row.sealed_name, profile: null, joinedAtMs: 1 },
    ...{ secretVersion: 2, carriedMac: null, nameVersion: 2 },
  };
  const lies: Readonly<Record<string, { words: RegExp; change: (record: GroupRecord) => GroupRecord }>> = {
    'a ghost in the roster': {
      words: cannotProve,
      change: (record) => withMember(record, ghost),
    },
    'a roster with who was removed': {
      words: cannotProve,
      change: (record) =>
        withMember(
          record,
          former!.members.find((one) => !isIn(record, one))!,
        ),
    },
    'a roster of before': { words: /older state of this group/, change: () => former! },
  };
  for (const [name, { words, change }] of Object.entries(lies)) {
    const end = hostile.attack(groupOf(change));
    await crowd.join('Dan', newLink);
    await Promise.all(people.map((person) => person.reads(words)));
    for (const person of people) expect(await person.callText()).not.toMatch(/Mal|Cyd/);
    end();
    await comesBack(people, { after: name });
    await crowd.join('Eve', newLink);
    await Promise.all(people.map((person) => saysNoMore(person, words)));
  }
});

/** As far as attacks change it. */
interface GroupRecord {
  readonly members: readonly { readonly identity: string }[];
}

/** Where pages have it: by the text of the identity. */
function withMember(record: GroupRecord, member: GroupRecord['members'][number]): GroupRecord {
  const members = [...record.members, member].sort((a, b) => (a.identity < b.identity ? -1 : 1));
  return { ...record, members };
}

function isIn(record: GroupRecord, { identity }: GroupRecord['members'][number]): boolean {
  return record.members.some((one) => one.identity === identity);
}

function groupOf(change: (record: GroupRecord) => GroupRecord): Attack {
  return async (asked, truth) => {
    const answer = await truth();
    const isRoster = asked.method === 'GET' && /^\/api\/groups\/[\w-]{22}$/.test(asked.path);
    return isRoster && answer.status === 200
      ? { ...answer, body: change(answer.body as GroupRecord) }
      : answer;
  };
}

test('[E1] [C9] an old state of the call for who joins: refused, said, and everybody meets in a new generation', async () => {
  const [a, b] = [await stage.enter(ada), await stage.enter(ben)];
  const people = [a, b];
  const link = await gather(people);
  await a.startVoiceChat();
  const dan = await crowd.join('Dan', link);
  await dan.enter(2);
  const { group_info: old, epoch, group_id: groupId } = store.call();
  await dan.leave();
  await until(() => store.call().epoch > epoch, { what: 'Ada has removed Dan' });
  const me = store.members(groupId)[1]!.identity;
  const end = hostile.attack(
    pagesFor(me, (page) => (page.groupInfo === null ? page : { ...page, groupInfo: old })),
  );
  await b.joinVoiceChat();
  await saysRefused(b, 0);
  await logSays(a, /started over with new keys/);
  end();
  await comesBack(people, { after: 'an old state of the call' });
  await oneEpoch(people, ({ generation }) => generation === 2);
  expect(await refusals(a)).toBe(0);
});

/** Ada is in the call, Ben is about to join, and Mal keeps what the call was while Dan was in it. */
async function callWithAPast(takeOut: (dan: HeadlessSeat, a: Person) => Promise<void>): Promise<{
  readonly a: Person;
  readonly b: Person;
  readonly benName: string;
  readonly former: FormerCall;
}> {
  const [a, b] = [await stage.enter(ada), await stage.enter(ben)];
  const link = await gather([a, b]);
  await a.startVoiceChat();
  const dan = await crowd.join('Dan', link);
  await dan.enter(2);
  await b.reads('Dan');
  const former = keepCall(store);
  await takeOut(dan, a);
  await until(() => store.call().epoch > former.epoch, { what: 'Dan’s leaf was removed' });
  await a.hasRows(1);
  return { a, b, benName: store.members(store.call().group_id)[1]!.identity, former };
}

test('[C15] [D2] the call as it was, for who joins: no commit of theirs is taken, they say that they wait, and end in the true epoch', async () => {
  const { a, b, benName, former } = await callWithAPast((dan) => dan.leave());
  let refused = 0;
  const lie = formerCallFor(benName, former, { areCommitsKept: false });
  const end = hostile.attack(async (asked, truth) => {
    const answer = await lie(asked, truth);
    if (isAppend(asked) && answer.status === 409) refused++;
    return answer;
  });
  await b.press('Join voice chat');
  await until(() => refused >= 2, { what: 'two commits of Ben’s were refused' });
  expect(await b.callText()).toMatch(/Joining/);
  expect(await b.row('Dan').count()).toBe(0);
  end();
  await b.isInCall();
  await comesBack([a, b], { after: 'the call as it was' });
  await oneEpoch([a, b], ({ generation, epoch }) => generation === 1 && epoch > former.epoch);
  await Promise.all([a, b].map((person) => person.hasRows(2)));
  expect(await refusals(a)).toBe(0);
});

test('[C15] [M3] [C9] the same, and the service pretends to take the commit: nobody else is in that call, both sides say so, and they meet again', async () => {
  const { a, b, benName, former } = await callWithAPast((dan) => dan.leave());
  const end = hostile.attack(formerCallFor(benName, former, { areCommitsKept: true }));
  await b.joinVoiceChat();
  await Promise.all([
    // Whoever could have the keys of that call is on the list.
    b.rowSays('Dan', /Connection lost/),
    b.rowSays('Ada', /Waiting for Ada’s key|decrypt what Ada|Ada uses a key|Other keys than you/),
    a.rowSays('Somebody without a key', /is never played/),
  ]);
  for (const person of [a, b]) expect(await person.everHeard()).toEqual([]);
  end();
  await comesBack([a, b], { after: 'the call as it was, with a commit that nobody else has' });
  await oneEpoch([a, b], ({ generation }) => generation === 2);
  await Promise.all([a, b].map((person) => person.hasRows(2)));
  await Promise.all([a, b].map((person) => logSays(person, /started over with new keys/)));
});

test('[C15] [C3] [G12] the call as it was with somebody in it whom the owner has removed since: not entered, said, and a new generation without them', async () => {
  const { a, b, benName, former } = await callWithAPast(async (dan, owner) => {
    await dan.willBeRemoved();
    await owner.removeFromGroup('Dan');
  });
  await until(async () => !(await b.callText()).includes('Dan'), {
    what: 'Ben has seen that Dan was removed',
  });
  const end = hostile.attack(formerCallFor(benName, former, { areCommitsKept: true }));
  await b.press('Join voice chat');
  await never(async () => (await b.row('Dan').count()) > 0, 'Dan is in Ben’s call', 1000);
  await b.isInCall();
  await saysRefused(b, 0);
  await comesBack([a, b], { after: 'the call as it was with somebody who was removed' });
  await oneEpoch([a, b], ({ generation }) => generation === 2);
  end();
  for (const person of [a, b]) {
    await person.hasRows(2);
    expect(await person.row('Dan').count()).toBe(0);
  }
});
