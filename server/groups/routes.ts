// The group routes. All guarded.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { errorBody, errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import type { HistoryPage as Page } from '../store/store.ts';
import { meterKnocks } from '../web/limits.ts';
import { Nothing } from '../web/schema.ts';
import { DeleteGroup, ToldDeletion } from './deletion-schema.ts';
import type { DeletionService } from './deletion.ts';
import {
  ChangeGroup,
  changeBodyLimit,
  Changed,
  HistoryConflict,
  HistoryPage,
  HistoryQuery,
  ReadByDoor,
  Rotations,
  RotationsQuery,
} from './history-schema.ts';
import type { HistoryService } from './history.ts';
import { KnockStatus } from './knock-schema.ts';
import {
  CreateGroup,
  Group,
  GroupParams,
  GroupQuery,
  JoinGroup,
  MembersPage,
  MembersQuery,
  Preview,
  ShowDoor,
} from './schema.ts';
import type { GroupService } from './service.ts';

export interface GroupRouteParts {
  readonly groups: GroupService;
  /** New knocks from one network address in an hour. */
  readonly knocksPerAddress: number;
}

export const groupRoutes: FastifyPluginCallbackTypebox<GroupRouteParts> = (app, parts, done) => {
  const { groups } = parts;
  const meter = meterKnocks(app, parts.knocksPerAddress);
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
        response: { 200: Group, 201: Group, 202: KnockStatus, 409: HistoryConflict, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { identity } = callerOf(request);
      const joined = await groups.join(identity, request.params.groupId, {
        ...request.body,
        meter: () => meter(request),
      });
      if ('knock' in joined) return reply.code(202).send(joined.knock);
      if ('missed' in joined)
        return reply.code(409).send({ ...errorBody('history_conflict'), page: pageOf(joined.missed) });
      return reply.code(joined.isNew ? 201 : 200).send(joined.group);
    },
  );

  app.get(
    '/api/groups/:groupId',
    {
      schema: { params: GroupParams, querystring: GroupQuery, response: { 200: Group, ...errorResponses } },
    },
    async (request) => {
      const { seen } = request.query;
      const { identity } = callerOf(request);
      return groups.read(request.params.groupId, identity, seen === undefined ? null : Number(seen));
    },
  );

  app.get(
    '/api/groups/:groupId/members',
    {
      schema: {
        params: GroupParams,
        querystring: MembersQuery,
        response: { 200: MembersPage, ...errorResponses },
      },
    },
    async (request) =>
      groups.members(request.params.groupId, callerOf(request).identity, request.query.after),
  );

  done();
};

export interface HistoryRouteParts {
  readonly history: HistoryService;
}

export const historyRoutes: FastifyPluginCallbackTypebox<HistoryRouteParts> = (app, { history }, done) => {
  const url = '/api/groups/:groupId/history';
  app.get(
    url,
    {
      schema: {
        params: GroupParams,
        querystring: HistoryQuery,
        response: { 200: HistoryPage, ...errorResponses },
      },
    },
    async (request) => {
      const { identity } = callerOf(request);
      return pageOf(await history.read(request.params.groupId, identity, Number(request.query.after)));
    },
  );

  app.post(
    `${url}/read`,
    { schema: { params: GroupParams, body: ReadByDoor, response: { 200: HistoryPage, ...errorResponses } } },
    async (request) => {
      const { door, after } = request.body;
      const { identity } = callerOf(request);
      return pageOf(await history.readByDoor(request.params.groupId, identity, { door, after }));
    },
  );

  app.post(
    url,
    {
      bodyLimit: changeBodyLimit,
      schema: {
        params: GroupParams,
        body: ChangeGroup,
        response: { 201: Changed, 409: HistoryConflict, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { identity } = callerOf(request);
      const changed = await history.change(identity, request.params.groupId, request.body);
      if ('version' in changed) return reply.code(201).send(changed);
      return reply.code(409).send({ ...errorBody('history_conflict'), page: pageOf(changed.missed) });
    },
  );

  app.get(
    '/api/groups/:groupId/rotations',
    {
      schema: {
        params: GroupParams,
        querystring: RotationsQuery,
        response: { 200: Rotations, ...errorResponses },
      },
    },
    async (request) => {
      const { identity } = callerOf(request);
      const { after, before } = request.query;
      const wish = { after: Number(after), before: before === undefined ? null : Number(before) };
      const page = await history.rotations(request.params.groupId, identity, wish);
      return { ...page, previousSeals: [...page.previousSeals] };
    },
  );
  done();
};

export const deletionRoutes: FastifyPluginCallbackTypebox<{ readonly deletion: DeletionService }> = (
  app,
  { deletion },
  done,
) => {
  app.delete(
    '/api/groups/:groupId',
    { schema: { params: GroupParams, body: DeleteGroup, response: { 204: Nothing, ...errorResponses } } },
    async (request, reply) => {
      await deletion.delete(request.params.groupId, callerOf(request).identity, request.body);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/groups/:groupId/deletion',
    { schema: { params: GroupParams, response: { 200: ToldDeletion, ...errorResponses } } },
    async (request) => deletion.read(request.params.groupId),
  );
  done();
};

function pageOf({ version, entries }: Page): { version: number; entries: string[] } {
  return { version, entries: [...entries] };
}
