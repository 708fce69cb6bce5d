// A service in a process of its own (service-process.ts), asked over HTTP. It ends when told to, at once and without a goodbye, and with us.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../start/machine.mjs';
import { Asker, type Answer, type Asked, type Method } from './asker.ts';

const script = fileURLToPath(new URL('./service-process.ts', import.meta.url));
const manyRequests = String(2 ** 31 - 1);

export class Remote extends Asker {
  readonly address: string;
  protected readonly audience: string;
  readonly #kill: () => Promise<void>;

  private constructor(address: string, kill: () => Promise<void>) {
    super();
    this.address = address;
    this.audience = new URL(address).host;
    this.#kill = kill;
  }

  /** `env` says which store. */
  static async start(env: Readonly<Record<string, string | undefined>>): Promise<Remote> {
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, APARTE_PORT: '0', APARTE_CLIENT: '/nowhere' },
        ...{
          APARTE_ADDRESS_LIMIT: manyRequests,
          APARTE_IDENTITY_LIMIT: manyRequests,
          APARTE_LOG_LEVEL: 'silent',
        },
        ...{
          LIVEKIT_URL: 'http://127.0.0.1:1',
          LIVEKIT_API_KEY: 'test-key',
          LIVEKIT_API_SECRET: 'x'.repeat(32),
        },
        ...env,
      },
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit') as Promise<[number | null]>;
    const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
    const [address] = await Promise.race([line, exited]);
    if (typeof address !== 'string') throw new Error('the service did not start');
    return new Remote(address, async () => {
      child.kill('SIGKILL');
      await exited;
    });
  }

  /** SIGKILL; what is being asked rejects. */
  kill(): Promise<void> {
    return this.#kill();
  }

  async ask<T = unknown>(method: Method, url: string, { by, body, headers }: Asked = {}): Promise<Answer<T>> {
    const response = await fetch(`${this.address}${url}`, {
      method,
      headers: {
        ...(by ? { authorization: `Bearer ${by.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('application/json');
    const parsed = (isJson ? JSON.parse(text) : text) as T;
    return { status: response.status, body: parsed, headers: Object.fromEntries(response.headers) };
  }
}
