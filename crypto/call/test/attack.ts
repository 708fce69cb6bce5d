// What every attack test of this folder needs: the people, and that a refusal changes nothing and the call goes on (protocol.md O1).
import { expect } from 'vitest';
import type { Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { person, refused, viewOf, type Call, type Person } from '../../test/call.ts';
import { credentialBytes } from '../leaves.ts';
import { mlsOf } from './forge.ts';

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

/** The credential bytes of a leaf in the tree. */
export function credentialAt(call: Call, inside: Person, index: number): Bytes {
  return credentialBytes(mlsOf(call.state(inside)).tree.leafOrThrow(index));
}
