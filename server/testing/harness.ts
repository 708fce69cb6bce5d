// The whole service over a real store of its own (stores.ts), with a clock and a media server that the test holds. `restart` closes
// everything and opens the same store again.
import { setImmediate } from 'node:timers/promises';
import { buildApp, type App } from '../app.ts';
import { loadConfig, type Config } from '../config.ts';
import { createSfu } from '../livekit/room-service.ts';
import type { GroupLimits, Store } from '../store/store.ts';
import { createMemorySfu, type MemorySfu } from './memory-sfu.ts';
import { createPerson, draftGroup, memberRecord, sessionProof, type Draft, type Person } from './people.ts';
import { createTestStore, type TestStore } from './stores.ts';

/** What a route answered. `body` is parsed JSON, or the text. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Readonly<Record<string, number | string | string[] | undefined>>;
}

export interface Asked {
  readonly by?: Person | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HarnessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Speaks to the LiveKit of `env` instead of the one in memory. */
  readonly hasRealSfu?: boolean;
  readonly groupLimits?: GroupLimits;
  /** Another service on the same store and media server; closed before it. */
  readonly beside?: Harness;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string };
}

export const testEnv = {
  LIVEKIT_URL: 'http://127.0.0.1:1',
  LIVEKIT_API_KEY: 'test-key',
  LIVEKIT_API_SECRET: 'a secret of at least thirty-two characters',
  APARTE_LOG_LEVEL: 'debug',
  APARTE_CLIENT: '/nowhere',
  APARTE_PORT: '0',
};

export class Harness {
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
    this.testStore = testStore;
    this.#options = options;
    this.memorySfu = options.beside?.memorySfu ?? createMemorySfu();
  }

  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(options.beside?.testStore ?? (await createTestStore()), options);
    await harness.open();
    return harness;
  }

  async open(): Promise<void> {
    const { folder, databaseUrl } = this.testStore;
    const where = { APARTE_DATA: folder, DATABASE_URL: databaseUrl };
    this.config = loadConfig({ ...testEnv, ...where, ...this.#options.env });
    this.store = await this.testStore.open();
    const { groupLimits, hasRealSfu } = this.#options;
    this.app = await buildApp(this.config, {
      store: this.store,
      sfu: hasRealSfu ? createSfu(this.config) : this.memorySfu,
      now: () => this.nowMs,
      logStream: { write: (line) => this.logLines.push(line) },
      ...(groupLimits ? { groupLimits } : {}),
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

  /** Asks and gives the error code, or the status if it was no error. */
  async refusal(method: Method, url: string, asked: Asked = {}): Promise<string> {
    const { status, body } = await this.ask<ErrorAnswer | null>(method, url, asked);
    return body && typeof body === 'object' && 'error' in body ? body.error.code : String(status);
  }

  /** A person with a session. */
  async person(name: string): Promise<Person> {
    const person = await createPerson(name);
    await this.login(person);
    return person;
  }

  async login(person: Person): Promise<void> {
    const { status, body } = await this.ask<{ challenge: string }>('POST', '/api/sessions/challenge', {
      body: { identity: person.identity },
    });
    if (status !== 201) throw new Error(`no challenge: ${JSON.stringify(body)}`);
    const signature = await sessionProof(person, 'localhost:80', body.challenge);
    const session = await this.ask<{ token: string }>('POST', '/api/sessions', {
      body: { identity: person.identity, challenge: body.challenge, signature },
    });
    person.token = session.body.token;
  }

  /** A group of `owner`, with the others in it. */
  async group(owner: Person, ...others: readonly Person[]): Promise<Draft> {
    const draft = draftGroup(owner);
    const member = await memberRecord(owner, draft);
    const { status } = await this.ask('POST', '/api/groups', { by: owner, body: { ...draft, member } });
    if (status !== 201) throw new Error(`the group was not created: ${status}`);
    for (const other of others) await this.enter(other, draft);
    return draft;
  }

  async enter(person: Person, { groupId, door, secretVersion }: Draft): Promise<Answer> {
    const member = await memberRecord(person, { groupId, secretVersion });
    return this.ask('POST', `/api/groups/${groupId}/members`, { by: person, body: { door, member } });
  }

  /** Takes a place in the group's call, and connects to the media server in memory. */
  async join(person: Person, { groupId }: Pick<Draft, 'groupId'>): Promise<Ticket> {
    const { status, body } = await this.ask<Ticket>('POST', `/api/groups/${groupId}/call`, {
      by: person,
      body: {},
    });
    if (status !== 200) throw new Error(`the call was not joined: ${status}`);
    this.memorySfu.enter(body.callId, body.livekit.identity);
    return body;
  }
}

export interface Page {
  readonly generation: number;
  readonly epoch: number;
  readonly position: number;
  readonly entries: readonly {
    position: number;
    kind: string;
    generation: number;
    epoch: number;
    message: string;
    welcome: string | null;
  }[];
  readonly groupInfo: string | null;
  readonly participants: readonly { identity: string; livekitIdentity: string; state: string }[];
  readonly participantsVersion: number;
  readonly participantsSince: number | null;
  readonly requests: readonly { livekitIdentity: string; message: string }[] | null;
  readonly requestsVersion: number;
}

export interface Ticket {
  readonly callId: string;
  readonly startedAtMs: number;
  readonly livekit: {
    readonly url: string;
    readonly token: string;
    readonly identity: string;
    readonly room: string;
  };
  readonly page: Page;
}
