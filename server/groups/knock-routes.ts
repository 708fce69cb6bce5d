// The routes of knocks (G15). All guarded. Knocking itself is joining: routes.ts.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { AppError, errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import { Nothing } from '../web/schema.ts';
import { KnockParams, Knocks, KnockStatus } from './knock-schema.ts';
import type { KnockService } from './knocks.ts';
import { GroupParams } from './schema.ts';

export const knockRoutes: FastifyPluginCallbackTypebox<{ readonly knocks: KnockService }> = (
  app,
  { knocks },
  done,
) => {
  app.get(
    '/api/groups/:groupId/knocks',
    { schema: { params: GroupParams, response: { 200: Knocks, ...errorResponses } } },
    async (request) => knocks.list(request.params.groupId, callerOf(request).identity),
  );

  const url = '/api/groups/:groupId/knocks/:identity';
  app.get(
    url,
    { schema: { params: KnockParams, response: { 200: KnockStatus, ...errorResponses } } },
    async (request) => {
      const { groupId, identity } = request.params;
      if (identity !== callerOf(request).identity) throw new AppError('group_not_found');
      return knocks.status(groupId, identity);
    },
  );

  app.delete(
    url,
    { schema: { params: KnockParams, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      const { groupId, identity } = request.params;
      await knocks.end(groupId, callerOf(request).identity, identity);
      return reply.code(204).send(null);
    },
  );
  done();
};
