// T7: every route that writes, asked twice for the same, as who missed the first answer does: one effect, and the same answer but for what
// the table says. Over the whole service; a route that is not in the table fails the last test.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromBase64url } from '../../crypto/bytes.ts';
import { deletionStatement } from '../../crypto/identity/statements.ts';
import {
  admissionOf,
  admitting,
  comeback,
  departure,
  draftChange,
  removalOf,
  roleFor,
  signEntry,
} from '../testing/changes.ts';
import { contentsOf } from '../testing/contents.ts';
import type { Method } from '../testing/asker.ts';
import { Harness, type Ticket } from '../testing/harness.ts';
import {
  draftGroup,
  memberRecord,
  profileOf,
  randomText,
  sealedName,
  sessionProof,
  type Draft,
  type Person,
} from '../testing/people.ts';
import { openApiOf } from '../web/openapi.ts';

let harness: Harness;
let ada: Person, ben: Person, cyd: Person;
beforeAll(async () => {
  harness = await Harness.start({ env: { APARTE_ADDRESS_LIMIT: '100000', APARTE_IDENTITY_LIMIT: '100000' } });
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
});
afterAll(() => harness.close());

interface Wished {
  readonly url: string;
  readonly by: Person | null;
  readonly body?: unknown;
}

interface Case {
  readonly route: string;
  readonly what: string;
  /** Makes what has to be there before, and gives the request. */
  readonly prepare: () => Promise<Wished>;
  readonly first: number;
  /** Where the second answer has another status: which, and its code, if it is a refusal. */
  readonly then?: { readonly status: number; readonly code?: string };
}

const groupUrl = (group: Draft, more = '') => `/api/groups/${group.groupId}${more}`;
const callUrl = ({ callId }: Ticket, more: string) => `/api/calls/${callId}/${more}`;
const opening = { kind: 'open', generation: 1, epoch: 0, message: '', groupInfo: randomText(40), after: 0 };
const committing = {
  ...{ kind: 'commit', generation: 1, epoch: 0, message: randomText(60), groupInfo: randomText(40) },
  after: 1,
};
/** A call of Ada and Ben; opened, or not. */
async function call(isOpened = false): Promise<{ group: Draft; adas: Ticket; bens: Ticket }> {
  const group = await harness.group(ada, ben, cyd);
  const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
  if (isOpened) await harness.ask('POST', callUrl(adas, 'log'), { by: ada, body: opening });
  return { group, adas, bens };
}
const change = async (
  by: Person,
  group: Draft,
  wish: Parameters<Harness['drafted']>[2],
): Promise<Wished> => ({
  ...{ url: groupUrl(group, '/history'), by },
  body: (await harness.drafted(by, group, wish)).body,
});
const entering = async (who: Person, group: Draft, entries: readonly string[] = []): Promise<Wished> => ({
  ...{ url: groupUrl(group, '/members'), by: who },
  body: { door: group.door, member: await memberRecord(who, group), entries },
});
const invite = () => ({
  ...{ door: randomText(32), secretVersion: 1, lifetimeMs: 3_600_000, uses: 1 },
  ...{ sealedSecret: randomText(73), sealedName: sealedName('group'), sealedInvite: randomText(73) },
});
const invited = async (): Promise<{ group: Draft; door: string; inviteId: string }> => {
  const [group, body] = [await harness.group(ada), invite()];
  const made = await harness.ask<{ invites: { inviteId: string }[] }>('POST', groupUrl(group, '/invites'), {
    ...{ by: ada, body },
  });
  return { group, door: body.door, inviteId: made.body.invites[0]?.inviteId ?? '' };
};
const closed = async (): Promise<Draft> =>
  harness.change(ada, await harness.group(ada), [admitting('approval', ada)]);

const cases: readonly Case[] = [
  {
    ...{ route: 'POST /api/sessions/challenge', what: 'another challenge, which expires', first: 201 },
    prepare: () =>
      Promise.resolve({ url: '/api/sessions/challenge', by: null, body: { identity: ada.identity } }),
  },
  {
    ...{ route: 'POST /api/sessions', what: 'a challenge is for once: a new one is asked for', first: 201 },
    then: { status: 401, code: 'challenge_refused' },
    async prepare() {
      const asked = { body: { identity: cyd.identity } };
      const { body } = await harness.ask<{ challenge: string }>('POST', '/api/sessions/challenge', asked);
      const signature = await sessionProof(cyd, 'localhost:80', body.challenge);
      const proof = { identity: cyd.identity, challenge: body.challenge, signature };
      return { url: '/api/sessions', by: null, body: proof };
    },
  },
  {
    ...{ route: 'DELETE /api/sessions', what: 'there is no session any more to ask by', first: 204 },
    then: { status: 401, code: 'session_required' },
    prepare: async () => ({ url: '/api/sessions', by: await harness.person('Dan') }),
  },
  {
    ...{ route: 'POST /api/groups', what: 'by its nonce', first: 201, then: { status: 200 } },
    async prepare() {
      const draft = draftGroup(ada);
      return { url: '/api/groups', by: ada, body: { ...draft, member: await memberRecord(ada, draft) } };
    },
  },
  {
    ...{ route: 'DELETE /api/groups/{groupId}', what: 'by the signed word', first: 204 },
    async prepare() {
      const group = await harness.group(ada, ben);
      const { version, head, groupId } = await harness.state(ada, group);
      const fields = { groupId, version, head, author: fromBase64url(ada.identity) };
      const signature = await ada.sign(deletionStatement(fields));
      return { url: groupUrl(group), by: ada, body: { version, signature } };
    },
  },
  {
    ...{
      route: 'POST /api/groups/{groupId}/members',
      what: 'by identity',
      first: 201,
      then: { status: 200 },
    },
    prepare: async () => entering(ben, await harness.group(ada)),
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/members', what: 'a knock', first: 202 },
    prepare: async () => entering(ben, await closed()),
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/members', what: 'a return', first: 201, then: { status: 200 } },
    async prepare() {
      const group = await harness.group(ada, ben);
      await harness.depart(ben, group);
      const { entry } = await signEntry(ben, await harness.state(ada, group), comeback);
      return entering(ben, group, [entry]);
    },
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/members', what: 'a return that knocks', first: 202 },
    async prepare() {
      let group = await harness.group(ada, ben);
      group = await harness.change(ada, group, [admitting('approval', ada, ben)]);
      await harness.depart(ben, group);
      const { entry } = await signEntry(ben, await harness.state(ada, group), comeback);
      return entering(ben, group, [entry]);
    },
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/history', what: 'by its version and bytes', first: 201 },
    prepare: async () => change(ada, await harness.group(ada, ben), [roleFor(ben, 'admin')]),
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/history', what: 'a removal with a rotation', first: 201 },
    prepare: async () => change(ada, await harness.group(ada, ben, cyd), [removalOf(cyd)]),
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/history', what: 'an admission, whose knock is gone', first: 201 },
    async prepare() {
      const group = await closed();
      await harness.enter(ben, group);
      return change(ada, group, [admissionOf(ben)]);
    },
  },
  {
    ...{
      route: 'POST /api/groups/{groupId}/history',
      what: 'a departure, by who is out with it',
      first: 201,
    },
    prepare: async () => change(ben, await harness.group(ada, ben), [departure]),
  },
  {
    ...{ route: 'PUT /api/groups/{groupId}/profile', what: 'by its revision', first: 204 },
    async prepare() {
      const group = await harness.group(ada);
      const body = { ...(await profileOf(ada, group, { name: 'A.', revision: 2 })), picture: randomText(80) };
      return { url: groupUrl(group, '/profile'), by: ada, body };
    },
  },
  {
    ...{
      route: 'POST /api/groups/{groupId}/invites',
      what: 'by its door',
      first: 201,
      then: { status: 200 },
    },
    prepare: async () => ({
      url: groupUrl(await harness.group(ada), '/invites'),
      ...{ by: ada, body: invite() },
    }),
  },
  {
    ...{ route: 'POST /api/groups/{groupId}/invites/take', what: 'counted once for an identity', first: 200 },
    async prepare() {
      const { group, door } = await invited();
      return { url: groupUrl(group, '/invites/take'), by: ben, body: { door } };
    },
  },
  {
    ...{ route: 'DELETE /api/groups/{groupId}/invites/{inviteId}', what: 'by its id', first: 204 },
    async prepare() {
      const { group, inviteId } = await invited();
      return { url: groupUrl(group, `/invites/${inviteId}`), by: ada };
    },
  },
  ...(['taken back', 'declined'] as const).map((what) => ({
    ...{ route: 'DELETE /api/groups/{groupId}/knocks/{identity}', what, first: 204 },
    async prepare() {
      const group = await closed();
      await harness.enter(ben, group);
      const by = what === 'declined' ? ada : ben;
      return { url: groupUrl(group, `/knocks/${ben.identity}`), by };
    },
  })),
  {
    ...{ route: 'POST /api/groups/{groupId}/call', what: 'that starts, by the id of the place', first: 200 },
    prepare: async () => ({
      url: groupUrl(await harness.group(ada), '/call'),
      ...{ by: ada, body: { placeId: randomText(16) } },
    }),
  },
  {
    ...{
      route: 'POST /api/groups/{groupId}/call',
      what: 'that joins anew, by the id of the place',
      first: 200,
    },
    prepare: async () => ({
      url: groupUrl((await call()).group, '/call'),
      ...{ by: ben, body: { placeId: randomText(16) } },
    }),
  },
  {
    ...{ route: 'POST /api/calls/{callId}/token', what: 'by its place', first: 200 },
    async prepare() {
      const { adas } = await call();
      await harness.app.sweep();
      harness.memorySfu.vanish(adas.callId, adas.livekit.identity);
      return { url: callUrl(adas, 'token'), by: ada, body: { livekitIdentity: adas.livekit.identity } };
    },
  },
  ...(['', 'the last one'] as const).map((what) => ({
    ...{ route: 'POST /api/calls/{callId}/leave', what: `by its place ${what}`, first: 204 },
    async prepare() {
      const { adas, bens } = await call();
      const body = { livekitIdentity: adas.livekit.identity };
      if (what !== '') {
        const bensPlace = { livekitIdentity: bens.livekit.identity };
        await harness.ask('POST', callUrl(bens, 'leave'), { by: ben, body: bensPlace });
      }
      return { url: callUrl(adas, 'leave'), by: ada, body };
    },
  })),
  {
    ...{ route: 'POST /api/calls/{callId}/removals', what: 'by its places', first: 204 },
    async prepare() {
      const { adas, bens } = await call();
      const body = { livekitIdentities: [bens.livekit.identity] };
      return { url: callUrl(adas, 'removals'), by: ada, body };
    },
  },
  {
    ...{ route: 'POST /api/calls/{callId}/log', what: 'an open, by its GroupInfo', first: 201 },
    prepare: async () => ({ url: callUrl((await call()).adas, 'log'), by: ada, body: opening }),
  },
  {
    ...{ route: 'POST /api/calls/{callId}/log', what: 'a commit, by its bytes', first: 201 },
    prepare: async () => ({ url: callUrl((await call(true)).adas, 'log'), by: ben, body: committing }),
  },
  {
    ...{ route: 'PUT /api/calls/{callId}/requests/{livekitIdentity}', what: 'by its bytes', first: 204 },
    async prepare() {
      const { bens } = await call(true);
      const body = { generation: 1, message: randomText(600) };
      return { url: callUrl(bens, `requests/${bens.livekit.identity}`), by: ben, body };
    },
  },
  {
    ...{ route: 'DELETE /api/calls/{callId}/requests/{livekitIdentity}', what: 'by its place', first: 204 },
    async prepare() {
      const { bens } = await call(true);
      const url = callUrl(bens, `requests/${bens.livekit.identity}`);
      await harness.ask('PUT', url, { by: ben, body: { generation: 1, message: randomText(600) } });
      return { url, by: ben };
    },
  },
];

/** A token is new each time, and so is a challenge. */
const isNew = new Set(['token', 'challenge']);
const shown = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body ?? null, (key, value: unknown) => (isNew.has(key) ? 'new' : value)));

/** All that the service and the media server hold, once what follows by itself has followed. */
async function state(): Promise<string> {
  await harness.app.sweep();
  const rooms = [...harness.memorySfu.rooms].map(([name, inside]) => [name, [...inside].sort()]);
  return `${await contentsOf(harness.testStore, ['challenges'])}\n${JSON.stringify(rooms.sort())}`;
}

describe('[T7] asked twice for the same', () => {
  test.each(cases)('$route has one effect: $what', async ({ route, prepare, first, then }) => {
    const method = route.split(' ')[0] as Method;
    const { url, ...wish } = await prepare();
    const before = await state();
    const one = await harness.ask(method, url, wish);
    expect(one).toMatchObject({ status: first });
    const after = await state();
    const two = await harness.ask(method, url, wish);
    expect(two.status).toBe(then?.status ?? first);
    if (then?.code === undefined) expect(shown(two.body)).toEqual(shown(one.body));
    else expect(two.body).toMatchObject({ error: { code: then.code } });
    expect(await state()).toBe(after);
    // A challenge is not looked at.
    expect(after !== before, 'the first one did something').toBe(!route.endsWith('/challenge'));
  });

  test('no route that writes is left out', () => {
    const reads = new Set([
      ...['POST /api/groups/{groupId}/preview', 'POST /api/groups/{groupId}/history/read'],
      'POST /api/groups/{groupId}/invites/preview',
    ]);
    // LiveKit's own is a hint to look, and nothing else (L3).
    const hint = 'POST /livekit/webhook';
    const writing = Object.entries(openApiOf(harness.app).paths)
      .flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .filter((route) => !route.startsWith('GET ') && route !== hint && !reads.has(route));
    expect([...new Set(cases.map(({ route }) => route))].sort()).toEqual(writing.sort());
  });
});

describe('the id of a place', () => {
  const join = (by: Person, group: Draft, placeId: string) =>
    harness.ask<Ticket>('POST', groupUrl(group, '/call'), { by, body: { placeId } });
  const refusal = (by: Person, group: Draft, placeId: string) =>
    harness.refusal('POST', groupUrl(group, '/call'), { by, body: { placeId } });

  test('[T7] is one place, whatever happens in between, and opens no other', async () => {
    const { group, bens } = await call();
    const placeId = randomText(16);
    const first = await join(cyd, group, placeId);
    const again = await join(cyd, group, placeId);
    expect(again.body.livekit).toMatchObject({ identity: first.body.livekit.identity, room: bens.callId });
    expect(again.body.page.participants).toHaveLength(3);
    // Of both sent at the same moment, too, and once it is seen in LiveKit.
    const other = randomText(16);
    const both = await Promise.all([join(cyd, group, other), join(cyd, group, other)]);
    expect(new Set(both.map(({ body }) => body.livekit.identity)).size).toBe(1);
    harness.memorySfu.enter(bens.callId, both[0].body.livekit.identity);
    await harness.app.sweep();
    expect((await join(cyd, group, other)).body.page.participants.at(-1)).toMatchObject({ state: 'present' });
    // The one before has ended with it: it does not come back, and takes nothing from the one that did.
    expect(await refusal(cyd, group, placeId)).toBe('place_ended');
    expect((await join(cyd, group, other)).body.livekit.identity).toBe(both[0].body.livekit.identity);
  });

  test('[T7] is nobody else’s, and of one group and one voice chat', async () => {
    const { group, adas } = await call();
    const placeId = randomText(16);
    const cyds = await join(cyd, group, placeId);
    const before = await state();
    expect(await refusal(ben, group, placeId)).toBe('not_allowed');
    expect(await refusal(cyd, await harness.group(cyd), placeId)).toBe('not_allowed');
    expect((await state()).includes(cyds.body.livekit.identity)).toBe(true);
    for (const [by, ticket] of [[ada, adas] as const, [cyd, cyds.body] as const]) {
      const body = { livekitIdentity: ticket.livekit.identity };
      await harness.ask('POST', callUrl(ticket, 'leave'), { by, body });
    }
    expect(before).not.toBe(await state());
    expect(await refusal(cyd, group, placeId)).toBe('place_ended');
  });

  test('[T7] of a place that LiveKit had no room for can be used again', async () => {
    const group = await harness.group(ada, ben);
    await harness.ask('POST', groupUrl(group, '/call'), { by: ada, body: { placeId: randomText(16) } });
    const placeId = randomText(16);
    harness.memorySfu.isDown = true;
    expect(await refusal(ben, group, placeId)).toBe('livekit_unavailable');
    harness.memorySfu.isDown = false;
    expect((await join(ben, group, placeId)).status).toBe(200);
  });

  test('[T7] nor does a change that only looks like one that was made tell anything to who is out', async () => {
    const group = await harness.group(ada, ben);
    const state = await harness.state(ada, group);
    const members = [ada.identity, ben.identity];
    const { body } = await draftChange(ben, state, { actions: [departure], members });
    await harness.depart(ben, group);
    const url = groupUrl(group, '/history');
    // The very entry is answered; one that only looks like it says no more than an unknown group does.
    expect(await harness.refusal('POST', url, { by: cyd, body })).toBe('group_not_found');
    const other = await draftChange(ben, state, { actions: [departure, departure], members });
    expect(await harness.refusal('POST', url, { by: ben, body: other.body })).toBe('group_not_found');
  });
});
