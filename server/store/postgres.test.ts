// What is PostgreSQL's alone: how it is described to `npm run doctor`, and what is said of one that cannot be used.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestStore, type TestStore } from '../testing/stores.ts';
import { StoreError } from './failure.ts';
import { describePostgres, openPostgresStore } from './postgres.ts';

let testStore: TestStore;
let url: string;
beforeEach(async () => {
  testStore = await createTestStore();
  url = testStore.databaseUrl ?? '';
});
afterEach(() => testStore.remove());

test('a database is described as new, then as one that opens; a look changes nothing', async () => {
  for (let look = 0; look < 2; look += 1)
    expect(await describePostgres(url)).toMatch(/^PostgreSQL \d+.* is new$/);
  await (await testStore.open()).close();
  expect(await describePostgres(url)).toMatch(/^PostgreSQL \d+.* opens$/);
});

test('a role that may not make tables is named before the start', async () => {
  const role = `guest_${new URL(url).pathname.slice(-12)}`;
  await testStore.run(`create role ${role} login`);
  await testStore.run(`revoke create on schema public from public`);
  const guest = new URL(url);
  guest.username = role;
  await expect(describePostgres(guest.href)).rejects.toThrow(/this user may not make tables there/);
  await testStore.run(`drop role ${role}`);
});

test('one that is not there is one line, with the variable and without the password', async () => {
  const address = 'postgres://me:hidden@127.0.0.1:1/aparte';
  for (const attempt of [describePostgres, openPostgresStore]) {
    const error = await attempt(address).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as Error).message).toMatch(
      /^[^\n]*127\.0\.0\.1:1\/aparte \(DATABASE_URL\)[^\n]*ECONNREFUSED[^\n]*$/,
    );
    expect((error as Error).message).not.toContain('hidden');
  }
});
