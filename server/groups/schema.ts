// Shapes of groups, members and their calls at a glance (docs/service.md).
import { Type, type Static } from 'typebox';
import {
  bytes,
  bytesBetween,
  callId,
  closed,
  groupId,
  identity,
  livekitIdentity,
  queryCount,
  signature,
  timeMs,
} from '../web/schema.ts';

/** Sealed text (G7): version, nonce, 1–256 bytes and a tag. */
export const sealedText = bytesBetween(1 + 24 + 1 + 16, 1 + 24 + 256 + 16);
export const secretVersion = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });
export const door = bytes(32);
/** G20: every face is as long as every other. */
export const sealedFace = bytes(1 + 24 + 65 + 16);
/** G18, without the name. */
export const SignedProfile = Type.Object(
  { revision: Type.Integer({ minimum: 1, maximum: 0xffff_ffff }), sealedFace, signature },
  closed,
);
const memberFields = {
  ...{ identity, inboxKey: bytes(32), mac: bytes(32), signature },
  ...{ sealedName: sealedText, profile: SignedProfile },
};

export const MemberRecord = Type.Object(memberFields, closed);
/** As the service keeps it (G12). */
const Member = Type.Object(
  {
    ...memberFields,
    profile: Type.Union([SignedProfile, Type.Null()]),
    secretVersion,
    carriedMac: Type.Union([bytes(32), Type.Null()]),
    nameVersion: secretVersion,
    joinedAtMs: timeMs,
  },
  closed,
);
/** `left` only where changes are told. */
const Participant = Type.Object(
  {
    identity,
    livekitIdentity,
    state: Type.Union([
      Type.Literal('joining'),
      Type.Literal('present'),
      Type.Literal('away'),
      Type.Literal('left'),
    ]),
  },
  closed,
);
/** Who is in a call, or what changed since a version. */
export const participantList = {
  participants: Type.Array(Participant),
  participantsVersion: Type.Integer({ minimum: 0 }),
  participantsSince: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
};
export const CallSummary = Type.Object({ callId, startedAtMs: timeMs, ...participantList }, closed);
/** After whom the next page of members begins; null where there is none. */
const next = Type.Union([identity, Type.Null()]);
export const MembersPage = Type.Object(
  { version: Type.Integer(), members: Type.Array(Member), next },
  closed,
);
export const Group = Type.Object(
  {
    groupId,
    owner: identity,
    nonce: bytes(16),
    secretVersion,
    version: Type.Integer(),
    historyVersion: Type.Integer({ minimum: 0 }),
    sealedName: sealedText,
    sealedFace: Type.Union([sealedFace, Type.Null()]),
    nameVersion: secretVersion,
    /** The first of them; null for who has them of this very version. */
    members: Type.Union([Type.Array(Member), Type.Null()]),
    next,
    call: Type.Union([CallSummary, Type.Null()]),
  },
  closed,
);

export const GroupQuery = Type.Object({ seen: Type.Optional(queryCount) }, closed);
export const MembersQuery = Type.Object({ after: identity }, closed);
export const GroupParams = Type.Object({ groupId }, closed);
export const CreateGroup = Type.Object(
  {
    groupId,
    nonce: bytes(16),
    secretVersion: Type.Literal(1),
    door,
    sealedName: sealedText,
    member: MemberRecord,
  },
  closed,
);
export const ShowDoor = Type.Object({ door }, closed);
export const Preview = Type.Object(
  {
    groupId,
    owner: identity,
    nonce: bytes(16),
    secretVersion,
    sealedName: sealedText,
    sealedFace: Type.Union([sealedFace, Type.Null()]),
    picture: Type.Union([Type.String(), Type.Null()]),
    memberCount: Type.Integer(),
    admission: Type.Union([Type.Literal('open'), Type.Literal('approval')]),
  },
  closed,
);
/** At most the joiner's return (G10), an entry without a body. */
const entry = bytes(112);
export const JoinGroup = Type.Object(
  { door, member: MemberRecord, entries: Type.Array(entry, { maxItems: 1 }) },
  closed,
);

export type GroupShape = Static<typeof Group>;
export type MembersPageShape = Static<typeof MembersPage>;
export type ParticipantShape = Static<typeof Participant>;
export type CallSummaryShape = Static<typeof CallSummary>;
export type MemberRecordShape = Static<typeof MemberRecord>;
export type CreateGroupShape = Static<typeof CreateGroup>;
export type PreviewShape = Static<typeof Preview>;
export type JoinGroupShape = Static<typeof JoinGroup>;
export type SignedProfileShape = Static<typeof SignedProfile>;
