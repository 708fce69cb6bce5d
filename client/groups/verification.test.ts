// What "verified" means on a device (S3): by identity key, in all groups, kept, and lost to nobody by a name.
import { expect, test } from 'vitest';
import { MemoryStore } from '../testing/memory-store.ts';
import { Verifications, verificationOf } from './verification.ts';

const ben = { identity: 'ben-key', name: 'Ben' };
const mal = { identity: 'mal-key', name: 'Ben' };
const match = { matches: true, atMs: 1_000 };

async function withBenVerified() {
  const store = new MemoryStore();
  const verifications = new Verifications(store);
  await verifications.set(ben, 'choir', match);
  const stateOf = (person: typeof ben, group = 'choir') =>
    verificationOf(verifications.records, group, person);
  return { store, verifications, stateOf };
}

test('[S3] verified once is verified in every group, under any name, and after a reload', async () => {
  const { store, stateOf } = await withBenVerified();
  expect(stateOf(ben)).toEqual({ state: 'verified', atMs: 1_000 });
  expect(stateOf({ ...ben, name: 'Benjamin' }, 'band')).toEqual({ state: 'verified', atMs: 1_000 });
  const later = new Verifications(store);
  await later.load();
  expect(verificationOf(later.records, 'band', ben).state).toBe('verified');
});

test('[S3] a verified name that comes with another key is changed, until somebody compares', async () => {
  const { verifications, stateOf } = await withBenVerified();
  for (const name of ['Ben', 'ben', ' Ben ', 'BEN', 'Ｂｅｎ'])
    expect(stateOf({ ...mal, name }).state).toBe('changed');
  expect(stateOf({ ...mal, name: 'Bent' }).state).toBe('unverified');
  expect(stateOf(mal, 'band').state).toBe('unverified');
  await verifications.set(mal, 'choir', { matches: true, atMs: 2_000 });
  expect(stateOf(mal)).toEqual({ state: 'verified', atMs: 2_000 });
});

test('[S3] a name is remembered for every group in which the verified key was seen', async () => {
  const { verifications, stateOf } = await withBenVerified();
  await verifications.note('band', [{ ...ben, name: 'Benny' }]);
  expect(stateOf({ ...mal, name: 'Benny' }, 'band').state).toBe('changed');
  expect(stateOf({ ...mal, name: 'Benny' }, 'choir').state).toBe('unverified');
});

test('[S3] numbers that do not match are never called verified', async () => {
  const { verifications, stateOf } = await withBenVerified();
  await verifications.set(ben, 'choir', { matches: false, atMs: 3_000 });
  expect(stateOf(ben).state).toBe('changed');
  expect(stateOf(ben, 'band').state).toBe('changed');
  await verifications.set(ben, 'choir', { matches: true, atMs: 4_000 });
  expect(stateOf(ben).state).toBe('verified');
});

test('[S3] a device without room says so, and the comparison counts on this page', async () => {
  const { store, verifications, stateOf } = await withBenVerified();
  store.isFull = true;
  await expect(verifications.set(mal, 'choir', match)).rejects.toMatchObject({ code: 'storage_full' });
  expect(stateOf(mal).state).toBe('verified');
});
