// Shapes of a group's history and of rotations (docs/service.md).
import { Type, type Static } from 'typebox';
import { ErrorBody } from '../errors.ts';
import { bytes, bytesBetween, closed, identity, queryCount } from '../web/schema.ts';
import { sealedPicture } from './profile-schema.ts';
import { door, sealedFace, sealedText, secretVersion } from './schema.ts';

/** Most entries of one request. */
const mostEntries = 64;
/** All that is no action, and from the smallest action to a policy with 1024 identities (G8, G9). */
const entryBytes = { least: 111 + 1, most: 111 + 8 + 1024 * 32 };
/** Shares for as many as a group has, a picture, and the rest of the body. */
export const changeBodyLimit = 1120 * 1024;

const count = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
export const HistoryEntry = bytesBetween(entryBytes.least, entryBytes.most);
const Share = Type.Object({ identity, sealedSecret: bytes(81), carriedMac: bytes(32) }, closed);
const previousSeal = bytes(137);
const Rotation = Type.Object(
  { shares: Type.Array(Share, { maxItems: 1000 }), previousSeal, sealedName: sealedText },
  closed,
);

/** What the entry `profile` has the hash of (G19). */
const GroupProfile = Type.Object(
  {
    sealedName: sealedText,
    sealedFace,
    /** Null takes away the one that is there; without it that one stays. */
    picture: Type.Optional(Type.Union([sealedPicture, Type.Null()])),
  },
  closed,
);

export const HistoryQuery = Type.Object({ after: queryCount }, closed);
/** `before`: for the next page, the last secret version of the one before. */
export const RotationsQuery = Type.Object({ after: queryCount, before: Type.Optional(queryCount) }, closed);
export const ReadByDoor = Type.Object({ door, after: count }, closed);
export const HistoryPage = Type.Object({ version: count, entries: Type.Array(Type.String()) }, closed);
export const ChangeGroup = Type.Object(
  {
    after: count,
    entries: Type.Array(HistoryEntry, { minItems: 1, maxItems: mostEntries }),
    rotation: Type.Union([Rotation, Type.Null()]),
    profile: Type.Optional(GroupProfile),
  },
  closed,
);
export const Changed = Type.Object({ version: count }, closed);
/** The page is there for `history_conflict`; other conflicts have none. */
export const HistoryConflict = Type.Object(
  { ...ErrorBody.properties, page: Type.Optional(HistoryPage) },
  closed,
);
export const Rotations = Type.Object(
  {
    secretVersion,
    sealedSecret: Type.Union([bytes(81), Type.Null()]),
    previousSeals: Type.Array(Type.Object({ secretVersion, previousSeal }, closed)),
  },
  closed,
);

export type ChangeGroupShape = Static<typeof ChangeGroup>;
export type RotationShape = Static<typeof Rotation>;
