// Asks a service as a client does, and what people do first: sessions, groups, calls. harness.ts asks inside this process, remote.ts a
// process of its own.
import { createPerson, draftGroup, memberRecord, sessionProof, type Draft, type Person } from './people.ts';

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

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string };
}

export abstract class Asker {
  /** The host that session proofs are for (T3). */
  protected abstract readonly audience: string;

  /** Asks a route. `by` sends that person's token. */
  abstract ask<T = unknown>(method: Method, url: string, asked?: Asked): Promise<Answer<T>>;

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
    const signature = await sessionProof(person, this.audience, body.challenge);
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

  /** Takes a place in the group's call. */
  async join(person: Person, { groupId }: Pick<Draft, 'groupId'>): Promise<Ticket> {
    const { status, body } = await this.ask<Ticket>('POST', `/api/groups/${groupId}/call`, {
      by: person,
      body: {},
    });
    if (status !== 200) throw new Error(`the call was not joined: ${status}`);
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
