// What every attack test of this folder needs: the people, and that a refusal changes nothing (protocol.md O1).
import type { Commit, Proposal } from 'ts-mls';
import { expect } from 'vitest';
import type { Bytes } from '../../../bytes.ts';
import type { CryptoErrorCode } from '../../../errors.ts';
import { person, refused, viewOf, type Call, type Person } from '../../../test/call.ts';
import * as forge from './forge.ts';

/** Ada, Ben, Mal and Cyd. */
export async function people(): Promise<[Person, Person, Person, Person]> {
  return (await Promise.all(['ada', 'ben', 'mal', 'cyd'].map((name) => person(name)))) as [
    Person,
    Person,
    Person,
    Person,
  ];
}

/** `by` refuses the sealed commit with this code, keeps its state, and follows the witness' next commit as if nothing had come. */
export async function refuses(
  { call, by, witness }: { readonly call: Call; readonly by: Person; readonly witness: Person },
  sealed: Bytes,
  code: CryptoErrorCode,
): Promise<void> {
  const before = await viewOf(call.state(by));
  await expect(call.state(by).apply(sealed, call.isMember)).rejects.toMatchObject(refused(code));
  expect(await viewOf(call.state(by))).toBe(before);
  await call.accept(witness, await call.state(witness).selfUpdate());
  expect(await call.views()).toHaveLength(1);
}

/** An honest self-update of `who`, to be spoilt. */
export async function updateOf(
  call: Call,
  who: Person,
): Promise<Commit & { readonly path: NonNullable<Commit['path']> }> {
  return { proposals: [], path: forge.pathOf(call.context, await call.state(who).selfUpdate()) };
}

/** Where the leaf of `who` stands and what signs for it. */
export function placeOf(
  call: Call,
  who: Person,
): { groupId: Uint8Array; leafIndex: number; signKey: Uint8Array } {
  const { groupContext, signaturePrivateKey, privatePath } = forge.mlsOf(call.state(who));
  return { groupId: groupContext.groupId, leafIndex: privatePath.leafIndex, signKey: signaturePrivateKey };
}

/** The credential bytes of a leaf in the tree. */
export function credentialAt(call: Call, inside: Person, index: number): Bytes {
  const node = forge.mlsOf(call.state(inside)).ratchetTree[2 * index];
  if (node?.nodeType !== 'leaf' || !('identity' in node.leaf.credential))
    throw new TypeError('no leaf there');
  return node.leaf.credential.identity as Bytes;
}

/** A proposal as a commit carries it. */
export function byValue(proposal: Proposal): Commit['proposals'][number] {
  return { proposalOrRefType: 'proposal', proposal };
}
