// Groups as devices kept them before groups had a history (schema version 1): removals by the owner go, for the service has none of them
// any more, and the history begins where every history does. indexeddb.ts asks once, when it opens an older database.
import type { Bytes } from '../../crypto/bytes.ts';
import { encodeState, genesisState } from '../../crypto/group/history/index.ts';
import type { GroupRecord } from '../api/schemas.ts';
import type { StoredGroup } from './store.ts';

/** What of it is read. */
export interface GroupBefore {
  readonly id: string;
  readonly secret: Bytes;
  readonly secretVersion: number;
  readonly name: string;
  readonly record: Omit<GroupRecord, 'historyVersion' | 'nameVersion' | 'members'> & {
    readonly members: readonly Omit<
      GroupRecord['members'][number],
      'secretVersion' | 'carriedMac' | 'nameVersion'
    >[];
    readonly removals?: unknown;
  };
}

export function withHistory({ id, secret, secretVersion, name, record }: GroupBefore): StoredGroup {
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
