// Refuses work when the process cannot keep up, so that what is under way gets done. @fastify/under-pressure measures; a
// single pause that is over when the next request comes (a laptop that slept, a busy neighbour) is no overload.
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';

/** Routes that answer however bad it is. */
const probes = ['/healthz', '/metrics'];

export interface OverloadLimits {
  /** Mean delay of the event loop over one sample that is too much. */
  readonly slowLoopMs: number;
  readonly sampleMs: number;
}

export async function addOverloadGuard(
  app: FastifyInstance,
  { slowLoopMs, sampleMs }: OverloadLimits = { slowLoopMs: 1_000, sampleMs: 5_000 },
): Promise<void> {
  let [firstMs, lastMs] = [-Infinity, -Infinity];
  /** Whether it was too much in the sample before as well. */
  const isLasting = (): boolean => {
    const nowMs = performance.now();
    if (nowMs - lastMs > 2 * (sampleMs + slowLoopMs)) firstMs = nowMs;
    lastMs = nowMs;
    return nowMs - firstMs > sampleMs + slowLoopMs;
  };
  await app.register(underPressure, {
    maxEventLoopDelay: slowLoopMs,
    sampleInterval: sampleMs,
    pressureHandler: (request) => {
      if (probes.includes(request.routeOptions.url ?? '') || !isLasting()) return undefined;
      return Promise.reject(new AppError('overloaded', { retryAfterSeconds: 2 }));
    },
  });
}
