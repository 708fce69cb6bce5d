// What the service's answers must look like (docs/service.md), as valibot schemas that also turn base64url into bytes.
// What the client knows of the wire's spelling is in this file, fields.ts and knocks.ts; unknown fields are ignored, all else is checked.
import * as v from 'valibot';
import {
  bytes,
  bytesBetween,
  count,
  identity,
  livekitIdentity,
  sealedFace,
  sealedText,
  signedProfileSchema,
} from './fields.ts';
import { knockStatusSchema } from './knocks.ts';

const maxEnvelopeBytes = 256 * 1024;
const maxRequestBytes = 8 * 1024;
/** An entry of a group's history (G8): its action is at most 65,535 bytes. */
const maxChangeBytes = 66 * 1024;

const sealedPicture = bytesBetween(1, 64 * 1024);
const sealedMessage = bytesBetween(0, maxEnvelopeBytes);

export const challengeSchema = v.object({ challenge: bytes(32), expiresAtMs: count });
export const sessionSchema = v.object({
  token: v.pipe(v.string(), v.minLength(16), v.maxLength(512)),
  expiresAtMs: count,
});

const memberSchema = v.object({
  identity,
  inboxKey: bytes(32),
  mac: bytes(32),
  signature: bytes(64),
  sealedName: sealedText,
  profile: v.nullable(signedProfileSchema),
  secretVersion: count,
  carriedMac: v.nullable(bytes(32)),
  nameVersion: count,
  joinedAtMs: count,
});

const participantSchema = v.object({
  identity,
  livekitIdentity,
  state: v.picklist(['joining', 'present', 'away', 'left']),
});

/** Who is in a call: `participants.ts` reads it. */
const participantList = {
  participants: v.pipe(v.array(participantSchema), v.maxLength(4096)),
  participantsVersion: count,
  participantsSince: v.nullable(count),
};

const callSummarySchema = v.object({ callId: bytes(16), startedAtMs: count, ...participantList });

const membersOfPage = v.pipe(v.array(memberSchema), v.maxLength(4096));
/** After whom the next page of members begins. */
const next = v.nullable(identity);

export const membersPageSchema = v.object({ version: count, members: membersOfPage, next });

/** With the first page of members, or none where its version was seen. */
export const groupSchema = v.object({
  groupId: bytes(16),
  owner: identity,
  nonce: bytes(16),
  secretVersion: count,
  version: count,
  historyVersion: count,
  sealedName: sealedText,
  sealedFace: v.nullable(sealedFace),
  nameVersion: count,
  members: v.nullable(membersOfPage),
  next,
  call: v.nullable(callSummarySchema),
});

/** Inside, or at the door (G15). */
export const joinedSchema = v.union([groupSchema, knockStatusSchema]);

/** Changes of a group after a version of its history; `version`: the present one. */
export const historyPageSchema = v.object({
  version: count,
  entries: v.pipe(v.array(bytesBetween(1, maxChangeBytes)), v.maxLength(256)),
});
export const historyTakenSchema = v.object({ version: count });

const previousSealSchema = v.object({ secretVersion: count, previousSeal: bytesBetween(1, 512) });

export const rotationsSchema = v.object({
  secretVersion: count,
  sealedSecret: v.nullable(bytesBetween(1, 512)),
  previousSeals: v.pipe(v.array(previousSealSchema), v.maxLength(256)),
});

export const previewSchema = v.object({
  groupId: bytes(16),
  owner: identity,
  nonce: bytes(16),
  secretVersion: count,
  sealedName: sealedText,
  sealedFace: v.nullable(sealedFace),
  picture: v.nullable(sealedPicture),
  memberCount: count,
  admission: v.picklist(['open', 'approval']),
});

export const pictureSchema = v.object({ picture: sealedPicture });

const livekitTicketSchema = v.object({
  url: v.pipe(v.string(), v.regex(/^wss?:\/\//)),
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(8192)),
  identity: livekitIdentity,
  room: v.string(),
});

const generation = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0xffffffff));
const epoch = v.pipe(
  count,
  v.transform((value) => BigInt(value)),
);

const entrySchema = v.object({
  position: v.pipe(count, v.minValue(1)),
  kind: v.picklist(['open', 'commit']),
  generation,
  epoch,
  message: sealedMessage,
  welcome: v.nullable(sealedMessage),
});

const joinRequestSchema = v.object({ livekitIdentity, message: bytesBetween(1, maxRequestBytes) });

export const logPageSchema = v.object({
  generation,
  epoch,
  position: count,
  entries: v.pipe(v.array(entrySchema), v.maxLength(4096)),
  groupInfo: v.nullable(sealedMessage),
  ...participantList,
  requests: v.nullable(v.pipe(v.array(joinRequestSchema), v.maxLength(4096))),
  requestsVersion: count,
});

export const joinTicketSchema = v.object({
  callId: bytes(16),
  startedAtMs: count,
  secretVersion: count,
  livekit: livekitTicketSchema,
  page: logPageSchema,
});

export const tokenSchema = v.object({ livekit: livekitTicketSchema });
export const appendedSchema = v.object({ position: count, generation, epoch });
export const lostRaceSchema = v.object({ page: logPageSchema });
export const errorSchema = v.object({ error: v.object({ code: v.pipe(v.string(), v.maxLength(64)) }) });
export const groupEventSchema = v.object({
  groupId: bytes(16),
  version: count,
  call: v.nullable(callSummarySchema),
});
/** `gone`, `knock`, `answer`. */
export const doorbellSchema = v.object({ groupId: bytes(16) });

export type Participant = v.InferOutput<typeof participantSchema>;
export type CallSummary = v.InferOutput<typeof callSummarySchema>;
export type GroupPage = v.InferOutput<typeof groupSchema>;
export type MembersPage = v.InferOutput<typeof membersPageSchema>;
/** A group with all of its members, put together from pages (client/groups/record.ts). */
export type GroupRecord = Omit<GroupPage, 'members' | 'next'> & { readonly members: MembersPage['members'] };
export type HistoryPage = v.InferOutput<typeof historyPageSchema>;
export type Rotations = v.InferOutput<typeof rotationsSchema>;
export type GroupPreview = v.InferOutput<typeof previewSchema>;
export type LivekitTicket = v.InferOutput<typeof livekitTicketSchema>;
export type JoinRequest = v.InferOutput<typeof joinRequestSchema>;
export type LogEntry = v.InferOutput<typeof entrySchema>;
export type LogPage = v.InferOutput<typeof logPageSchema>;
export type JoinTicket = v.InferOutput<typeof joinTicketSchema>;
export type GroupEvent = v.InferOutput<typeof groupEventSchema>;
