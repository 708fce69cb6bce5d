// The routes of calls, of the delivery log and of join requests. All guarded.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { AppError, errorBody, errorResponses } from '../errors.ts';
import { GroupParams } from '../groups/schema.ts';
import { callerOf } from '../sessions/guard.ts';
import { Nothing } from '../web/schema.ts';
import { longestWaitMs, type LogRead, type LogService } from './log.ts';
import {
  appendBodyLimit,
  AppendBody,
  Appended,
  CallParams,
  Conflict,
  JoinBody,
  JoinTicket,
  LogPage,
  LogQuery,
  PlaceBody,
  RemovalsBody,
  removalsBodyLimit,
  RenewedTicket,
  RequestBody,
  RequestParams,
} from './schema.ts';
import type { RequestService } from './requests.ts';
import type { CallService } from './service.ts';

export interface CallRouteParts {
  readonly calls: CallService;
  readonly log: LogService;
}

export const callRoutes: FastifyPluginCallbackTypebox<CallRouteParts> = (app, { calls }, done) => {
  app.post(
    '/api/groups/:groupId/call',
    { schema: { params: GroupParams, body: JoinBody, response: { 200: JoinTicket, ...errorResponses } } },
    async (request) => {
      const { groupId } = request.params;
      return calls.join(groupId, callerOf(request).identity, request.body.placeId);
    },
  );

  app.post(
    '/api/calls/:callId/token',
    { schema: { params: CallParams, body: PlaceBody, response: { 200: RenewedTicket, ...errorResponses } } },
    async (request) => {
      const { callId } = request.params;
      return { livekit: await calls.renew(callId, callerOf(request).identity, request.body.livekitIdentity) };
    },
  );

  app.post(
    '/api/calls/:callId/leave',
    { schema: { params: CallParams, body: PlaceBody, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await calls.leave(request.params.callId, callerOf(request).identity, request.body.livekitIdentity);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/calls/:callId/removals',
    {
      bodyLimit: removalsBodyLimit,
      schema: { params: CallParams, body: RemovalsBody, response: { 204: Nothing, ...errorResponses } },
    },
    async (request, reply) => {
      const { callId } = request.params;
      await calls.takeOut(callId, callerOf(request).identity, request.body.livekitIdentities);
      return reply.code(204).send(null);
    },
  );
  done();
};

export const logRoutes: FastifyPluginCallbackTypebox<CallRouteParts> = (app, { log }, done) => {
  app.get(
    '/api/calls/:callId/log',
    { schema: { params: CallParams, querystring: LogQuery, response: { 200: LogPage, ...errorResponses } } },
    async (request, reply) => {
      const wish = { ...parseQuery(request.query), signal: hangUp(reply) };
      return log.read(request.params.callId, callerOf(request).identity, wish);
    },
  );

  app.post(
    '/api/calls/:callId/log',
    {
      bodyLimit: appendBodyLimit,
      schema: {
        params: CallParams,
        body: AppendBody,
        response: { 201: Appended, 409: Conflict, ...errorResponses },
      },
    },
    async (request, reply) => {
      const result = await log.append(request.params.callId, callerOf(request).identity, request.body);
      if ('accepted' in result) return reply.code(201).send(result.accepted);
      return reply.code(409).send({ ...errorBody('epoch_conflict'), page: result.missed });
    },
  );
  done();
};

export const requestRoutes: FastifyPluginCallbackTypebox<{ readonly requests: RequestService }> = (
  app,
  { requests },
  done,
) => {
  const url = '/api/calls/:callId/requests/:livekitIdentity';
  app.put(
    url,
    { schema: { params: RequestParams, body: RequestBody, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await requests.open(request.params, callerOf(request).identity, request.body);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    url,
    { schema: { params: RequestParams, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await requests.withdraw(request.params, callerOf(request).identity);
      return reply.code(204).send(null);
    },
  );
  done();
};

/** Query strings stay text under the schema; the longest wait is a rule of its own. */
function parseQuery(query: Static<typeof LogQuery>): LogRead {
  const waitMs = Number(query.waitMs ?? '0');
  if (waitMs > longestWaitMs) throw new AppError('invalid_request');
  return {
    after: Number(query.after),
    seen: query.seen === undefined ? null : Number(query.seen),
    waitMs,
    withGroupInfo: query.groupInfo === '1',
    withWelcomes: query.welcomes === '1',
    requestsSeen: query.requestsSeen === undefined ? null : Number(query.requestsSeen),
  };
}

/** Aborts when the other side closes the connection, or when the answer is out. */
function hangUp(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}
