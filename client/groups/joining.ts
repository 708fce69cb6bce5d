// The way in by a link: what stands behind it, and joining, also of who left under this very secret and comes back (G10). groups.ts takes
// what the service answers.
import { equal, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { encodeEntry, genesisState, isOut } from '../../crypto/group/history/index.ts';
import { signChange } from '../../crypto/group/index.ts';
import {
  checkGroupId,
  deriveGroupKeys,
  openPicture,
  type Face,
  type GroupSecret,
} from '../../crypto/invite/index.ts';
import type { Clock } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';
import type { KnockStatus } from '../api/knocks.ts';
import type { GroupPage, GroupPreview } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import { GroupRefused } from './group.ts';
import { foldOn } from './history.ts';
import { openProfile } from './profiles.ts';
import { describeMember } from './statements.ts';

interface Parts {
  readonly service: Service;
  readonly device: Device;
  readonly clock: Clock;
}

/** What an invite link shows before one joins. */
export interface Invitation {
  readonly groupName: string;
  readonly face: Face;
  /** The bytes of the picture that the face names, where it does and they came: nobody has looked at them. */
  readonly picture: Bytes | null;
  readonly memberCount: number;
  /** Whether somebody has to let one in: the service's word, good for what the button says. */
  readonly admission: 'open' | 'approval';
}

/** Somebody has to let me in first (G15). */
export class AtTheDoor extends Error {
  readonly knock: KnockStatus;

  constructor(knock: KnockStatus) {
    super('somebody has to let this device in first');
    this.name = 'AtTheDoor';
    this.knock = knock;
  }
}

/** Throws `ApiError` (`group_not_found`, also for a link that was replaced) or `GroupRefused`. */
export async function lookBehind({ service }: Parts, secret: GroupSecret): Promise<Invitation> {
  const keys = deriveGroupKeys(secret);
  const preview = await previewOf(service, secret, keys.door);
  const shown = openProfile(keys, preview);
  if (shown === null) throw new GroupRefused('group_refused');
  const { name: groupName, face } = shown;
  const { memberCount, admission } = preview;
  return { groupName, face, picture: pictureIn(preview, face), memberCount, admission };
}

/** A picture that does not come, or is another one, keeps nobody out. */
function pictureIn({ groupId, picture }: GroupPreview, face: Face): Bytes | null {
  if (face.kind !== 'picture' || picture === null) return null;
  try {
    return openPicture(groupId, face, picture);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

/** Throws `AtTheDoor`, `ApiError`, `GroupRefused`, and `RangeError` for a name G7 does not take. */
export async function joinBy(
  parts: Parts,
  secret: GroupSecret,
  my: { readonly name: string; readonly lastRevision: number },
): Promise<GroupPage> {
  const { service, device } = parts;
  const keys = deriveGroupKeys(secret);
  const member = await describeMember(device, {
    ...{ ...my, secret, keys, todayMs: parts.clock.today() },
  });
  const join = async (entries: readonly Bytes[]): Promise<GroupPage> => {
    const joined = await service.joinGroup(secret.groupId, keys.door, { member, entries });
    if ('state' in joined) throw new AtTheDoor(joined);
    return joined;
  };
  try {
    return await join([]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'removed_from_group') throw error;
    const back = await returnOf(parts, secret, keys.door);
    if (back === null) throw error;
    return join([back]);
  }
}

/** My signed `return`, where I left and that is all that keeps me out. */
async function returnOf(parts: Parts, secret: GroupSecret, door: Bytes): Promise<Bytes | null> {
  const { service, device, clock } = parts;
  const { groupId } = secret;
  const { owner, nonce } = await previewOf(service, secret, door);
  const state = await foldOn(
    (after) => service.history(groupId, after, door),
    genesisState({ groupId, owner, nonce }),
  );
  const me = device.identity.publicKey;
  if (state === null || !isOut(state, me) || state.gone.get(toHex(me))?.cause !== 'left') return null;
  const given = { action: { kind: 'return' }, atMs: clock.today() } as const;
  return encodeEntry((await signChange(device.identity, state, given)).entry);
}

async function previewOf(service: Service, secret: GroupSecret, door: Bytes): Promise<GroupPreview> {
  const preview = await service.previewGroup(secret.groupId, door);
  checkFounder(preview, secret.groupId);
  return preview;
}

/** G1: throws `GroupRefused` where the service names another founder, or another group. */
export function checkFounder(
  preview: Pick<GroupPreview, 'groupId' | 'owner' | 'nonce'>,
  groupId: Bytes,
): void {
  const isGenuine = equal(preview.groupId, groupId) && checkGroupId(groupId, preview.owner, preview.nonce);
  if (!isGenuine) throw new GroupRefused('group_refused');
}
