// The group routes. All guarded.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import { Nothing } from '../web/schema.ts';
import { CreateGroup, Group, GroupParams, JoinGroup, Preview, RemoveMember, ShowDoor } from './schema.ts';
import type { GroupService } from './service.ts';

export interface GroupRouteParts {
  readonly groups: GroupService;
}

export const groupRoutes: FastifyPluginCallbackTypebox<GroupRouteParts> = (app, { groups }, done) => {
  app.post(
    '/api/groups',
    { schema: { body: CreateGroup, response: { 200: Group, 201: Group, ...errorResponses } } },
    async (request, reply) => {
      const { isNew, group } = await groups.create(callerOf(request).identity, request.body);
      return reply.code(isNew ? 201 : 200).send(group);
    },
  );

  app.post(
    '/api/groups/:groupId/preview',
    { schema: { params: GroupParams, body: ShowDoor, response: { 200: Preview, ...errorResponses } } },
    async (request) => groups.preview(request.params.groupId, request.body.door),
  );

  app.post(
    '/api/groups/:groupId/members',
    {
      schema: {
        params: GroupParams,
        body: JoinGroup,
        response: { 200: Group, 201: Group, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { isNew, group } = await groups.join(
        callerOf(request).identity,
        request.params.groupId,
        request.body,
      );
      return reply.code(isNew ? 201 : 200).send(group);
    },
  );

  app.get(
    '/api/groups/:groupId',
    { schema: { params: GroupParams, response: { 200: Group, ...errorResponses } } },
    async (request) => groups.read(request.params.groupId, callerOf(request).identity),
  );

  app.post(
    '/api/groups/:groupId/removals',
    { schema: { params: GroupParams, body: RemoveMember, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await groups.remove(callerOf(request).identity, request.params.groupId, request.body);
      return reply.code(204).send(null);
    },
  );
  done();
};
