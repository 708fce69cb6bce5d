// Shapes of invite links that end (docs/service.md).
import { Type, type Static } from 'typebox';
import { bytes, closed, groupId, identity, timeMs } from '../web/schema.ts';
import { door, Preview, sealedText, secretVersion } from './schema.ts';

/** A key of 32 bytes in a box. */
const sealedKey = bytes(1 + 24 + 32 + 16);
const uses = Type.Union([Type.Integer({ minimum: 1, maximum: 1000 }), Type.Null()]);
const hourMs = 3_600_000;

export const NewInvite = Type.Object(
  {
    door,
    secretVersion,
    lifetimeMs: Type.Integer({ minimum: hourMs, maximum: 30 * 24 * hourMs }),
    uses,
    sealedSecret: sealedKey,
    sealedName: sealedText,
    sealedInvite: sealedKey,
  },
  closed,
);
/** `inviteId`: SHA-256 of its door. */
const Invite = Type.Object(
  {
    inviteId: bytes(32),
    madeBy: identity,
    madeAtMs: timeMs,
    expiresAtMs: timeMs,
    uses,
    used: Type.Integer({ minimum: 0 }),
    sealedInvite: sealedKey,
  },
  closed,
);
export const Invites = Type.Object({ invites: Type.Array(Invite) }, closed);
export const InviteParams = Type.Object({ groupId, inviteId: bytes(32) }, closed);
/** The group's face is under its secret, which is handed out only with a use. */
const { sealedFace: _, picture: __, ...previewed } = Preview.properties;
export const InvitePreview = Type.Object({ ...previewed, expiresAtMs: timeMs }, closed);
export const TakenInvite = Type.Object({ secretVersion, sealedSecret: sealedKey }, closed);

export type NewInviteShape = Static<typeof NewInvite>;
export type InvitesShape = Static<typeof Invites>;
export type InvitePreviewShape = Static<typeof InvitePreview>;
export type TakenInviteShape = Static<typeof TakenInvite>;
