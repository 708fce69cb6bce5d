// The session routes: two open ones to get a token, one guarded to give it back.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../errors.ts';
import type { EventHub } from '../groups/events.ts';
import { Nothing } from '../web/schema.ts';
import { callerOf } from './guard.ts';
import { ChallengeAnswer, ChallengeRequest, SessionAnswer, SessionRequest } from './schema.ts';
import type { SessionService } from './service.ts';

export interface SessionRouteParts {
  readonly sessions: SessionService;
  readonly hub: EventHub;
}

/** Getting a session. Needs none. */
export const openSessionRoutes: FastifyPluginCallbackTypebox<SessionRouteParts> = (
  app,
  { sessions },
  done,
) => {
  app.post(
    '/api/sessions/challenge',
    { schema: { body: ChallengeRequest, response: { 201: ChallengeAnswer, ...errorResponses } } },
    async (request, reply) => reply.code(201).send(await sessions.challenge(request.body.identity)),
  );

  app.post(
    '/api/sessions',
    { schema: { body: SessionRequest, response: { 201: SessionAnswer, ...errorResponses } } },
    async (request, reply) =>
      reply.code(201).send(await sessions.open({ ...request.body, audience: request.host })),
  );
  done();
};

/** Giving a session back: its token and its event streams end. */
export const closeSessionRoutes: FastifyPluginCallbackTypebox<SessionRouteParts> = (
  app,
  { sessions, hub },
  done,
) => {
  app.delete(
    '/api/sessions',
    { schema: { response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await sessions.close(callerOf(request));
      hub.closeSession(callerOf(request).tokenHash);
      return reply.code(204).send(null);
    },
  );
  done();
};
