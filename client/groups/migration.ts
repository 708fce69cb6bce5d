// Groups as devices kept them before groups had a history (schema version 1): removals by the owner go, for the service has none of them
// any more, and the history begins where every history does. And before profiles were signed (version 2). indexeddb.ts asks once, when it
// opens an older database; backup.ts for a file of before.
import type { Bytes } from '../../crypto/bytes.ts';
import { encodeState, genesisState } from '../../crypto/group/history/index.ts';
import type { GroupRecord } from '../api/schemas.ts';
import { initials } from './profiles.ts';
import type { StoredGroup } from './store.ts';

/** What of it is read. */
export interface GroupBefore {
  readonly id: string;
  readonly secret: Bytes;
  readonly secretVersion: number;
  readonly name: string;
  readonly record: Omit<GroupRecord, 'historyVersion' | 'nameVersion' | 'sealedFace' | 'members'> & {
    readonly members: readonly Omit<
      GroupRecord['members'][number],
      'secretVersion' | 'carriedMac' | 'nameVersion' | 'profile'
    >[];
    readonly removals?: unknown;
  };
}

/** Without what came with signed profiles. */
export interface GroupUnsigned extends Omit<StoredGroup, 'face' | 'profiles' | 'lastCallAtMs' | 'record'> {
  readonly record: Omit<GroupRecord, 'sealedFace' | 'members'> & {
    readonly members: readonly Omit<GroupRecord['members'][number], 'profile'>[];
  };
}

export function withProfiles(group: GroupUnsigned): StoredGroup {
  const members = group.record.members.map((member) => ({ ...member, profile: null }));
  const record = { ...group.record, members, sealedFace: null };
  return { ...group, face: initials, profiles: new Map(), lastCallAtMs: null, record };
}

export function withHistory({ id, secret, secretVersion, name, record }: GroupBefore): GroupUnsigned {
  const { removals: _, ...rest } = record;
  const members = record.members.map((member) => ({
    ...member,
    ...{ secretVersion, carriedMac: null, nameVersion: secretVersion },
  }));
  return {
    ...{ id, secret, secretVersion, name },
    state: encodeState(genesisState(record)),
    previousSeals: new Map(),
    record: { ...rest, members, historyVersion: 0, nameVersion: secretVersion },
  };
}
