// A service in a process of its own (service-process.ts), asked over HTTP. It ends when told to, at once and without a goodbye, and with us.
import { Asker, type Answer, type Asked, type Method } from './asker.ts';
import { startListening, type Listening } from './listening.ts';

const script = new URL('./service-process.ts', import.meta.url);
const manyRequests = String(2 ** 31 - 1);

export class Remote extends Asker {
  readonly address: string;
  readonly pid: number;
  protected readonly audience: string;
  readonly #process: Listening;

  private constructor(process: Listening) {
    super();
    this.address = process.address;
    this.pid = process.pid;
    this.audience = new URL(this.address).host;
    this.#process = process;
  }

  /** `env` says which store. */
  static async start(env: Readonly<Record<string, string | undefined>>): Promise<Remote> {
    return new Remote(
      await startListening(script, {
        ...{ APARTE_PORT: '0', APARTE_CLIENT: '/nowhere', APARTE_LOG_LEVEL: 'silent' },
        ...{ APARTE_ADDRESS_LIMIT: manyRequests, APARTE_IDENTITY_LIMIT: manyRequests },
        ...{ LIVEKIT_URL: 'http://127.0.0.1:1', LIVEKIT_API_KEY: 'test-key' },
        LIVEKIT_API_SECRET: 'x'.repeat(32),
        ...env,
      }),
    );
  }

  /** SIGKILL; what is being asked rejects. */
  kill(): Promise<void> {
    return this.#process.kill();
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
