// What can be wrong with a database: at the start as one line (`StoreError`), and later as a reason that a request can be told
// (`store_unavailable` of errors.ts). Knows the codes of SQLite, PostgreSQL and the system; nothing else does.

/** The store cannot be used. `message` is one line: what is wrong and what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Why the store could not do what it was asked, though what it was asked was right. */
export type StoreFailure = 'full' | 'locked' | 'read_only' | 'unreachable';

/** Beginnings of error codes. PostgreSQL's are in its manual, appendix A. */
const failures: readonly (readonly [start: RegExp, failure: StoreFailure])[] = [
  [/^(SQLITE_FULL|53100|ENOSPC)/, 'full'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED|55P03|57014|40001|40P01)/, 'locked'],
  [/^(SQLITE_READONLY|25006|EROFS)/, 'read_only'],
  // Not there, too many connections, shutting down, not allowed in; and disks that do not answer.
  [
    /^(SQLITE_IOERR|SQLITE_CANTOPEN|08|53|57P|58|28|3D|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|ENOENT|EAI_)/,
    'unreachable',
  ],
];

/** node-postgres has no codes for connections that end or do not begin. */
const lost =
  /^(Connection terminated|timeout e(xpired|xceeded)|Client has encountered a connection error|Query read timeout)/;

/** The failure behind an error; undefined for one that is the service's own fault. */
export function storeFailureOf(error: unknown): StoreFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return failures.find(([start]) => start.test(code))?.[1];
  return lost.test(error.message) ? 'unreachable' : undefined;
}

/** The error and what caused it, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of a name with several addresses, none of which answers: the first speaks for all.
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}
