// The whole service over a real store of its own (stores.ts), with a clock and a media server that the test holds. `restart` closes
// everything and opens the same store again.
import { setImmediate } from 'node:timers/promises';
import { buildApp, type App } from '../app.ts';
import { loadConfig, type Config } from '../config.ts';
import { createSfu } from '../livekit/room-service.ts';
import type { GroupLimits, KnockLimits, Store } from '../store/store.ts';
import { Asker, type Answer, type Asked, type Method, type Ticket } from './asker.ts';
import { createMemorySfu, type MemorySfu } from './memory-sfu.ts';
import type { Draft, Person } from './people.ts';
import { createTestStore, type StoreOptions, type TestStore } from './stores.ts';

export type { Answer, ErrorAnswer, Page, Ticket } from './asker.ts';

export interface HarnessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Speaks to the LiveKit of `env` instead of the one in memory. */
  readonly hasRealSfu?: boolean;
  readonly groupLimits?: GroupLimits;
  readonly knockLimits?: KnockLimits & { readonly perAddress: number };
  /** Another service on the same store and media server; closed before it. */
  readonly beside?: Harness;
}

export const testEnv = {
  LIVEKIT_URL: 'http://127.0.0.1:1',
  LIVEKIT_API_KEY: 'test-key',
  LIVEKIT_API_SECRET: 'a secret of at least thirty-two characters',
  APARTE_LOG_LEVEL: 'debug',
  APARTE_CLIENT: '/nowhere',
  APARTE_PORT: '0',
};

export class Harness extends Asker {
  protected readonly audience = 'localhost:80';
  readonly testStore: TestStore;
  readonly logLines: string[] = [];
  readonly memorySfu: MemorySfu;
  /** Milliseconds since 1970; only the test moves it. */
  nowMs = 1_800_000_000_000;
  app!: App;
  store!: Store;
  config!: Config;
  readonly #options: HarnessOptions;

  private constructor(testStore: TestStore, options: HarnessOptions) {
    super();
    this.testStore = testStore;
    this.#options = options;
    this.memorySfu = options.beside?.memorySfu ?? createMemorySfu();
  }

  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(options.beside?.testStore ?? (await createTestStore()), options);
    await harness.open();
    return harness;
  }

  async open(storeOptions: StoreOptions = {}): Promise<void> {
    const { folder, databaseUrl } = this.testStore;
    const where = { APARTE_DATA: folder, DATABASE_URL: databaseUrl };
    this.config = loadConfig({ ...testEnv, ...where, ...this.#options.env });
    this.store = await this.testStore.open(storeOptions);
    const { groupLimits, knockLimits, hasRealSfu } = this.#options;
    this.app = await buildApp(this.config, {
      store: this.store,
      sfu: hasRealSfu ? createSfu(this.config) : this.memorySfu,
      now: () => this.nowMs,
      logStream: { write: (line) => this.logLines.push(line) },
      ...(groupLimits ? { groupLimits } : {}),
      ...(knockLimits ? { knockLimits } : {}),
    });
    await this.app.ready();
  }

  async shut(): Promise<void> {
    await this.app.close();
    await this.store.close();
  }

  async restart(): Promise<void> {
    await this.shut();
    await this.open();
  }

  async close(): Promise<void> {
    await this.shut();
    if (!this.#options.beside) await this.testStore.remove();
  }

  /** Asks a route. `by` sends that person's token. */
  async ask<T = unknown>(method: Method, url: string, { by, body, headers }: Asked = {}): Promise<Answer<T>> {
    const response = await this.app.inject({
      method,
      url,
      headers: { ...(by ? { authorization: `Bearer ${by.token}` } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    await setImmediate(); // injected requests never leave the microtasks: without a turn of the loop they look like overload
    const isJson = String(response.headers['content-type']).includes('application/json');
    const parsed = (isJson ? JSON.parse(response.body) : response.body) as T;
    return { status: response.statusCode, body: parsed, headers: response.headers };
  }

  /** Takes a place in the group's call, and connects to the media server in memory. */
  override async join(person: Person, group: Pick<Draft, 'groupId'>): Promise<Ticket> {
    const ticket = await super.join(person, group);
    this.memorySfu.enter(ticket.callId, ticket.livekit.identity);
    return ticket;
  }
}
