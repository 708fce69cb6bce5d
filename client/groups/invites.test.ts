// G16 on real devices and the real service: a link that ends is made, shown again to everybody inside, used, and over.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url } from '../../crypto/bytes.ts';
import {
  createLimitedInvite,
  decodeLink,
  encodeLimitedInvite,
  type LimitedInvite,
} from '../../crypto/invite/index.ts';
import type { TestPerson } from '../testing/world.ts';
import { removal, World } from '../testing/world.ts';
import { listInvites, lookBehindLimited, makeInvite, takeInvite } from './invites.ts';

const hour = 3_600_000;
let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const limited = (payload: string | null): LimitedInvite => {
  const link = decodeLink(payload ?? '');
  if (link.kind !== 'limited') throw new Error('no link that ends');
  return link.invite;
};
const make = async (by: TestPerson, id: string, uses: number | null = null) =>
  limited(await makeInvite(by, id, { lifetimeMs: hour, uses }));
const listed = async (by: TestPerson, id: string) =>
  (await listInvites(by, id)).map(({ payload, used, uses }) => ({ payload, used, uses }));
/** As the page of a link does it. */
const join = async (by: TestPerson, invite: LimitedInvite) =>
  by.knocking.join(await takeInvite(by.service, invite), { myName: by.name, groupName: 'x' });
const names = (person: TestPerson, id: string) =>
  person.groups
    .get(id)!
    .members.map(({ name }) => name)
    .sort();

test('[G16] who has a link that ends sees the group’s name, joins, and is a member as all others; the next one is too late', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const [cyd, mal] = [await world.person('Cyd'), await world.person('Mal')];
  const invite = await make(ben, id, 1);
  expect(await lookBehindLimited(cyd.service, invite)).toEqual({
    ...{ groupName: 'The rehearsal', memberCount: 2, admission: 'open' },
    ...{ face: { kind: 'initials' }, picture: null },
  });
  // Looking is not using it.
  expect(await listed(ada, id)).toEqual([{ payload: encodeLimitedInvite(invite), used: 0, uses: 1 }]);
  cyd.line.losesAnswer = ({ path }) => path.endsWith('/take');
  await expect(join(cyd, invite)).rejects.toMatchObject({ code: 'offline' });
  cyd.line.losesAnswer = () => false;
  await join(cyd, invite);
  await ada.groups.refresh(id);
  expect([names(cyd, id), names(ada, id), ada.groups.get(id)!.problem]).toEqual([
    ...[['Ada', 'Ben', 'Cyd'], ['Ada', 'Ben', 'Cyd'], null],
  ]);
  for (const late of [join(mal, invite), lookBehindLimited(mal.service, invite)])
    await expect(late).rejects.toMatchObject({ code: 'invite_used_up', status: 410 });
  expect(await listed(ben, id)).toEqual([]);
});

test('[G16] is taken back, and is over with its time and with a new link; each by name', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const cyd = await world.person('Cyd');
  const [first, second, third] = [await make(ada, id), await make(ben, id), await make(ada, id)];
  expect(await listed(ben, id)).toHaveLength(3);
  const [{ id: mine } = { id: random(32) }] = (await listInvites(ada, id)).filter(
    ({ payload }) => payload === encodeLimitedInvite(first),
  );
  await expect(ben.service.invites.revoke(first.groupId, mine)).rejects.toMatchObject({
    code: 'not_allowed',
  });
  await ada.service.invites.revoke(first.groupId, mine);
  await expect(join(cyd, first)).rejects.toMatchObject({ code: 'invite_revoked' });

  world.harness.nowMs += hour;
  await expect(join(cyd, second)).rejects.toMatchObject({ code: 'invite_expired' });
  expect(await listed(ada, id)).toEqual([]);
  const fourth = await make(ada, id);
  await ada.groups.change(id, { kind: 'newLink', after: 1 });
  for (const old of [third, fourth])
    await expect(join(cyd, old)).rejects.toMatchObject({ code: 'group_not_found' });
  // Whoever did not hear of the new secret yet makes the link for it all the same.
  const fifth = await make(ben, id);
  await join(cyd, fifth);
  expect(names(cyd, id)).toEqual(['Ada', 'Ben', 'Cyd']);
  expect(cyd.groups.get(id)!.secret.version).toBe(2);
});

test('[G15] [G16] under approval who comes by one waits; who is banned gets nothing out of it', async () => {
  const { people, id } = await world.group('Ada', 'Mal');
  const [ada, mal] = people as [TestPerson, TestPerson];
  await ada.groups.change(id, { kind: 'policy', change: { admission: 'approval' } });
  await ada.groups.change(id, removal(mal, true));
  const invite = await make(ada, id);
  await expect(join(mal, invite)).rejects.toMatchObject({ code: 'removed_from_group' });
  const cyd = await world.person('Cyd');
  expect(await join(cyd, invite)).toBeNull();
  await ada.doors.refresh(id);
  await ada.groups.change(id, { kind: 'admission', identity: cyd.identity });
  await cyd.knocking.refreshAll();
  expect(names(cyd, id)).toEqual(['Ada', 'Cyd']);
});

test('[G16] a service that lies about a link is not believed: another founder, another secret, a link of its own in the list', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const cyd = await world.person('Cyd');
  const invite = await make(ada, id);
  cyd.line.forge = (path, body) =>
    path.endsWith('/preview') ? body.replace(toBase64url(ada.identity), toBase64url(ben.identity)) : body;
  await expect(lookBehindLimited(cyd.service, invite)).rejects.toMatchObject({ code: 'group_refused' });
  cyd.line.forge = (path, body) =>
    path.endsWith('/take')
      ? JSON.stringify({ ...(JSON.parse(body) as object), sealedSecret: toBase64url(random(73)) })
      : body;
  await expect(join(cyd, invite)).rejects.toMatchObject({ code: 'secret_refused' });

  const other = createLimitedInvite(invite.groupId);
  ada.line.forge = (path, body) =>
    path.endsWith('/invites')
      ? body.replace(/"inviteId":"[^"]+"/, `"inviteId":"${toBase64url(other.secret)}"`)
      : body;
  expect(await listed(ada, id)).toEqual([]);
});
