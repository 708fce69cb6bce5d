// The routes of what members are called and show. All guarded; setting it has a limit of its own, for every change has everybody in the
// group look again.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import { limitIdentity } from '../web/limits.ts';
import { Nothing } from '../web/schema.ts';
import { Picture, PictureParams, profileBodyLimit, SetProfile } from './profile-schema.ts';
import type { ProfileService } from './profiles.ts';
import { GroupParams } from './schema.ts';

/** A minute, of one identity in all of its groups: a new name set in many at once, and no more. */
const mostChanges = 30;

export interface ProfileRouteParts {
  readonly profiles: ProfileService;
}

export const setProfileRoutes: FastifyPluginCallbackTypebox<ProfileRouteParts> = (
  app,
  { profiles },
  done,
) => {
  limitIdentity(app, mostChanges);
  app.put(
    '/api/groups/:groupId/profile',
    {
      bodyLimit: profileBodyLimit,
      schema: { params: GroupParams, body: SetProfile, response: { 204: Nothing, ...errorResponses } },
    },
    async (request, reply) => {
      await profiles.set(callerOf(request).identity, request.params.groupId, request.body);
      return reply.code(204).send(null);
    },
  );
  done();
};

export const pictureRoutes: FastifyPluginCallbackTypebox<ProfileRouteParts> = (app, { profiles }, done) => {
  app.get(
    '/api/groups/:groupId/pictures/:hash',
    { schema: { params: PictureParams, response: { 200: Picture, ...errorResponses } } },
    async (request) => {
      const { groupId, hash } = request.params;
      return profiles.picture(callerOf(request).identity, groupId, hash);
    },
  );
  done();
};
