// The guard of every route that needs a session: a hook on an encapsulated scope (app.ts), never a URL prefix. It leaves
// the caller on the request; `callerOf` reads it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { Caller, SessionService } from './service.ts';

const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/;
const callerKey = Symbol('caller');

type Guarded = FastifyRequest & { [callerKey]?: Caller };

/** Refuses every request of `app`'s scope that has no valid token with `session_required`. */
export function requireSession(app: FastifyInstance, sessions: SessionService): void {
  app.addHook('onRequest', async (request: Guarded) => {
    const token = bearer.exec(request.headers.authorization ?? '')?.[1];
    const caller = token === undefined ? null : await sessions.find(token);
    if (!caller) throw new AppError('session_required');
    request[callerKey] = caller;
  });
}

/** Who asks. Throws `session_required` outside a guarded scope, so that a forgotten guard fails closed. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = (request as Guarded)[callerKey];
  if (!caller) throw new AppError('session_required');
  return caller;
}
