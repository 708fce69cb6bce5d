// Who is in a group (protocol.md G1, G5, G6): the MAC that a new member makes, and the verified roster of a group record
// from the service. Parts: member-mac.ts, roster.ts; the shapes of what the service sends are in record.ts. For groups with a history
// (G8–G11, decision 0012), not in force yet: history/, sign-change.ts.
export { memberMac } from './member-mac.ts';
export type { MacFields } from './member-mac.ts';
export { isVerifiedMember, verifyGroup } from './roster.ts';
export type { RefusedEntry, VerifiedGroup, VerifiedMember } from './roster.ts';
export { signChange } from './sign-change.ts';
export type { SignedChange } from './sign-change.ts';
export type { GroupRecord, MemberRecord, RemovalRecord } from './record.ts';
