// Who is in a group, and what they may do (protocol.md G5, G8–G14, decision 0012): the MAC that a new member makes (member-mac.ts), signed
// changes and what they lead to (history/, sign-change.ts), the verified members (members.ts), what they
// are called and show (profile.ts), which signatures were good before (proofs.ts), and a new secret for those who stay
// (rotation.ts, inbox.ts, seal-chain.ts). The shapes of what the service sends are in record.ts.
export { isDeletedByOwner, signDeletion } from './deletion.ts';
export type { Deletion } from './deletion.ts';
export type { RefusedEntry } from './entries.ts';
export { memberMac } from './member-mac.ts';
export type { MacFields } from './member-mac.ts';
export { checkSecret, verifyKnocks, verifyMembers } from './members.ts';
export type { Member, MembersContext, VerifiedMembers } from './members.ts';
export { isSameProfile, signProfile } from './profile.ts';
export type { Profile } from './profile.ts';
export { decodeProofs, encodeProofs } from './proofs.ts';
export type { Proofs } from './proofs.ts';
export { openRotation, rotate } from './rotation.ts';
export type { MemberShare, Rotation } from './rotation.ts';
export { openSeals, sealPreviousKeys } from './seal-chain.ts';
export type { ChainedKeys } from './seal-chain.ts';
export { signChange } from './sign-change.ts';
export type { SignedChange } from './sign-change.ts';
export type { ListedMember, ListedProfile, MemberRecord } from './record.ts';
