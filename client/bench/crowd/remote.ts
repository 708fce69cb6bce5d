// Calls between the benchmark and its processes over Node's own IPC: the parent holds a `Remote` of each process, the process
// answers with `serve`. Both ends name the same interface, so that a call that does not exist does not compile.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Api<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> };

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A process of this folder, started from `file`. */
export class Remote<T extends Api<T>> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(file: string, options: { readonly nodeFlags?: readonly string[] } = {}) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      execArgv: ['--import', 'tsx', ...(options.nodeFlags ?? [])],
      serialization: 'advanced',
    });
    this.#child.on('message', (answer: Answer) => this.#settle(answer));
    this.#child.on('exit', (code) => this.#fail(new Error(`${file} ended with ${code}`)));
  }

  call<K extends keyof T & string>(name: K, ...args: Parameters<T[K]>): ReturnType<T[K]> {
    const id = ++this.#lastId;
    const answered = new Promise<never>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#child.send({ id, name, args } satisfies Question);
    return answered as unknown as ReturnType<T[K]>;
  }

  /** Ends the process. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value as never);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Answers the parent's calls, until it goes away. */
export function serve<T extends Api<T>>(api: T): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  process.on('message', ({ id, name, args }: Question) => {
    const work = async (): Promise<unknown> => api[name as keyof T](...(args as never[]));
    work().then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: String(error instanceof Error ? error.stack : error) }),
    );
  });
}
