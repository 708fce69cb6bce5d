import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness, type Ticket } from '../testing/harness.ts';
import { removalOf } from '../testing/changes.ts';
import { randomText, sealedName, type Person } from '../testing/people.ts';
import { describeError } from './logging.ts';

let harness: Harness;
const secrets = new Set<string>();
beforeAll(async () => {
  harness = await Harness.start({ env: { APARTE_LOG_LEVEL: 'trace' } });
});
afterAll(() => harness.close());

/** Everything that went over the line is remembered, and must not be in the log. */
async function ask(method: 'GET' | 'POST' | 'DELETE', url: string, by: Person, body?: unknown) {
  const answer = await harness.ask<Record<string, unknown> | null>(method, url, {
    by,
    body,
    headers: { cookie: 'chocolate-chip' },
  });
  remember(body);
  remember(answer.body);
  remember(by.token);
  for (const part of url.split(/[/?&=]/)) remember(part);
  return answer;
}

function remember(value: unknown): void {
  if (typeof value === 'string' && value.length >= 8 && !/^[a-z_ /]+$/.test(value)) secrets.add(value);
  else if (value && typeof value === 'object') Object.values(value).forEach(remember);
}

describe('the log', () => {
  test('[T4] of a whole run at the most talkative level holds nothing that went over the line', async () => {
    const [ada, ben] = [await harness.person('Ada Lovelace'), await harness.person('Ben Nevis')];
    const group = await harness.group(ada, ben);
    remember(group);
    remember([
      ada.identity,
      ben.identity,
      sealedName(ada.name),
      'Ada Lovelace',
      'Ben Nevis',
      'chocolate-chip',
      '127.0.0.1',
    ]);
    const at = `/api/groups/${group.groupId}`;
    await ask('POST', `${at}/preview`, ben, { door: group.door });
    await ask('POST', `${at}/preview`, ben, { door: randomText(32) });
    const ticket = (await ask('POST', `${at}/call`, ada, { placeId: randomText(16) }))
      .body as unknown as Ticket;
    await harness.join(ben, group);
    const log = `/api/calls/${ticket.callId}/log`;
    const entry = { generation: 1, epoch: 0, groupInfo: randomText(50), after: 0 };
    await ask('POST', log, ada, { ...entry, kind: 'open', message: '' });
    await ask('POST', log, ada, { ...entry, kind: 'commit', message: randomText(80) });
    await ask('POST', log, ben, { ...entry, kind: 'commit', message: randomText(80) });
    await ask('GET', `${log}?after=0&seen=0&waitMs=10`, ben);
    // Refusals of every kind, with something to tell in each.
    await ask('GET', at, ada);
    await ask('GET', `${at}?secret=${randomText(9)}`, ada);
    await ask('GET', `/${randomText(12)}`, ada);
    await ask('GET', `/api/${randomText(6)}%ff`, ada);
    await ask('POST', `${at}/preview`, ben, { door: group.door, [randomText(9)]: randomText(9) });
    await ask('POST', `${at}/preview`, ben, `{"door": "${group.door}`);
    await ask('POST', '/api/sessions', ben, {
      identity: ben.identity,
      challenge: randomText(32),
      signature: 'A'.repeat(86),
    });
    const { body: removal } = await harness.drafted(ada, group, [removalOf(ben)]);
    await ask('POST', `${at}/history`, ada, removal);
    await ask('GET', `${at}/history?after=0`, ada);
    await ask('GET', `${at}/rotations?after=0`, ada);
    harness.memorySfu.isDown = true;
    await ask('POST', `${at}/call`, ada, { placeId: randomText(16) });
    await harness.app.sweep();
    harness.memorySfu.isDown = false;
    await ask('POST', `/api/calls/${ticket.callId}/leave`, ada, { livekitIdentity: ticket.livekit.identity });
    await ask('DELETE', '/api/sessions', ada);

    expect(harness.logLines.length).toBeGreaterThan(20);
    expect(secrets.size).toBeGreaterThan(40);
    const text = harness.logLines.join('');
    for (const secret of secrets) expect(text, 'something that went over the line').not.toContain(secret);
    for (const word of [
      'authorization',
      'Bearer',
      'cookie',
      '"headers"',
      '"body"',
      '"url"',
      '"remoteAddress"',
    ]) {
      expect(text).not.toContain(word);
    }
  });

  test('a line of a request has its number, method, route pattern, status and time', async () => {
    const ada = await harness.person('Ada');
    const from = harness.logLines.length;
    await harness.ask('GET', `/api/groups/${randomText(16)}`, { by: ada });
    // The line comes when the answer is out; one of a request before may come late, too.
    const about = (): Record<string, unknown> | undefined =>
      harness.logLines
        .slice(from)
        .map((text) => JSON.parse(text) as Record<string, unknown>)
        .find(({ route }) => route === '/api/groups/:groupId');
    await expect.poll(about).toBeDefined();
    const line = about()!;
    const { reqId, method, route, status, ms, msg } = line;
    expect({ method, route, status, msg }).toEqual({
      method: 'GET',
      route: '/api/groups/:groupId',
      status: 404,
      msg: 'answered',
    });
    expect([typeof reqId, typeof ms]).toEqual(['string', 'number']);
    expect(Object.keys(line).sort()).toEqual(
      ['hostname', 'level', 'method', 'ms', 'msg', 'pid', 'reqId', 'route', 'status', 'time'].sort(),
    );
  });

  test('[T4] an error is its kind and place; its text only if the system wrote it', () => {
    const remote = describeError(new SyntaxError('Unexpected token in "door":"AAAA"'));
    expect([remote.type, remote.message]).toEqual(['SyntaxError', '']);
    expect(remote.stack).toMatch(/^ {4}at /);
    expect(JSON.stringify(remote)).not.toContain('door');
    const system = describeError(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    expect([system.code, system.message]).toEqual(['ENOSPC', 'no space left']);
    const wrapped = describeError(
      new Error('secret', { cause: Object.assign(new Error('full'), { code: 'SQLITE_FULL' }) }),
    );
    expect(wrapped).toMatchObject({ message: '', cause: { code: 'SQLITE_FULL', message: 'full' } });
    expect(describeError('text')).toEqual({ type: 'string', message: '', stack: '' });
  });
});
