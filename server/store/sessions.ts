// Challenges and sessions in the store (T3). Called by `server/sessions`.
import type { SessionStore } from './store.ts';
import type { Db } from './tables.ts';

export function createSessionStore(db: Db): SessionStore {
  return {
    async addChallenge({ hash, identity, expiresAtMs }) {
      await db.insertInto('challenges').values({ hash, identity, expires_at_ms: expiresAtMs }).execute();
    },

    async takeChallenge(hash, identity, nowMs) {
      const taken = await db
        .deleteFrom('challenges')
        .where('hash', '=', hash)
        .returning(['identity', 'expires_at_ms'])
        .executeTakeFirst();
      return taken !== undefined && taken.identity === identity && taken.expires_at_ms > nowMs;
    },

    async addSession({ tokenHash, identity, expiresAtMs }) {
      await db
        .insertInto('sessions')
        .values({ token_hash: tokenHash, identity, expires_at_ms: expiresAtMs })
        .execute();
    },

    async findSession(tokenHash, nowMs) {
      const row = await db
        .selectFrom('sessions')
        .select(['identity', 'expires_at_ms'])
        .where('token_hash', '=', tokenHash)
        .where('expires_at_ms', '>', nowMs)
        .executeTakeFirst();
      return row ? { identity: row.identity, expiresAtMs: row.expires_at_ms } : null;
    },

    async deleteSession(tokenHash) {
      await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
    },

    async prune(nowMs) {
      await db.deleteFrom('challenges').where('expires_at_ms', '<=', nowMs).execute();
      await db.deleteFrom('sessions').where('expires_at_ms', '<=', nowMs).execute();
    },
  };
}
