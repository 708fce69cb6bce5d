// The store of a configuration: PostgreSQL where `DATABASE_URL` names one, else the embedded one in the data folder.
import type { Config } from '../config.ts';
import { openLibsqlStore } from './libsql.ts';
import { openPostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

/** Throws `StoreError`. */
export function openStore({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Store> {
  return databaseUrl === null ? openLibsqlStore(dataDir) : openPostgresStore(databaseUrl);
}
