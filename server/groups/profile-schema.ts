// Shapes of what members are called and show, and of pictures (docs/service.md).
import { Type, type Static } from 'typebox';
import { bytes, bytesBetween, closed, groupId } from '../web/schema.ts';
import { sealedText, secretVersion, SignedProfile } from './schema.ts';

/** G20: version, nonce, at least a byte, and a tag. */
export const sealedPicture = bytesBetween(1 + 24 + 1 + 16, 64 * 1024);
/** A picture in base64url, and the rest of the body. */
export const profileBodyLimit = 96 * 1024;

export const SetProfile = Type.Object(
  {
    sealedName: sealedText,
    nameVersion: secretVersion,
    profile: SignedProfile,
    /** Null takes away the one that is there; without it that one stays. */
    picture: Type.Optional(Type.Union([sealedPicture, Type.Null()])),
  },
  closed,
);
export const PictureParams = Type.Object({ groupId, hash: bytes(32) }, closed);
export const Picture = Type.Object({ picture: Type.String() }, closed);

export type SetProfileShape = Static<typeof SetProfile>;
