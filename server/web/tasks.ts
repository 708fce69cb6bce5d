// Work that a request starts but does not wait for (taking somebody out of a LiveKit room). A failure is logged by name
// and made good by the next sweep; the stop of the service waits for what is under way.
import type { FastifyBaseLogger } from 'fastify';

export class Tasks {
  readonly #running = new Set<Promise<void>>();
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;

  constructor(log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#log = log;
  }

  /** Runs `work` on the side. `name` is what the log calls it. */
  run(name: string, work: () => Promise<unknown>): void {
    const running = work()
      .then(
        () => undefined,
        (err: unknown) => {
          this.#log.warn({ err, task: name }, 'a task failed and will be made good by the next sweep');
        },
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
