// Who is banned from a group (G10), for its owner and admins alone: from the folded history, with the name that was last signed. Pure;
// app.svelte.ts asks for the page of a group, Banned.svelte draws it.
import { fromHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { rankOf } from '../../crypto/group/history/index.ts';
import { openText } from '../../crypto/invite/index.ts';
import type { Group } from '../groups/group.ts';
import { idOf } from './ids.ts';
import type { Changing } from './people.ts';
import type { BannedPerson } from './view.ts';

/** The rank of admins (G9). */
const admin = 2;

export interface BanParts {
  readonly me: Bytes;
  readonly changing: Changing | null;
  /** The first digits of their own half of safety numbers; null while that is computed. */
  readonly digitsOf: (identity: Bytes) => string | null;
}

/** The latest ban first; nobody where I could not pardon them. */
export function bannedIn(group: Group, { me, changing, digitsOf }: BanParts): readonly BannedPerson[] {
  if (!group.isFresh || rankOf(group.state, me) < admin) return [];
  return [...group.state.gone]
    .filter(([, { cause }]) => cause === 'banned')
    .sort(([, a], [, b]) => b.version - a.version)
    .map(([hex]) => {
      const identity = fromHex(hex);
      const id = idOf(identity);
      const isChanging = changing?.groupId === group.id && changing.personId === id;
      return { id, name: nameOf(group, hex), digits: digitsOf(identity), isChanging };
    });
}

/** Empty where no signed name of theirs is known here, or it does not open. */
function nameOf({ profiles, keysByVersion, state }: Group, hex: string): string {
  const profile = profiles.get(hex);
  const keys = profile && keysByVersion.get(profile.nameVersion);
  if (!keys) return '';
  const place = { groupId: state.groupId, what: 'memberName', subject: fromHex(hex) } as const;
  try {
    return openText(keys, place, profile.sealedName);
  } catch (error) {
    if (error instanceof CryptoError) return '';
    throw error;
  }
}
