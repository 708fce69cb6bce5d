// kill -9 in the middle of writing: nothing acknowledged is lost, nothing half-done is visible. `npm run crash` does it at length;
// postgres-crash.test.ts kills PostgreSQL itself.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Asker, type Answer, type Asked, type Method } from '../testing/asker.ts';
import { killOverLibsql, killOverPostgres } from '../testing/crash-rounds.ts';
import { problems, writeUntilKilled } from '../testing/crash.ts';
import { Harness } from '../testing/harness.ts';
import { createTestStore, type TestStore } from '../testing/stores.ts';

const round = { writes: 150 };

let testStore: TestStore;
beforeEach(async () => {
  testStore = await createTestStore();
});
afterEach(() => testStore.remove());

/** A service that can be cut off. */
class Cut extends Asker {
  protected readonly audience = 'localhost:80';
  isCut = false;
  readonly #harness: Harness;

  constructor(harness: Harness) {
    super();
    this.#harness = harness;
  }

  ask<T = unknown>(method: Method, url: string, asked?: Asked): Promise<Answer<T>> {
    return this.isCut ? Promise.reject(new Error('cut off')) : this.#harness.ask<T>(method, url, asked);
  }
}

describe('kill -9', () => {
  test('[D2] [G13] of the service: what was acknowledged is there, whole', async () => {
    const { folder, databaseUrl } = testStore;
    const found =
      databaseUrl === undefined ? killOverLibsql(folder, round) : killOverPostgres(databaseUrl, round);
    expect(await found).toEqual([]);
  });

  test('this test sees a lost write, a half-done one and a wrong GroupInfo', async () => {
    const harness = await Harness.start();
    const service = new Cut(harness);
    const kill = (): Promise<void> => {
      service.isCut = true;
      return Promise.resolve();
    };
    const written = await writeUntilKilled(service, { writes: 60, kill });
    const { logs, groups } = written;
    expect(await problems(harness.store, written)).toEqual([]);
    const run = (statement: string, index: number) => harness.testStore.run(statement, [logs[index]?.callId]);
    await run(`delete from entries where call_id = $1 and position = 1`, 0);
    await run(`update calls set group_info = 'AAAA' where call_id = $1`, 1);
    await run(`update entries set welcome = 'AAAA' where call_id = $1`, 2);
    await run(`update calls set position = 0, epoch = 0 where call_id = $1`, 3);
    const [group, other] = groups.map(({ groupId }) => groupId);
    await harness.testStore.run(`update shares set sealed_secret = 'AAAA' where group_id = $1`, [group]);
    await harness.testStore.run(`delete from previous_seals where group_id = $1`, [group]);
    await harness.testStore.run(`update groups set history_version = 0 where group_id = $1`, [other]);
    const found = await problems(harness.store, written);
    for (const said of [
      /^position \d+, but \d+ entries$/,
      /^a GroupInfo of another epoch$/,
      /^entry 1 is not the one that was sent$/,
      /^\d+ acknowledged, 0 there$/,
      /^a change with another share$/,
      /^a change with another keys$/,
      /^\d+ changes acknowledged, 0 there$/,
    ])
      expect(found.some((problem) => said.test(problem))).toBe(true);
    await harness.close();
  });
});
