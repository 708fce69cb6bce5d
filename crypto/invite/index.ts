// The group secret and all that hangs on it (protocol.md G1–G4, G7, E1, E2): ids, derived keys, the invite link's
// payload, sealed names, faces and pictures, sealed handshake messages. One file each beside this one; group-id.ts alone is also the service's.
export { checkGroupId, createGroupId } from './group-id.ts';
export { createGroupSecret, deriveGroupKeys, wipeGroupKeys } from './secret.ts';
export type { GroupKeys, GroupSecret } from './secret.ts';
export { decodeInvite, decodeLink, encodeInvite, encodeLimitedInvite } from './link.ts';
export type { DecodedLink } from './link.ts';
export {
  createLimitedInvite,
  deriveInviteKeys,
  openForInvite,
  openInvite,
  sealForInvite,
  sealInvite,
} from './limited.ts';
export type { LimitedInvite } from './limited.ts';
export { isSealableText, openText, sealText } from './sealed-text.ts';
export type { SealedTextPlace } from './sealed-text.ts';
export { isFaceText, openFace, sealFace } from './sealed-face.ts';
export type { Face } from './sealed-face.ts';
export { maxPlainPictureBytes, openPicture, sealPicture } from './picture.ts';
export type { PictureFace } from './picture.ts';
export { openEnvelope, sealEnvelope } from './envelope.ts';
export type { EnvelopeContext, EnvelopeKind } from './envelope.ts';
