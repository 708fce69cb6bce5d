// Shapes of calls and the delivery log (docs/service.md).
import { Type, type Static } from 'typebox';
import { ErrorBody } from '../errors.ts';
import { participantList, secretVersion } from '../groups/schema.ts';
import { bytes, bytesBetween, callId, closed, livekitIdentity, queryCount, timeMs } from '../web/schema.ts';

/** Most bytes of a message or GroupInfo (D4, E2), and how many entries of a call are kept. */
export const mostMessageBytes = 256 * 1024;
export const keptEntries = 1024;
/** Most bytes of a join request (D6): one of suite 1 has 600, this leaves room for the keys of others. */
export const mostRequestBytes = 8 * 1024;
/** Most requests that one Welcome answers (D7). */
export const mostAdded = 64;
/** Three messages as base64url, and the rest of the body. */
export const appendBodyLimit = 3 * Math.ceil((mostMessageBytes * 4) / 3) + 4096;

const generation = Type.Integer({ minimum: 1, maximum: 0xffff_ffff });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const sealedMessage = bytesBetween(1, mostMessageBytes);
const kind = Type.Union([Type.Literal('open'), Type.Literal('commit')]);

export const LivekitTicket = Type.Object(
  { url: Type.String(), token: Type.String(), identity: livekitIdentity, room: callId },
  closed,
);
export const LogEntry = Type.Object(
  {
    position: count,
    kind,
    generation,
    epoch: count,
    message: Type.String(),
    welcome: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
const JoinRequest = Type.Object({ livekitIdentity, message: Type.String() }, closed);
export const LogPage = Type.Object(
  {
    generation: count,
    epoch: count,
    position: count,
    entries: Type.Array(LogEntry),
    groupInfo: Type.Union([Type.String(), Type.Null()]),
    ...participantList,
    requests: Type.Union([Type.Array(JoinRequest), Type.Null()]),
    requestsVersion: count,
  },
  closed,
);
export const JoinTicket = Type.Object(
  { callId, startedAtMs: timeMs, secretVersion, livekit: LivekitTicket, page: LogPage },
  closed,
);
export const RenewedTicket = Type.Object({ livekit: LivekitTicket }, closed);

export const CallParams = Type.Object({ callId }, closed);
/** Made by the client, new for each place that it wants: the same one again is the same place. */
export const JoinBody = Type.Object({ placeId: bytes(16) }, closed);
export const PlaceBody = Type.Object({ livekitIdentity }, closed);
/** Most places that are taken out at once: as many as a call has leaves. */
const mostTakenOut = 1024;
export const RemovalsBody = Type.Object(
  {
    livekitIdentities: Type.Array(livekitIdentity, {
      minItems: 1,
      maxItems: mostTakenOut,
      uniqueItems: true,
    }),
  },
  closed,
);
/** Each is 22 characters, with quotes and a comma. */
export const removalsBodyLimit = 32 * 1024;
export const RequestParams = Type.Object({ callId, livekitIdentity }, closed);
/** D6. */
export const RequestBody = Type.Object({ generation, message: bytesBetween(1, mostRequestBytes) }, closed);
export const LogQuery = Type.Object(
  {
    after: queryCount,
    seen: Type.Optional(queryCount),
    waitMs: Type.Optional(queryCount),
    groupInfo: Type.Optional(Type.Literal('1')),
    welcomes: Type.Optional(Type.Literal('1')),
    requestsSeen: Type.Optional(queryCount),
  },
  closed,
);
const Welcome = Type.Object(
  {
    message: sealedMessage,
    to: Type.Array(livekitIdentity, { minItems: 1, maxItems: mostAdded, uniqueItems: true }),
  },
  closed,
);
/** An `open` has epoch 0 and no message; a `commit` has a message (D2, D3), and a Welcome where it adds somebody (D7). */
export const AppendBody = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('open'),
      generation,
      epoch: Type.Literal(0),
      message: Type.Literal(''),
      groupInfo: sealedMessage,
      after: count,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('commit'),
      generation,
      epoch: count,
      message: sealedMessage,
      groupInfo: sealedMessage,
      welcome: Type.Optional(Welcome),
      after: count,
    },
    closed,
  ),
]);
export const Appended = Type.Object({ position: count, generation, epoch: count }, closed);
/** The page is there for `epoch_conflict`; other conflicts have none. */
export const Conflict = Type.Object({ ...ErrorBody.properties, page: Type.Optional(LogPage) }, closed);

export type LogPageShape = Static<typeof LogPage>;
export type JoinTicketShape = Static<typeof JoinTicket>;
export type AppendShape = Static<typeof AppendBody>;
export type RequestShape = Static<typeof RequestBody>;
export type AppendedShape = Static<typeof Appended>;
