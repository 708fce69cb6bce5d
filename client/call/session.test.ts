// Call sessions of several people over the real service, the real engine and the real roster: everybody in an epoch has the
// same keys, everybody else has others, whatever races, losses, removals and bad messages come between.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url, toHex } from '../../crypto/bytes.ts';
import { agree, removal, World, type TestCall, type TestPerson } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const keysOf = (call: TestCall) => call.epochs.map((epoch) => toHex(epoch.baseKey));
const kinds = (call: TestCall) => call.trust.map((change) => change.kind);

async function callOf(people: readonly TestPerson[], id: string): Promise<TestCall[]> {
  const calls: TestCall[] = [];
  for (const person of people) calls.push(await person.enter(id));
  await agree(calls, people.length);
  return calls;
}

test('[C4] the first one opens the call, the others join from the GroupInfo, and all have one key', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  expect(kinds(ada)).toEqual(['opened', 'joined', 'joined']);
  expect(kinds(ben)).toEqual(['joined', 'joined']);
  expect(kinds(cyd)).toEqual(['joined']);
  expect(new Set(keysOf(ada)).size).toBe(3);
  expect(ada.epochs.map(({ generation, epoch }) => [generation, epoch])).toEqual([
    [1, 0n],
    [1, 1n],
    [1, 2n],
  ]);
});

test('[D2] five who come at the same moment all get in, and agree', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd', 'Dan', 'Eve');
  const calls = await Promise.all(people.map((person) => person.enter(id)));
  await agree(calls, 5);
  expect(calls.filter((call) => kinds(call)[0] === 'opened')).toHaveLength(1);
  expect(calls.every((call) => call.epoch.generation === 1)).toBe(true);
  expect(calls.every((call) => call.session.counts.rejected === 0)).toBe(true);
});

test('[C7] who leaves is removed by the others, and has none of the keys that follow', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  await people[2]!.leave();
  await agree([ada, ben], 2);
  expect(keysOf(cyd)).not.toContain(toHex(ada.epoch.baseKey));
  expect(kinds(ada).at(-1)).toBe('left');
  expect(toBase64url(ada.trust.at(-1)!.identity)).toBe(toBase64url(people[2]!.identity));
  await cyd.over;
  expect(cyd.end).toBeNull();
});

test('[C7] when the lowest leaf leaves, the next one removes it', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [, ben, cyd] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  await people[0]!.leave();
  await agree([ben, cyd], 2);
  expect(ben.epoch.leaves.map((leaf) => leaf.index)).toEqual([1, 2]);
});

test('[C7] the last one of all leaves an empty call, which the service ends; the next call starts afresh', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada] = (await callOf(people, id)) as [TestCall, TestCall];
  await people[1]!.leave();
  await people[0]!.leave();
  const again = await people[0]!.enter(id);
  expect(toBase64url(again.ticket.callId)).not.toBe(toBase64url(ada.ticket.callId));
  expect(kinds(again)).toEqual(['opened']);
});

test('[C4] [C7] who comes back replaces their own old leaf, and the others leave that to them', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, old] = (await callOf(people, id)) as [TestCall, TestCall];
  old.session.stop(); // A reload: the page went without a word.
  const ben = await people[1]!.enter(id);
  await agree([ada, ben], 2);
  const identities = ada.epoch.leaves.map((leaf) => toBase64url(leaf.identity));
  expect(new Set(identities).size).toBe(2);
  expect(kinds(ada)).toEqual(['opened', 'joined', 'joined']);
  expect(keysOf(old)).not.toContain(toHex(ada.epoch.baseKey));
});

test('[G10] [C7] a member whom the owner removes is out of the tree, out of the log, and told apart from one who left', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  await people[0]!.groups.change(id, removal(people[2]!));
  await people[1]!.groups.refresh(id);
  people[1]!.call!.session.wake();
  await agree([ada, ben], 2);
  await mal.until(() => mal.end !== null, 'Mal was told');
  expect(mal.end?.reason).toBe('place_lost');
  expect(keysOf(mal)).not.toContain(toHex(ada.epoch.baseKey));
  expect(['left', 'removed']).toContain(kinds(ada).at(-1)); // Whichever of log and roster was quicker.
  await expect(people[2]!.enter(id)).rejects.toMatchObject({ code: 'group_not_found' });
});

test('[G14] a new secret in mid-call changes nothing in it, and who joins the group by the new link comes into it', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = (await callOf(people, id)) as [TestCall, TestCall];
  const before = [ada, ben].map((call) => call.epochs.length);
  await people[0]!.groups.change(id, { kind: 'newLink', after: 1 });
  await people[1]!.groups.refresh(id);
  for (const person of people) person.call!.session.wake();
  const cyd = await world.person('Cyd');
  await cyd.groups.join(people[0]!.groups.get(id)!.secret, 'Cyd');
  expect(cyd.groups.get(id)!.secret.version).toBe(2);
  const call = await cyd.enter(id);
  expect(call.ticket.secretVersion).toBe(1);
  await agree([ada, ben, call], 3);
  // One epoch more, which is that of the join; nobody started over.
  expect([ada, ben].map(({ epochs }) => epochs.length)).toEqual(before.map((count) => count + 1));
  expect([ada, ben].map(({ restarts }) => restarts)).toEqual([0, 0]);
});

test('[C3] a joiner whom the others do not know yet is looked up once, and let in', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const calls = await callOf(people, id);
  const cyd = await world.person('Cyd');
  await cyd.groups.join(people[0]!.groups.get(id)!.secret, 'Cyd');
  const call = await cyd.enter(id);
  await agree([...calls, call], 3);
  expect(people[1]!.groups.get(id)!.members.map((member) => member.name)).toContain('Cyd');
});

test('[C9] an accepted entry that nobody can apply opens a new generation, in which all meet again', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  mal.session.stop();
  await mal.over;
  const { callId } = ada.ticket;
  const { generation, epoch } = ada.epoch;
  const outcome = await people[2]!.service.append(callId, {
    ...{ kind: 'commit', generation, epoch, after: 0 },
    message: random(300),
    groupInfo: random(300),
  });
  expect(outcome.isAccepted).toBe(true);
  const isNew = (call: TestCall) => call.epoch.generation === generation + 1;
  await Promise.all([ada, ben].map((call) => call.until(() => isNew(call), 'a new generation')));
  await agree([ada, ben], 2);
  expect([ada.restarts, ben.restarts]).toEqual([1, 1]);
  expect(kinds(ada)).toContain('restarted');
  expect(ada.session.counts.rejected).toBe(1);
});

test('[C9] who meets a GroupInfo that cannot be used opens a new generation, and the others follow', async () => {
  const { people, id } = await world.group('Ada', 'Mal', 'Cyd');
  const [, mal] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  const forge = people[1]!.line;
  // Mal's commit is good, the GroupInfo beside it is not: members go on, joiners cannot.
  forge.fetch = spoilGroupInfo(forge.fetch);
  await people[0]!.leave();
  await mal.untilLeaves(1);
  const cyd = await people[2]!.enter(id);
  await agree([mal, cyd], 2);
  expect(cyd.epoch.generation).toBe(2);
});

test('[C6] [D5] answers that get lost on the way do no harm: not to a join, not to a commit', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  for (const person of people) person.line.losesAnswer = loseEvery(2, (path) => path.endsWith('/log'));
  const calls = await callOf(people, id);
  await people[2]!.leave();
  await agree(calls.slice(0, 2), 2);
  expect(calls.every((call) => call.session.counts.rejected === 0)).toBe(true);
  expect(calls.every((call) => call.epoch.generation === 1)).toBe(true);
});

test('[D5] a line that is cut keeps the state; what was missed is applied in order when it is back', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  people[0]!.line.isDown = true;
  ada.session.wake();
  await ada.until(() => ada.lines.at(-1) === false, 'the line is known to be down');
  await people[2]!.enter(id);
  await ben.untilLeaves(3);
  await people[2]!.leave();
  await ben.untilLeaves(2);
  people[0]!.line.isDown = false;
  ada.session.wake();
  await ada.until(() => ada.lines.at(-1) === true, 'the line is known to be up');
  await agree([ada, ben], 2);
  expect(kinds(ada)).toEqual(['opened', 'joined', 'joined', 'left']);
});

test('[C7] a service that says everybody left is believed at most by who hears it', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = (await callOf(people, id)) as [TestCall, TestCall];
  const mine = ada.ticket.livekit.identity;
  people[0]!.line.forge = (path, body) => (path.endsWith('/log') ? onlyParticipant(body, mine) : body);
  ada.session.wake();
  await ada.untilLeaves(1);
  await ben.until(() => ben.end !== null, 'Ben is out');
  expect(ben.end).toEqual({ reason: 'place_lost', code: 'removed' });
  expect(keysOf(ben)).not.toContain(toHex(ada.epoch.baseKey));
});

test('[K4] frames move at once to the only other one, who just joined, at the latest later after others join than after a removal', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  await people[2]!.leave();
  await agree([ada, ben], 2);
  expect(ada.epochs.map((epoch) => epoch.sendAfterMs)).toEqual([0, 0, 1500, 1000]);
  expect(ben.epochs.map((epoch) => epoch.sendAfterMs)).toEqual([0, 1500, 1000]);
});

test('nothing secret of a person travels to the service', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const calls = await callOf(people, id);
  await people[2]!.leave();
  await agree(calls.slice(0, 2), 2);
  const group = people[0]!.groups.get(id)!;
  const { door: _, ...hidden } = group.keys;
  const secrets = [
    group.secret.secret,
    ...Object.values(hidden),
    ...calls.flatMap((call) => call.epochs.map((epoch) => epoch.baseKey)),
  ];
  const said = people.flatMap((person) => person.line.sent.map((sent) => sent.path + sent.body)).join('\n');
  for (const secret of secrets) expect(said).not.toContain(toBase64url(secret));
  for (const name of ['Ada', 'Ben', 'Cyd', 'rehearsal']) expect(said).not.toContain(`"${name}`);
  expect(said).toContain(toBase64url(group.keys.door));
});

function loseEvery(nth: number, isHit: (path: string) => boolean) {
  let count = 0;
  return ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && isHit(path) && ++count % nth === 1;
}

function onlyParticipant(body: string, livekitIdentity: string): string {
  const page = JSON.parse(body) as {
    participants?: { livekitIdentity: string }[];
    participantsVersion: number;
  };
  if (!page.participants) return body;
  const participants = page.participants.filter((one) => one.livekitIdentity === livekitIdentity);
  return JSON.stringify({ ...page, participants, participantsVersion: page.participantsVersion + 1 });
}

function spoilGroupInfo(through: typeof fetch): typeof fetch {
  return (input, init) => {
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : null;
    if (body?.['kind'] !== 'commit') return through(input, init);
    return through(input, {
      ...init,
      body: JSON.stringify({ ...body, groupInfo: toBase64url(random(300)) }),
    });
  };
}
