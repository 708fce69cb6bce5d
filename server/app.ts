// The service as one Fastify application: every part registered by name, in the order in which it acts. `main.ts` gives it
// the configuration, the store and the media server; tests give it the same, over real ones.
import Fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Bells } from './calls/bells.ts';
import { LogService } from './calls/log.ts';
import { RequestService } from './calls/requests.ts';
import { callRoutes, logRoutes, requestRoutes } from './calls/routes.ts';
import { CallService } from './calls/service.ts';
import type { Config } from './config.ts';
import { clientErrorHandler, errorHandler, notFoundHandler } from './errors.ts';
import { DeletionService } from './groups/deletion.ts';
import { eventRoutes } from './groups/events-route.ts';
import { EventHub } from './groups/events.ts';
import { HistoryService } from './groups/history.ts';
import { inviteRoutes } from './groups/invite-routes.ts';
import { InviteService, rememberedMs } from './groups/invites.ts';
import { knockRoutes } from './groups/knock-routes.ts';
import { KnockService } from './groups/knocks.ts';
import type { GroupListener } from './groups/listener.ts';
import { pictureRoutes, setProfileRoutes } from './groups/profile-routes.ts';
import { ProfileService } from './groups/profiles.ts';
import { deletionRoutes, groupRoutes, historyRoutes } from './groups/routes.ts';
import { groupLimits, GroupService } from './groups/service.ts';
import { createMetrics } from './health/metrics.ts';
import { healthRoutes } from './health/routes.ts';
import { Reconciler } from './livekit/reconcile.ts';
import type { Sfu } from './livekit/sfu.ts';
import { webhookRoute } from './livekit/webhook.ts';
import { requireSession } from './sessions/guard.ts';
import { closeSessionRoutes, openSessionRoutes } from './sessions/routes.ts';
import { SessionService } from './sessions/service.ts';
import type { GroupLimits, KnockLimits, Store } from './store/store.ts';
import { serveClient } from './web/client.ts';
import { addSecurityHeaders } from './web/headers.ts';
import { requireKnownHost } from './web/host.ts';
import { addRateLimits, limitAddress, limitIdentity } from './web/limits.ts';
import { loggerOptions, logRequests, quietFastify, type LogStream } from './web/logging.ts';
import { describeRoutes, openApiRoute } from './web/openapi.ts';
import { addOverloadGuard } from './web/overload.ts';
import { closed } from './web/schema.ts';
import { stopGracefully } from './web/stop.ts';
import { Tasks } from './web/tasks.ts';

/** Bodies are a few hundred bytes, except the delivery log's, which says so itself. */
const bodyLimit = 16 * 1024;
const pruneMs = 60_000;
const hourlyKnocksPerAddress = 60;

/** What the application works with. `close` of the application closes none of them. */
export interface Parts {
  readonly store: Store;
  readonly sfu: Sfu;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly logStream?: LogStream;
  readonly groupLimits?: GroupLimits;
  readonly knockLimits?: KnockLimits & { readonly perAddress: number };
}

export interface App extends FastifyInstance {
  /** One look at LiveKit now, instead of at the next sweep. */
  sweep(): Promise<void>;
  /** Forgets what has expired now, instead of within a minute. */
  tidy(): Promise<void>;
}

/** Builds the application. It sweeps and prunes from its first `listen` (or `ready`) to its `close`. */
export async function buildApp(config: Config, parts: Parts): Promise<App> {
  const { store, sfu, now = Date.now } = parts;
  const app = createFastify(config, parts.logStream);
  const tasks = new Tasks(app.log);
  const bells = new Bells((key) => store.neighbours.tell({ what: 'ring', key }));
  const hub = new EventHub(store, app.log);
  await hearNeighbours(store, { bells, hub });
  const metrics = createMetrics({
    store,
    streamCount: () => hub.streamCount,
    waitingCount: () => bells.waitingCount,
  });
  const count = metrics.count;
  const changed = ({ callId, groupId }: { callId: string; groupId: string }): void => {
    bells.ring(callId);
    hub.changed(groupId);
  };

  const sessions = new SessionService(store.sessions, now);
  const calls = new CallService({ config, store, sfu, tasks, now, changed });
  const log = new LogService({ store, bells, count });
  const requests = new RequestService({ store, bells });
  const listener: GroupListener = {
    changed: (groupId) => {
      hub.changed(groupId);
    },
    departed: (groupId, identity, left) => {
      hub.gone(groupId, identity);
      if (left) calls.ended(left);
    },
    callEnded: (left) => {
      calls.ended(left);
    },
    knocked: (groupId) => {
      hub.knocked(groupId);
    },
    answered: (groupId, identity) => {
      hub.answered(groupId, identity);
    },
    voiceChanged: ({ callId, livekitIdentity, maySpeak }) => {
      tasks.run('permit', () => sfu.permit(callId, livekitIdentity, maySpeak));
    },
  };
  const limits = parts.groupLimits ?? groupLimits;
  const most = parts.knockLimits;
  const knocks = new KnockService({
    store,
    now,
    listener,
    groupLimits: limits,
    ...(most && { limits: most }),
  });
  const groups = new GroupService({ store, now, listener, knocks, limits });
  const { membersPerGroup } = limits;
  const history = new HistoryService({ store, now, listener, knocks, membersPerGroup });
  const profiles = new ProfileService({ store, listener });
  const reconciler = new Reconciler({ store, sfu, now, log: app.log, count, changed });

  logRequests(app, metrics);
  stopGracefully(app, { bells, hub, reconciler, tasks });
  await addSecurityHeaders(app, config);
  await addOverloadGuard(app);
  await addRateLimits(app);
  await describeRoutes(app);

  await app.register(healthRoutes, { store, sfu, metrics });
  await app.register(webhookRoute, { livekit: config.livekit, reconciler });
  await app.register(async (api) => {
    refuseUnknownQueries(api);
    requireKnownHost(api, config);
    limitAddress(api, config.limits.perAddress);
    openApiRoute(api);
    await api.register(openSessionRoutes, { sessions, hub });
    await api.register(async (guarded) => {
      requireSession(guarded, sessions);
      sayGuarded(guarded);
      limitIdentity(guarded, config.limits.perIdentity);
      await guarded.register(closeSessionRoutes, { sessions, hub });
      const knocksPerAddress = most?.perAddress ?? hourlyKnocksPerAddress;
      await guarded.register(groupRoutes, { groups, knocksPerAddress });
      await guarded.register(knockRoutes, { knocks });
      await guarded.register(inviteRoutes, { invites: new InviteService(store, now) });
      await guarded.register(historyRoutes, { history });
      await guarded.register(setProfileRoutes, { profiles });
      await guarded.register(pictureRoutes, { profiles });
      const deletion = new DeletionService({ store, sfu, now, listener });
      await guarded.register(deletionRoutes, { deletion });
      await guarded.register(eventRoutes, { hub, now });
      await guarded.register(callRoutes, { calls, log });
      await guarded.register(logRoutes, { calls, log });
      await guarded.register(requestRoutes, { requests });
    });
  });
  await serveClient(app, config.clientDir);
  keepTidy(app, { store, reconciler, now });
  return Object.assign(app, { sweep: () => reconciler.sweep(), tidy: () => tidy({ store, now }) });
}

function createFastify(config: Config, logStream: LogStream | undefined): FastifyInstance {
  const app = Fastify({
    logger: loggerOptions(config.logLevel, logStream),
    logController: quietFastify,
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    bodyLimit,
    // Wrong types and unknown fields are refused, never repaired (T1).
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    // Answered by stop.ts instead, with a code of the table.
    return503OnClosing: false,
    exposeHeadRoutes: false, // a HEAD of an event stream would never end
    frameworkErrors: errorHandler,
    clientErrorHandler,
    forceCloseConnections: true,
  });
  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFoundHandler);
  return app;
}

/** A route that documents no query takes none (T1). */
function refuseUnknownQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: Type.Object({}, closed), ...route.schema };
  });
}

/** In the OpenAPI document. */
function sayGuarded(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ session: [] }] };
  });
}

/** What other services on the same store say has changed is told here as well. */
function hearNeighbours(store: Store, { bells, hub }: { bells: Bells; hub: EventHub }): Promise<void> {
  return store.neighbours.listen((news) => {
    if (news.what === 'ring') bells.wake(news.key);
    else if (news.what === 'group') hub.changedElsewhere(news.groupId);
    else if (news.what === 'gone') hub.goneElsewhere(news.groupId, news.identity);
    else if (news.what === 'knock') hub.knockedElsewhere(news.groupId);
    else if (news.what === 'answer') hub.answeredElsewhere(news.groupId, news.identity);
    else if (news.what === 'session') hub.sessionElsewhere(news.tokenHash);
    else {
      bells.wakeAll();
      hub.restart();
    }
  });
}

/** Forgets what has expired. */
async function tidy({ store, now }: { store: Store; now: () => number }): Promise<void> {
  await store.sessions.prune(now());
  await store.knocks.prune(now());
  await store.deletions.prune(now());
  await store.invites.prune(now() - rememberedMs);
}

/** The work nobody asks for: looking at LiveKit, and forgetting what has expired. */
function keepTidy(
  app: FastifyInstance,
  parts: { store: Store; reconciler: Reconciler; now: () => number },
): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', (done) => {
    parts.reconciler.start();
    timer = setInterval(() => {
      tidy(parts).catch((err: unknown) => {
        app.log.warn({ err }, 'what has expired could not be deleted');
      });
    }, pruneMs);
    done();
  });
  app.addHook('preClose', (done) => {
    clearInterval(timer);
    done();
  });
}
