// `GET /api/events`: one long answer per tab. Ends with the session, with the service, and with a listener that does not
// read. No response schema: the frames are written by hand from events.ts.
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { errorResponses } from '../errors.ts';
import { callerOf } from '../sessions/guard.ts';
import type { Caller } from '../sessions/service.ts';
import type { EventHub, Stream } from './events.ts';

/** Comment lines that keep proxies from closing a quiet connection. */
export const heartbeatMs = 15_000;
/** A listener that is this far behind is cut off; it comes back and gets the present state. */
const mostUnreadBytes = 1024 * 1024;

export interface EventRouteParts {
  readonly hub: EventHub;
  readonly now: () => number;
}

export const eventRoutes: FastifyPluginCallbackTypebox<EventRouteParts> = (app, { hub, now }, done) => {
  app.get('/api/events', { schema: { response: errorResponses } }, (request, reply) => {
    const caller = callerOf(request);
    hub.assertRoom(caller.identity);
    reply.hijack();
    openStream(reply, { hub, caller, leftMs: caller.expiresAtMs - now() });
  });
  done();
};

function openStream(reply: FastifyReply, parts: { hub: EventHub; caller: Caller; leftMs: number }): void {
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const stream: Stream = {
    caller: parts.caller,
    write(text) {
      if (raw.writableLength > mostUnreadBytes) raw.destroy();
      else raw.write(text);
    },
    close() {
      raw.end();
    },
  };
  stream.write(': open\n\n');
  const heartbeat = setInterval(() => {
    stream.write(': alive\n\n');
  }, heartbeatMs);
  const expiry = setTimeout(() => {
    stream.close();
  }, parts.leftMs);
  const remove = parts.hub.add(stream);
  raw.once('close', () => {
    clearInterval(heartbeat);
    clearTimeout(expiry);
    remove();
  });
}
