// How much one network address and one identity may ask for. @fastify/rate-limit counts; its own hook runs once a request,
// so the two limits are asked for separately.
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';

const windowMs = 60_000;
const hourMs = 3_600_000;
/** Addresses and identities that are remembered at once. */
const remembered = 20_000;

export async function addRateLimits(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, { global: false, cache: remembered });
}

/** At most `most` requests a minute from one address to `app`'s scope. */
export function limitAddress(app: FastifyInstance, most: number): void {
  limit(app, app.createRateLimit({ max: most, timeWindow: windowMs }));
}

/** At most `most` requests a minute of one identity to `app`'s scope. Put it after the session guard. */
export function limitIdentity(app: FastifyInstance, most: number): void {
  const keyGenerator = (request: FastifyRequest): string => callerOf(request).identity;
  limit(app, app.createRateLimit({ max: most, timeWindow: windowMs, keyGenerator }));
}

function limit(app: FastifyInstance, check: ReturnType<FastifyInstance['createRateLimit']>): void {
  app.addHook('onRequest', async (request) => {
    const result = await check(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new AppError('rate_limited', { retryAfterSeconds: Math.max(1, result.ttlInSeconds) });
    }
  });
}

/** Counts what one network address does: throws `too_many_knocks` after `most` in an hour. */
export function meterKnocks(app: FastifyInstance, most: number): (request: FastifyRequest) => Promise<void> {
  const check = app.createRateLimit({ max: most, timeWindow: hourMs });
  return async (request) => {
    const result = await check(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new AppError('too_many_knocks', { retryAfterSeconds: Math.max(1, result.ttlInSeconds) });
    }
  };
}
