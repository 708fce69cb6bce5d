// Alive, able to serve, and the figures. Open to whoever reaches the port: docs/operating.md says to keep them inside.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ErrorBody, errorResponses } from '../errors.ts';
import type { Sfu } from '../livekit/sfu.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';

export interface HealthParts {
  readonly store: Store;
  readonly sfu: Sfu;
  readonly metrics: Metrics;
}

const state = Type.Union([Type.Literal('ok'), Type.Literal('failing')]);
const Alive = Type.Object({ status: Type.Literal('ok') });
const Ready = Type.Object({ store: state, livekit: state });

export const healthRoutes: FastifyPluginCallbackTypebox<HealthParts> = (
  app,
  { store, sfu, metrics },
  done,
) => {
  app.get('/healthz', { schema: { response: { 200: Alive, ...errorResponses } } }, () => ({
    status: 'ok' as const,
  }));

  app.get(
    '/readyz',
    { schema: { response: { 200: Ready, 503: Ready, '4xx': ErrorBody } } },
    async (_request, reply) => {
      const [storeState, livekit] = await Promise.all([
        check(() => store.check()),
        check(() => sfu.listRooms(['readyz'])),
      ]);
      const isReady = storeState === 'ok' && livekit === 'ok';
      return reply.code(isReady ? 200 : 503).send({ store: storeState, livekit });
    },
  );

  app.get(
    '/metrics',
    { schema: { response: { 200: Type.String(), ...errorResponses } } },
    async (_request, reply) => {
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },
  );
  done();
};

async function check(work: () => Promise<unknown>): Promise<'ok' | 'failing'> {
  try {
    await work();
    return 'ok';
  } catch {
    return 'failing';
  }
}
