// Who is in a group, and what they may do. In force today (protocol.md G1, G5, G6): the MAC that a new member makes, and the verified
// roster of a group record: member-mac.ts, roster.ts. Beside it, for groups with a history (G8–G14, decision 0012): history/,
// sign-change.ts, members.ts, rotation.ts, inbox.ts, seal-chain.ts. The shapes of what the service sends are in record.ts.
export type { RefusedEntry } from './entries.ts';
export { memberMac } from './member-mac.ts';
export type { MacFields } from './member-mac.ts';
export { checkSecret, verifyMembers } from './members.ts';
export type { Member, MembersContext, VerifiedMembers } from './members.ts';
export { isVerifiedMember, verifyGroup } from './roster.ts';
export type { VerifiedGroup, VerifiedMember } from './roster.ts';
export { openRotation, rotate } from './rotation.ts';
export type { MemberShare, Rotation } from './rotation.ts';
export { openSeals } from './seal-chain.ts';
export type { ChainedKeys } from './seal-chain.ts';
export { signChange } from './sign-change.ts';
export type { SignedChange } from './sign-change.ts';
export type { GroupRecord, ListedMember, MemberRecord, RemovalRecord } from './record.ts';
