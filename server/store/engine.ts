// How the store's work runs on one kind of database: what `libsql.ts` and `postgres.ts` give to calls.ts, groups.ts and sessions.ts,
// which are the same for both.
import type { Db, Tx } from './tables.ts';

export interface Engine {
  /** For single statements, each a transaction by itself. */
  readonly db: Db;
  /**
   * One transaction, whole or not at all, as if nothing else ran beside it. `key` (a group or call id) names what it is about: work on
   * the same key takes turns. The work may be run again, so it does nothing but ask `tx`.
   */
  readonly atomically: <T>(key: string, work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Only reads, and everything it reads is of one moment. */
  readonly atOneMoment: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}
