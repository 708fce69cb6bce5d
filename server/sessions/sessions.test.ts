import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness, type Answer } from '../testing/harness.ts';
import { createPerson, randomText, sessionProof, type Person } from '../testing/people.ts';
import { challengeMs, sessionMs } from './service.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness.close());

const anything = '/api/groups/AAAAAAAAAAAAAAAAAAAAAA';

async function challengeFor(person: Person): Promise<string> {
  const { body } = await harness.ask<{ challenge: string }>('POST', '/api/sessions/challenge', {
    body: { identity: person.identity },
  });
  return body.challenge;
}

async function open(
  person: Person,
  challenge: string,
  audience = 'localhost:80',
): Promise<Answer<{ token: string }>> {
  const signature = await sessionProof(person, audience, challenge);
  return harness.ask('POST', '/api/sessions', { body: { identity: person.identity, challenge, signature } });
}

describe('sessions', () => {
  test('[T3] a signature over a fresh challenge opens a session of one hour', async () => {
    const ada = await createPerson('Ada');
    const { status, body } = await open(ada, await challengeFor(ada));
    expect(status).toBe(201);
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      expiresAtMs: harness.nowMs + sessionMs,
    });
    ada.token = body.token;
    expect(await harness.refusal('GET', anything, { by: ada })).toBe('group_not_found');
    harness.nowMs += sessionMs - 1;
    expect(await harness.refusal('GET', anything, { by: ada })).toBe('group_not_found');
    harness.nowMs += 1;
    expect(await harness.refusal('GET', anything, { by: ada })).toBe('session_required');
  });

  test('[T3] a challenge opens one session, whether the first try was right or wrong', async () => {
    const ada = await createPerson('Ada');
    const used = await challengeFor(ada);
    expect((await open(ada, used)).status).toBe(201);
    expect((await open(ada, used)).body).toMatchObject({ error: { code: 'challenge_refused' } });
    const burnt = await challengeFor(ada);
    expect((await open(ada, burnt, 'elsewhere.example')).body).toMatchObject({
      error: { code: 'bad_signature' },
    });
    expect((await open(ada, burnt)).body).toMatchObject({ error: { code: 'challenge_refused' } });
  });

  test('[T3] two uses of one challenge at the same moment open one session', async () => {
    const ada = await createPerson('Ada');
    const challenge = await challengeFor(ada);
    const answers = await Promise.all(Array.from({ length: 8 }, () => open(ada, challenge)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  });

  test('[T3] a challenge is good for 60 seconds and for the identity that asked', async () => {
    const [ada, mal] = [await createPerson('Ada'), await createPerson('Mal')];
    const late = await challengeFor(ada);
    harness.nowMs += challengeMs;
    expect((await open(ada, late)).body).toMatchObject({ error: { code: 'challenge_refused' } });
    const foreign = await challengeFor(ada);
    expect((await open(mal, foreign)).body).toMatchObject({ error: { code: 'challenge_refused' } });
  });

  test('[T3] a statement for another host, by another key or with other bytes opens nothing', async () => {
    const [ada, mal] = [await createPerson('Ada'), await createPerson('Mal')];
    expect((await open(ada, await challengeFor(ada), 'evil.example')).status).toBe(403);
    const challenge = await challengeFor(ada);
    const signature = await sessionProof(mal, 'localhost:80', challenge);
    const body = { identity: ada.identity, challenge, signature };
    expect(await harness.refusal('POST', '/api/sessions', { body })).toBe('bad_signature');
    const smallOrder = {
      identity: randomText(0).padEnd(43, 'A'),
      challenge: await challengeFor(ada),
      signature,
    };
    expect(await harness.refusal('POST', '/api/sessions', { body: smallOrder })).toBe('challenge_refused');
  });

  test('[T3] a host that is not this service is not answered, so no statement can be made for it here', async () => {
    const ada = await createPerson('Ada');
    const headers = { host: 'evil.example' };
    const asked = { body: { identity: ada.identity }, headers };
    expect(await harness.refusal('POST', '/api/sessions/challenge', asked)).toBe('wrong_host');
  });

  test('[T3] the store holds neither token nor challenge', async () => {
    const ada = await createPerson('Ada');
    const { body } = await open(ada, await challengeFor(ada));
    expect(await harness.store.sessions.findSession(body.token, harness.nowMs)).toBeNull();
  });

  test('a session can be given back, and an expired one is deleted', async () => {
    const ada = await harness.person('Ada');
    expect((await harness.ask('DELETE', '/api/sessions', { by: ada })).status).toBe(204);
    expect(await harness.refusal('DELETE', '/api/sessions', { by: ada })).toBe('session_required');
  });

  test('a wrong, foreign or missing token is refused', async () => {
    for (const authorization of [
      '',
      'Bearer ',
      `Bearer ${randomText(32)}`,
      `Basic ${randomText(32)}`,
      'Bearer ../..',
    ]) {
      expect(await harness.refusal('GET', anything, { headers: { authorization } })).toBe('session_required');
    }
    expect(await harness.refusal('GET', anything)).toBe('session_required');
  });

  test('sessions live on over a restart with the same folder', async () => {
    const ada = await harness.person('Ada');
    await harness.restart();
    expect(await harness.refusal('GET', anything, { by: ada })).toBe('group_not_found');
  });
});
