// From what this device holds of a group to what the service says now: the record, the history up to it (history.ts), and the secret in
// force, which a rotation sealed to this device (G13, G14). groups.ts keeps what comes of it.
import { CryptoError } from '../../crypto/errors.ts';
import type { GroupState } from '../../crypto/group/history/index.ts';
import { openRotation, openSeals, sealPreviousKeys } from '../../crypto/group/index.ts';
import { deriveGroupKeys, type GroupSecret } from '../../crypto/invite/index.ts';
import type { GroupPage, GroupRecord, Rotations } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import { checkRecord, GroupRefused, type Held } from './group.ts';
import { followHistory } from './history.ts';
import { readRecord, readRotations } from './record.ts';

/** Record, history and secret are read one after the other, and somebody may change the group in between. */
const mostTries = 4;

export interface Caught {
  readonly held: Held;
  readonly record: GroupRecord;
}

type Parts = { readonly service: Service; readonly device: Device };

/**
 * Follows the service from `held`, beginning with `first` where an answer is here already. `known`: a record that was good in every entry,
 * whose list need not be sent again. Throws `ApiError`, and `GroupRefused` with what is to be kept all the same.
 */
export async function catchUp(
  parts: Parts,
  held: Held,
  given: { readonly first?: GroupPage; readonly known?: GroupRecord | null } = {},
): Promise<Caught> {
  const { service } = parts;
  const { groupId } = held.secret;
  let record: GroupRecord | null = null;
  let { state } = held;
  for (let attempt = 0; attempt < mostTries; attempt++) {
    record = await readRecord(service, groupId, attempt === 0 ? given : {});
    checkRecord(record, groupId);
    const genesis = { groupId, owner: record.owner, nonce: record.nonce };
    state = await followHistory(
      (after) => service.history(groupId, after),
      { state, genesis },
      record.historyVersion,
    );
    if (record.historyVersion !== state.version) continue;
    // Whoever gave me a later secret has seen a longer history.
    if (state.secretVersion < held.secret.version) throw new GroupRefused('group_rolled_back', state);
    const next = await followSecret(parts, { ...held, state });
    if (next !== null) return { held: next, record };
  }
  const isOld = record !== null && record.historyVersion < state.version;
  throw new GroupRefused(isOld ? 'group_rolled_back' : 'group_refused', state);
}

/** The secret in force in `held.state`, and what opens earlier keys. Null where a rotation came between. */
async function followSecret({ service, device }: Parts, held: Held): Promise<Held | null> {
  const { state, secret, previousSeals } = held;
  const isCurrent = state.secretVersion === secret.version;
  const isChained = secret.version === 1 || previousSeals.has(secret.version - 1);
  if (isCurrent && isChained) return held;
  const after = isChained ? secret.version : 0;
  const told = await readRotations(service, secret.groupId, after);
  if (told?.secretVersion !== state.secretVersion) return null;
  const now = isCurrent ? secret : await open(state, device, told);
  return { state, secret: now, previousSeals: boxesFor(now, held, told) };
}

async function open(state: GroupState, device: Device, { sealedSecret }: Rotations) {
  if (sealedSecret === null) throw new GroupRefused('secret_refused', state);
  try {
    const own = { identity: device.identity.publicKey, inboxKey: device.inbox };
    return await openRotation(state, own, sealedSecret);
  } catch (error) {
    if (error instanceof CryptoError) throw new GroupRefused('secret_refused', state);
    throw error;
  }
}

/**
 * What a rotation brought holds the keys of the version before it. Boxes that are here already stay, of the secret that this device had
 * itself it makes the box itself, and one that does not open is not kept: it is asked for again.
 */
function boxesFor(now: GroupSecret, held: Held, { previousSeals }: Rotations): Held['previousSeals'] {
  const { secret } = held;
  const boxes = new Map([
    ...previousSeals.map((box) => [box.secretVersion - 1, box.previousSeal] as const),
    ...held.previousSeals,
  ]);
  if (secret.version === now.version - 1)
    boxes.set(secret.version, sealPreviousKeys(now, deriveGroupKeys(secret)));
  const opened = openSeals(now, boxes);
  return new Map([...boxes].filter(([version]) => opened.has(version)));
}
