// How PostgreSQL is connected to, what each connection is told first, and when one is given up. postgres.ts keeps a pool of them,
// postgres-neighbours.ts holds one to listen on.
import { Socket } from 'node:net';
import pg from 'pg';

const connections = 10;
export const connectWithinMs = 5_000;

/** Counts and times are far below 2⁵³: numbers, as libsql gives them. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

const settings = [
  // Every query has its index (plans.test.ts). A table that is still small would be read whole, and then every write to it conflicts.
  `set enable_seqscan = off`,
  // Acknowledged is on disk, whatever the server's own setting.
  `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`,
];

export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'aparte',
    keepAlive: true,
    connectionTimeoutMillis: connectWithinMs,
    types,
  };
}

/** `patienceMs`: longest for one statement, for the wait for a lock, and for a transaction whose service went away. */
export function openPool(url: string, patienceMs: number): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(url),
    max: connections,
    statement_timeout: patienceMs,
    lock_timeout: patienceMs,
    idle_in_transaction_session_timeout: patienceMs,
    idleTimeoutMillis: patienceMs,
    stream: () => impatientSocket(2 * patienceMs),
    // Before anybody has the connection, and not by Kysely: of one that breaks meanwhile Kysely would never let go, so that the pool
    // would have one place less and could not be closed. pg-pool awaits what it gives, though its types do not say so.
    onConnect: (client): unknown => prepare(client),
  });
  survive(pool);
  return pool;
}

/**
 * A connection that dies, while it is used or not, is not the end of the service: who uses it learns of it by what was asked, and the
 * next request gets another one, or learns that there is none.
 */
export function survive(pool: pg.Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
}

async function prepare(client: pg.ClientBase): Promise<void> {
  for (const setting of settings) await client.query(setting);
}

/**
 * PostgreSQL ends a statement that takes too long, and the pool a connection that nobody uses. Where nothing comes for twice as long, the
 * other side is frozen or cut off: the connection is given up, as node-postgres does not by its `query_timeout`.
 */
function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceMs, () => {
    socket.destroy(Object.assign(new Error('PostgreSQL does not answer'), { code: 'ETIMEDOUT' }));
  });
  return socket;
}
