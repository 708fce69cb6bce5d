// All that a store holds, as text: for tests that must see that nothing changed. Past the store, on a connection of its own (stores.ts).
import { kind, type TestStore } from './stores.ts';

/** Names of the tables, without those of the migrator. */
export async function tablesOf(testStore: TestStore): Promise<string[]> {
  const rows = await testStore.run(
    kind === 'libsql'
      ? `select name from sqlite_master where type = 'table' and name not like 'kysely%' and name not like 'sqlite%'`
      : `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'`,
  );
  return rows.map(({ name }) => String(name)).sort();
}

/** Every row of every table but these; rows have no order. */
export async function contentsOf(testStore: TestStore, without: readonly string[] = []): Promise<string> {
  const lines: string[] = [];
  for (const table of await tablesOf(testStore)) {
    if (without.includes(table)) continue;
    const rows = await testStore.run(`select * from "${table}"`);
    lines.push(...rows.map((row) => `${table} ${JSON.stringify(row)}`).sort());
  }
  return lines.join('\n');
}
