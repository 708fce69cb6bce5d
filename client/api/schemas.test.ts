// The service's answers as the parser sees them: whatever comes, it is taken whole or refused, and nothing is thrown.
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { random, toBase64url } from '../../crypto/bytes.ts';
import { seed } from '../../crypto/test/fuzz.ts';
import { knocksSchema, knockStatusSchema } from './knocks.ts';
import {
  groupSchema,
  historyPageSchema,
  joinTicketSchema,
  logPageSchema,
  pictureSchema,
  previewSchema,
  rotationsSchema,
} from './schemas.ts';

const text = (length: number): string => toBase64url(random(length));
const participant = { identity: text(32), livekitIdentity: text(16), state: 'present' };
const page = {
  ...{
    generation: 1,
    epoch: 2,
    position: 3,
    groupInfo: text(300),
    participantsVersion: 4,
    participantsSince: null,
  },
  entries: [{ position: 3, kind: 'commit', generation: 1, epoch: 1, message: text(200), welcome: text(90) }],
  requestsVersion: 5,
  requests: [{ livekitIdentity: text(16), message: text(400) }],
  participants: [participant],
};
const member = {
  ...{ identity: text(32), inboxKey: text(32), mac: text(32), signature: text(64), sealedName: text(60) },
  ...{ secretVersion: 1, carriedMac: text(32), nameVersion: 1, joinedAtMs: 5 },
  profile: { revision: 7, sealedFace: text(106), signature: text(64) },
};
const call = {
  ...{ callId: text(16), startedAtMs: 6 },
  ...{ participants: [participant], participantsVersion: 9, participantsSince: 8 },
};
const group = {
  ...{ groupId: text(16), owner: text(32), nonce: text(16), secretVersion: 1, version: 2 },
  ...{ sealedName: text(60), sealedFace: text(106), nameVersion: 1, historyVersion: 3 },
  ...{ members: [member, { ...member, profile: null }], next: null, call },
};
const history = { version: 9, entries: [text(151)] };
const rotations = {
  ...{ secretVersion: 3, sealedSecret: text(81) },
  previousSeals: [{ secretVersion: 3, previousSeal: text(137) }],
};
const preview = {
  ...{ groupId: text(16), owner: text(32), nonce: text(16), secretVersion: 1, memberCount: 3 },
  ...{ sealedName: text(60), sealedFace: null, picture: text(700), admission: 'open' },
};
const livekit = { url: 'ws://127.0.0.1:7880', token: 'x.y.z', identity: text(16), room: text(16) };
const knockStatus = { state: 'declined', knockedAtMs: 7, untilMs: 8 };
const knock = {
  ...{ identity: text(32), inboxKey: text(32), mac: text(32), signature: text(64), sealedName: text(60) },
  ...{ profile: null, secretVersion: 1, knockedAtMs: 7 },
};
const answers = [
  { schema: logPageSchema, good: page },
  { schema: groupSchema, good: group },
  { schema: joinTicketSchema, good: { callId: text(16), startedAtMs: 8, secretVersion: 1, livekit, page } },
  { schema: historyPageSchema, good: history },
  { schema: rotationsSchema, good: rotations },
  { schema: previewSchema, good: preview },
  { schema: pictureSchema, good: { picture: text(64 * 1024) } },
  { schema: knockStatusSchema, good: knockStatus },
  { schema: knocksSchema, good: { knocks: [knock] } },
] as const;

test('[T1] an answer as documented is taken', () => {
  for (const { schema, good } of answers) expect(v.safeParse(schema, good).success).toBe(true);
});

test('[T1] [O1] an answer with any one field wrong or missing is refused, and none throws', () => {
  const wrong = fc.oneof(
    fc.constantFrom<unknown>(undefined, true, -1, 0.5, 2 ** 53, '', '=', 'AB', text(15) + 'é', [null], [[]]),
    fc.string().map((some) => `${some} `),
  );
  fc.assert(
    fc.property(fc.nat(), fc.nat(), wrong, (which, place, value) => {
      const { schema, good } = answers[which % answers.length]!;
      const changed = structuredClone(good) as unknown;
      const leaves = placesIn(changed);
      const [owner, key] = leaves[place % leaves.length]!;
      if (typeof value === 'string' && isFree(owner, key)) return;
      owner[key] = value;
      expect(v.safeParse(schema, changed).success, `${key} = ${JSON.stringify(value)}`).toBe(false);
    }),
    { seed, numRuns: 2000 },
  );
});

test('[O1] no JSON at all makes a schema throw', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      for (const { schema } of answers) expect(v.safeParse(schema, value).success).toBe(false);
    }),
    { seed, numRuns: 500 },
  );
});

/** Texts that LiveKit makes or takes, and messages, which may be empty. */
function isFree(owner: object, key: string): boolean {
  return (
    ['token', 'room', 'livekitIdentity', 'message', 'groupInfo', 'welcome'].includes(key) ||
    (key === 'identity' && 'token' in owner)
  );
}

/** Every field that holds no further fields, with the object it is in. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.entries(owner).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null ? placesIn(inner) : [[owner, key] as [typeof owner, string]],
  );
}
