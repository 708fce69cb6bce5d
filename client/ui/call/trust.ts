// The state of the shield, from the rows of a call: what the strip says first. A changed key comes before somebody without
// a key, that before somebody with other keys or another history of the group (A9), that before frames that are not theirs (F4), that before a missing key, that before the count
// of verified people (S3, M3, A6).
import type { Words } from '../../i18n/en.ts';
import type { CallRow, CallView } from '../../state/view.ts';

export interface TrustState {
  readonly kind:
    'joining' | 'alone' | 'some' | 'all' | 'changed' | 'outsider' | 'apart' | 'forked' | 'forged' | 'waiting';
  readonly verified: number;
  /** Other people who hold the key of this call. */
  readonly others: number;
  /** Who it is about: whose key changed, is waited for, or is not compared yet. */
  readonly names: readonly string[];
}

export function trustOf(call: Pick<CallView, 'rows' | 'phase' | 'callCode'>): TrustState {
  const people = call.rows.filter((row) => !row.isMe && row.status !== 'outsider');
  const verified = people.filter(isVerified).length;
  const about = (kind: TrustState['kind'], rows: readonly CallRow[]): TrustState => ({
    kind,
    verified,
    others: people.length,
    names: rows.map((row) => row.name),
  });

  const changed = people.filter((row) => row.verification.state === 'changed');
  if (changed.length > 0) return about('changed', changed);
  const outsiders = call.rows.filter((row) => row.status === 'outsider');
  if (outsiders.length > 0) return about('outsider', outsiders);
  if (call.phase === 'joining' || call.callCode === null) return about('joining', []);
  const apart = people.filter((row) => row.status === 'apart');
  if (apart.length > 0) return about('apart', apart);
  const forked = people.filter((row) => row.status === 'forked');
  if (forked.length > 0) return about('forked', forked);
  const forged = people.filter((row) => row.isForged);
  if (forged.length > 0) return about('forged', forged);
  const waiting = people.filter(({ status }) => status === 'waiting' || status === 'wrongKey');
  if (waiting.length > 0) return about('waiting', waiting);
  if (people.length === 0) return about('alone', []);
  return verified === people.length
    ? about('all', [])
    : about(
        'some',
        people.filter((row) => !isVerified(row)),
      );
}

/** The words of the strip; its button's name is "Security: " and these. */
export function trustWords(t: Words, trust: TrustState): string {
  switch (trust.kind) {
    case 'joining':
      return t.trust.joining;
    case 'alone':
      return t.trust.alone;
    case 'some':
      return t.trust.some(trust.verified, trust.others);
    case 'all':
      return t.trust.all;
    case 'changed':
      return t.trust.changed(trust.names[0] ?? '');
    case 'outsider':
      return t.trust.outsider;
    case 'apart':
      return t.trust.apart(trust.names[0] ?? '');
    case 'forked':
      return t.trust.forked(trust.names[0] ?? '');
    case 'forged':
      return t.trust.forged(trust.names[0] ?? '');
    case 'waiting':
      return t.trust.waiting(trust.names);
  }
}

/** The verdict of the trust panel: its title, the one stage direction on that screen, and what it means. */
export function verdictWords(t: Words, trust: TrustState): { title: string; why: string } {
  const holders = t.trust.holders(trust.others + 1);
  switch (trust.kind) {
    case 'joining':
      return { title: t.trust.verdictJoining, why: t.trust.joiningWhy };
    case 'alone':
      return { title: t.trust.verdictAlone, why: holders };
    case 'all':
      return { title: t.trust.verdictAll, why: holders };
    case 'changed':
      return { title: t.trust.verdictChanged, why: t.trust.changedWhy(trust.names[0] ?? '') };
    case 'outsider':
      return { title: t.trust.verdictChanged, why: t.trust.outsiderWhy };
    case 'apart':
      return { title: t.trust.verdictChanged, why: t.trust.apartWhy(trust.names[0] ?? '') };
    case 'forked':
      return { title: t.trust.verdictChanged, why: t.trust.forkedWhy(trust.names[0] ?? '') };
    case 'forged':
      return { title: t.trust.verdictChanged, why: t.trust.forgedWhy(trust.names[0] ?? '') };
    case 'waiting':
      return { title: t.trust.verdictSome(trust.verified, trust.others), why: holders };
    case 'some':
      return {
        title: t.trust.verdictSome(trust.verified, trust.others),
        why: `${holders} ${t.trust.notCompared(trust.names)}`,
      };
  }
}

function isVerified(row: CallRow): boolean {
  return row.verification.state === 'verified';
}
