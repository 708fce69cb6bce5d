// A stop that leaves nobody hanging: event streams and long polls end at once, what is being answered is answered, what
// comes after is told to come back. Then Fastify closes the connections that are left.
import { once, EventEmitter } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { Bells } from '../calls/bells.ts';
import { AppError } from '../errors.ts';
import type { EventHub } from '../groups/events.ts';
import type { Reconciler } from '../livekit/reconcile.ts';
import type { Tasks } from './tasks.ts';

/** Longest time that requests and tasks under way get. */
const patienceMs = 3_000;

export interface StopParts {
  readonly bells: Bells;
  readonly hub: EventHub;
  readonly reconciler: Reconciler;
  readonly tasks: Tasks;
}

export function stopGracefully(app: FastifyInstance, { bells, hub, reconciler, tasks }: StopParts): void {
  const answered = new EventEmitter();
  let isStopping = false;
  let underWay = 0;
  app.addHook('onRequest', (_request, reply, done) => {
    underWay += 1;
    // Not `onResponse`, which a caller who hung up never gets.
    reply.raw.once('close', () => {
      underWay -= 1;
      if (underWay === 0) answered.emit('all');
    });
    done(isStopping ? new AppError('stopping', { retryAfterSeconds: 1 }) : undefined);
  });
  app.addHook('preClose', async () => {
    isStopping = true;
    bells.close();
    hub.close();
    const allAnswered = underWay === 0 ? Promise.resolve() : once(answered, 'all');
    await within(patienceMs, Promise.all([allAnswered, reconciler.stop(), tasks.settled()]));
  });
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, tooLong]);
  clearTimeout(timer);
}
