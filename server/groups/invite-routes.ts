// The routes of invite links that end (G16). All guarded.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import { Nothing } from '../web/schema.ts';
import { InviteParams, InvitePreview, Invites, NewInvite, TakenInvite } from './invite-schema.ts';
import type { InviteService } from './invites.ts';
import { GroupParams, ShowDoor } from './schema.ts';

export const inviteRoutes: FastifyPluginCallbackTypebox<{ readonly invites: InviteService }> = (
  app,
  { invites },
  done,
) => {
  const url = '/api/groups/:groupId/invites';
  app.post(
    url,
    {
      schema: {
        params: GroupParams,
        body: NewInvite,
        response: { 200: Invites, 201: Invites, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { isNew, list } = await invites.make(
        request.params.groupId,
        callerOf(request).identity,
        request.body,
      );
      return reply.code(isNew ? 201 : 200).send(list);
    },
  );

  app.get(
    url,
    { schema: { params: GroupParams, response: { 200: Invites, ...errorResponses } } },
    async (request) => invites.list(request.params.groupId, callerOf(request).identity),
  );

  app.delete(
    `${url}/:inviteId`,
    { schema: { params: InviteParams, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      const { groupId, inviteId } = request.params;
      await invites.revoke(groupId, callerOf(request).identity, inviteId);
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${url}/preview`,
    { schema: { params: GroupParams, body: ShowDoor, response: { 200: InvitePreview, ...errorResponses } } },
    async (request) => invites.preview(request.params.groupId, request.body.door),
  );

  app.post(
    `${url}/take`,
    { schema: { params: GroupParams, body: ShowDoor, response: { 200: TakenInvite, ...errorResponses } } },
    async (request) => invites.take(request.params.groupId, callerOf(request).identity, request.body.door),
  );
  done();
};
