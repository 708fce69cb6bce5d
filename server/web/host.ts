// Which `Host` this service answers to. A session statement names it (T3): if any name would do, somebody else's page
// could pass on a challenge and use the answer here.
import type { FastifyInstance } from 'fastify';
import { isLoopbackName, type Config } from '../config.ts';
import { AppError } from '../errors.ts';

/** Refuses requests of `app`'s scope for other hosts with `wrong_host`. */
export function requireKnownHost(app: FastifyInstance, config: Pick<Config, 'host' | 'origin'>): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(isKnownHost(request.host, config) ? undefined : new AppError('wrong_host'));
  });
}

/** With a public address only that one counts; without, loopback names and the address that is listened on. */
export function isKnownHost(host: string, config: Pick<Config, 'host' | 'origin'>): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  if (config.origin !== null) return host.toLowerCase() === new URL(config.origin).host;
  const { hostname } = new URL(`http://${host}`);
  return isLoopbackName(hostname) || hostname === config.host || hostname === `[${config.host}]`;
}
