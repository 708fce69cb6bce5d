// Runs in Chromium, for roster.ts: a group of real people made on the spot, verified and rotated with the code that the client uses.
import { random, toHex } from '../../crypto/bytes.ts';
import { genesisState } from '../../crypto/group/history/index.ts';
import {
  decodeProofs,
  encodeProofs,
  memberMac,
  openSeals,
  rotate,
  signChange,
  signProfile,
  verifyMembers,
  type ListedMember,
} from '../../crypto/group/index.ts';
import {
  createIdentity,
  createInboxKey,
  memberStatement,
  openIdentity,
} from '../../crypto/identity/index.ts';
import { createGroupId, createGroupSecret, deriveGroupKeys } from '../../crypto/invite/index.ts';

/** Milliseconds, one value a round. */
export interface RosterTimings {
  readonly own: number[];
  readonly carried: number[];
  readonly again: number[];
  readonly renamed: number[];
  readonly rotation: number[];
}

declare global {
  interface Window {
    measureRoster(given: { members: number; rotated: number; rounds: number }): Promise<RosterTimings>;
  }
}

window.measureRoster = async ({ members, rotated: rotatedFor, rounds }) => {
  const owner = await openIdentity(await createIdentity());
  const nonce = random(16);
  const groupId = createGroupId(owner.publicKey, nonce);
  const state = genesisState({ groupId, owner: owner.publicKey, nonce });
  const secret = createGroupSecret(groupId);
  const keys = deriveGroupKeys(secret);
  const entry = async (n: number): Promise<ListedMember> => {
    const identity = n === 0 ? owner : await openIdentity(await createIdentity());
    const { publicKey: inboxKey } = await createInboxKey();
    const fields = { groupId, secretVersion: secret.version, identity: identity.publicKey, inboxKey };
    const mac = memberMac(keys, fields);
    const place = { groupId, secretVersion: secret.version, keys };
    const shown = { name: `Member ${n}`, face: { kind: 'initials' }, revision: 1 } as const;
    return {
      ...{ identity: identity.publicKey, inboxKey, mac, joinedAtMs: n },
      signature: await identity.sign(memberStatement({ ...fields, mac })),
      ...(await signProfile(identity, place, shown)),
      ...{ secretVersion: secret.version, carriedMac: null },
    };
  };
  const list: ListedMember[] = [];
  for (let n = 0; n < members; n++) list.push(await entry(n));
  const own = (): Promise<unknown> =>
    verified(list.length, { state, secret, seals: openSeals(secret, new Map()) }, list);

  const whole = { state, secret, seals: openSeals(secret, new Map()) };
  const { members: everybody, proofs } = await verifyMembers(list, whole);
  const kept = encodeProofs(proofs);
  const again = (): Promise<unknown> => verified(list.length, { ...whole, proofs: decodeProofs(kept) }, list);
  const place = { groupId, secretVersion: secret.version, keys };
  const another = { name: 'Somebody', face: { kind: 'initials' }, revision: 2 } as const;
  const listRenamed = [{ ...list[0]!, ...(await signProfile(owner, place, another)) }, ...list.slice(1)];
  const renamed = (): Promise<unknown> => verified(list.length, { ...whole, proofs }, listRenamed);
  const rotation = await rotate(state, { secret, members: everybody });
  const after = await signChange(owner, state, { action: rotation.action, atMs: 1 });
  const macs = new Map(rotation.shares.map((share) => [toHex(share.identity), share.carriedMac]));
  const listAfter = list.map((one) => ({ ...one, carriedMac: macs.get(toHex(one.identity)) ?? null }));
  const seals = openSeals(rotation.secret, new Map([[secret.version, rotation.previousSeal]]));
  const carried = (): Promise<unknown> =>
    verified(list.length, { state: after.state, secret: rotation.secret, seals }, listAfter);

  const some = everybody.slice(0, rotatedFor);
  const rotated = (): Promise<unknown> => rotate(state, { secret, members: some });
  const timings: RosterTimings = { own: [], carried: [], again: [], renamed: [], rotation: [] };
  for (let round = 0; round < rounds; round++) {
    timings.own.push(await timed(own));
    timings.carried.push(await timed(carried));
    timings.again.push(await timed(again));
    timings.renamed.push(await timed(renamed));
    timings.rotation.push(await timed(rotated));
  }
  return timings;
};

async function verified(
  count: number,
  context: Parameters<typeof verifyMembers>[1],
  list: readonly ListedMember[],
): Promise<void> {
  const { members } = await verifyMembers(list, context);
  if (members.length !== count) throw new Error(`${members.length} of ${count} members verified`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = performance.now();
  await work();
  return performance.now() - fromMs;
}
