// A group's record, put together from the pages that the service gives (docs/service.md): all of one version, each member on one page. What
// does not fit together is refused by name; what it says is for group.ts to verify.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { ApiError } from '../api/errors.ts';
import type { GroupPage, GroupRecord, MembersPage, Rotations } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import { GroupRefused } from './group.ts';

/** A group that goes on changing while its pages are read. */
const mostTries = 8;
/** More than this is no group that the service takes. */
const mostMembers = 4096;

type Member = MembersPage['members'][number];

/**
 * The record as the service has it now, beginning with `first` where that is here. `known`: of that version, and its list is taken over
 * as it is. Throws `ApiError`, also `group_moving` where no version held for all pages, and `GroupRefused`.
 */
export async function readRecord(
  service: Pick<Service, 'group' | 'members'>,
  groupId: Bytes,
  given: { readonly first?: GroupPage | null; readonly known?: GroupRecord | null } = {},
): Promise<GroupRecord> {
  const known = given.known ?? null;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const first = attempt === 0 ? given.first : null;
    const record = await wholeOf(service, first ?? (await service.group(groupId, known?.version)), known);
    if (record !== 'moved') return record;
  }
  throw new ApiError('group_moving', 0);
}

async function wholeOf(
  service: Pick<Service, 'members'>,
  page: GroupPage,
  known: GroupRecord | null,
): Promise<GroupRecord | 'moved'> {
  const { members: first, next, ...head } = page;
  if (first === null) {
    // Nobody asked for that, or of another version.
    if (known?.version !== head.version || next !== null) throw new GroupRefused('group_refused');
    return { ...head, members: known.members };
  }
  const members: Member[] = [];
  take(members, { members: first, next });
  for (let after = next; after !== null;) {
    const more = await service.members(head.groupId, after);
    if (more.version !== head.version) return 'moved';
    take(members, more);
    after = more.next;
  }
  return { ...head, members: members.sort(byJoining) };
}

/** Puts a page behind those before it. Throws `GroupRefused` where it does not go on from there, or does not lead on. */
function take(members: Member[], { members: more, next }: Pick<MembersPage, 'members' | 'next'>): void {
  for (const member of more) {
    const before = members.at(-1);
    if (before && nameOf(before) >= nameOf(member)) throw new GroupRefused('group_refused');
    members.push(member);
  }
  const last = more.at(-1);
  const leadsOn = next === null || (last !== undefined && nameOf(last) === toBase64url(next));
  if (!leadsOn || members.length > mostMembers) throw new GroupRefused('group_refused');
}

/** As the service orders them: by the text of their identities. */
function nameOf({ identity }: Member): string {
  return toBase64url(identity);
}

function byJoining(one: Member, other: Member): number {
  return one.joinedAtMs - other.joinedAtMs;
}

/**
 * Everything that leads from the secret of version `after` to the one in force. Null where that changed between two pages. Throws
 * `ApiError`, and `GroupRefused` where a page does not go on from the one before.
 */
export async function readRotations(
  service: Pick<Service, 'rotations'>,
  groupId: Bytes,
  after: number,
): Promise<Rotations | null> {
  const first = await service.rotations(groupId, { after, before: null });
  const boxes = [...first.previousSeals];
  if (!isFalling(boxes)) throw new GroupRefused('group_refused');
  // A rotation each: the last one is that of the version after the one I have.
  for (let last = boxes.at(-1); last !== undefined && last.secretVersion > Math.max(after, 1) + 1;) {
    const page = await service.rotations(groupId, { after, before: last.secretVersion });
    if (page.secretVersion !== first.secretVersion) return null;
    // What is missing ends the chain of keys (G14).
    if (page.previousSeals.length === 0) break;
    boxes.push(...page.previousSeals);
    if (!isFalling(boxes)) throw new GroupRefused('group_refused');
    last = boxes.at(-1);
  }
  return { ...first, previousSeals: boxes };
}

function isFalling(boxes: Rotations['previousSeals']): boolean {
  return boxes.every(
    ({ secretVersion }, at) => at === 0 || secretVersion < (boxes[at - 1]?.secretVersion ?? 0),
  );
}
