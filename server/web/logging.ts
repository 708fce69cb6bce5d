// What is logged (T4): a request's number, method, route pattern, status and time. Never an address, header, query, body
// or identifier; of an error its kind and where it happened, and its text only if the system or the store wrote it.
import { LogController, type FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { Metrics } from '../health/metrics.ts';

/** Where log lines go. */
export interface LogStream {
  write(line: string): void;
}

/** Fastify's own lines about requests are off: they carry URLs and addresses. */
export const quietFastify = new LogController({ disableRequestLogging: true });

export function loggerOptions(level: Config['logLevel'], stream?: LogStream) {
  return {
    level,
    ...(stream ? { stream } : {}),
    serializers: {
      err: describeError,
      error: describeError,
      req: () => ({}),
      res: () => ({}),
    },
  };
}

/** One line a request, when its answer is out. */
export function logRequests(app: FastifyInstance, metrics: Pick<Metrics, 'observe'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    request.log.info({ method, route, status, ms: Math.round(reply.elapsedTime) }, 'answered');
    metrics.observe({ method, route, status, seconds: reply.elapsedTime / 1000 });
    done();
  });
}

/** What is left of an error. A type, not an interface: Fastify wants an index signature. */
export type ErrorLine = {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: ErrorLine;
};

/** An error without its text, unless a code says that the text is the system's or the store's (without values of rows). */
export function describeError(error: unknown): ErrorLine {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' };
  const { code } = error as { code?: unknown };
  const isSystem =
    typeof code === 'string' && /^(E[A-Z]|SQLITE_|(08|25|28|3D|40|53|57)[0-9A-Z]{3}$)/.test(code);
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: isSystem ? error.message : '',
    stack: frames.slice(0, 8).join('\n'),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
