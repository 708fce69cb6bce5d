// Connections that break or fall silent at the worst moment: the pool is as large as before, and the store can be closed.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { canStartPostgres, startPostgres, type PrivatePostgres } from '../testing/postgres.ts';
import { PostgresProxy } from '../testing/postgres-proxy.ts';
import { storeFailureOf } from './failure.ts';
import { openPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

/** Longer than any test may take: a close that has to wait for it fails the test. */
const never = 600_000;

let postgres: PrivatePostgres | undefined;
let proxy: PostgresProxy;
beforeAll(async () => {
  if (canStartPostgres) postgres = await startPostgres();
});
afterAll(() => postgres?.remove());
beforeEach(async () => {
  proxy = await PostgresProxy.start(postgres?.socket ?? '');
});
afterEach(() => proxy.close());

const failureOf = (asked: Promise<unknown>) => asked.then(() => 'none', storeFailureOf);
const address = (): string => proxy.urlOf('postgres');

async function cutInPreparation(store: Store, times: number): Promise<void> {
  proxy.cutsAt = 'enable_seqscan';
  for (let count = 0; count < times; count += 1) expect(await failureOf(store.check())).toBe('unreachable');
  proxy.cutsAt = null;
}

test.runIf(canStartPostgres)(
  'connections that break while they are prepared are given up: more of them than the pool has, and it goes on',
  async () => {
    const store = await openPostgresStore(address());
    await cutInPreparation(store, 12);
    await store.check();
    await store.close();
  },
);

test.runIf(canStartPostgres)(
  'one that broke while it was prepared does not keep the store from closing',
  async () => {
    const store = await openPostgresStore(address(), { closeWithinMs: never });
    await cutInPreparation(store, 1);
    await store.check();
    await store.close();
  },
);

test.runIf(canStartPostgres)(
  'one on which nothing comes any more is given up, and the next request has another',
  async () => {
    const store = await openPostgresStore(address(), { patienceMs: 500, closeWithinMs: never });
    await store.check();
    proxy.silence();
    expect(await failureOf(store.check())).toBe('unreachable');
    await store.check();
    await store.close();
  },
);

test.runIf(canStartPostgres)('the store closes though PostgreSQL does not close its end', async () => {
  const store = await openPostgresStore(address());
  await store.neighbours.listen(() => undefined);
  await store.check();
  proxy.silence();
  store.neighbours.tell({ what: 'anything' });
  await store.close();
});
