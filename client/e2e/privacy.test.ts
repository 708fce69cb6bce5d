// Nothing leaves and nothing is written down: a whole run in two browsers, then what they asked for, what the service logged and what
// it keeps on disk are searched for everything that is nobody's business.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeInvite, deriveGroupKeys } from '../../crypto/invite/index.ts';
import { toBase64url } from '../../crypto/bytes.ts';
import { setStage } from './harness/stage.ts';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';

const stage = setStage();
const groupName = 'Zwischentöne 4711';
/** Long enough not to stand in a binary file by chance. */
const called = { Ada: 'Ada Quixotica', Ben: 'Ben Zwielicht' };

test('[T4] a whole run asks nobody else, breaks no policy, and leaves no name, key, token or fragment in log or store', async () => {
  const secrets = new Set<string>();
  const a = await stage.enter(ada, { called: called.Ada });
  const b = await stage.enter(ben, { called: called.Ben });
  const people = [a, b];
  for (const person of people) keepSecrets(person, secrets);

  await a.openApp();
  await a.createGroup(groupName);
  const link = await a.copyLink();
  await b.joinByLink(link);
  expect(await b.page.evaluate(() => location.href)).not.toContain(payloadOf(link).slice(0, 16));
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
  await a.turnOnCamera();
  await b.sees('Ada');
  await a.turnOffCamera();
  await a.openVerify(called.Ben);
  await a.press('They match');
  await b.leave();
  await a.removeFromGroup(called.Ben);
  await a.leave();

  const invite = decodeInvite(payloadOf(link));
  const keys = deriveGroupKeys(invite);
  for (const bytes of [invite.secret, keys.seal, keys.member, keys.handshake, keys.media])
    addAllForms(bytes, secrets);
  for (const text of [payloadOf(link), groupName, called.Ada, called.Ben]) secrets.add(text);
  expect(secrets.size).toBeGreaterThan(15);

  const log = stage.aparte.serviceLog();
  expect(log.length, 'the service did log').toBeGreaterThan(200);
  const places = {
    ...filesOf(stage.aparte.dataFolder),
    'service log': log,
    'LiveKit log': readFileSync(stage.aparte.livekit.logFile, 'latin1'),
  };
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets)
      expect(text.includes(secret), `${place} holds ${secret.slice(0, 12)}…`).toBe(false);
  }
  for (const form of allForms(keys.door)) expect(log.includes(form)).toBe(false);

  for (const person of people) {
    const { policyViolations, foreignRequests, pageErrors, consoleErrors } = await person.complaints();
    expect({ policyViolations, foreignRequests, pageErrors, consoleErrors }).toEqual({
      policyViolations: [],
      foreignRequests: [],
      pageErrors: [],
      consoleErrors: [],
    });
    expect(person.requests.length).toBeGreaterThan(5);
    const shown = person.requests.map((url) => decodeURIComponent(url)).join('\n');
    expect(shown.includes(payloadOf(link))).toBe(false);
  }
});

function payloadOf(link: string): string {
  return link.slice(link.indexOf('#/join/') + '#/join/'.length);
}

/** Every bearer token and LiveKit token that a page comes to use. */
function keepSecrets(person: Person, secrets: Set<string>): void {
  person.context.on('request', (request) => {
    const bearer = request.headers()['authorization']?.replace(/^Bearer /, '');
    if (bearer !== undefined) secrets.add(bearer);
  });
  person.page.on('websocket', (socket) => {
    const token = new URL(socket.url()).searchParams.get('access_token');
    if (token !== null) secrets.add(token);
  });
}

function allForms(bytes: Uint8Array<ArrayBuffer>): readonly string[] {
  const buffer = Buffer.from(bytes);
  return [toBase64url(bytes), buffer.toString('base64'), buffer.toString('hex'), buffer.toString('latin1')];
}

function addAllForms(bytes: Uint8Array<ArrayBuffer>, secrets: Set<string>): void {
  for (const form of allForms(bytes)) secrets.add(form);
}

function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((file) => [file.name, readFileSync(join(file.parentPath, file.name), 'latin1')]),
  );
}
