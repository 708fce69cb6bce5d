// Asks a service as a client does, and what people do first: sessions, groups, calls. harness.ts asks inside this process, remote.ts a
// process of its own.
import { fromBase64url } from '../../crypto/bytes.ts';
import {
  foldHistory,
  genesisState,
  parseEntry,
  type Action,
  type GroupState,
} from '../../crypto/group/history/index.ts';
import { departure, draftChange, removalOf, type DraftedChange } from './changes.ts';
import {
  createPerson,
  draftGroup,
  memberRecord,
  randomText,
  sessionProof,
  type Draft,
  type Person,
} from './people.ts';

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

/** What to change of a group. */
export type Changes = readonly Action[] | 'rotation';

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

  async enter(
    person: Person,
    { groupId, door, secretVersion }: Pick<Draft, 'groupId' | 'door' | 'secretVersion'>,
    entries: readonly string[] = [],
  ): Promise<Answer> {
    const member = await memberRecord(person, { groupId, secretVersion });
    return this.ask('POST', `/api/groups/${groupId}/members`, {
      by: person,
      body: { door, member, entries },
    });
  }

  /** What a member makes of the group's whole history. */
  async state(by: Person, { groupId }: Pick<Draft, 'groupId'>): Promise<GroupState> {
    const group = await this.ask<Record<'owner' | 'nonce', string>>('GET', `/api/groups/${groupId}`, { by });
    if (group.status !== 200) throw new Error(`the group was not shown: ${group.status}`);
    const { owner, nonce } = group.body;
    const genesis = { owner: fromBase64url(owner), nonce: fromBase64url(nonce) };
    let state = genesisState({ groupId: fromBase64url(groupId), ...genesis });
    for (;;) {
      const url = `/api/groups/${groupId}/history?after=${state.version}`;
      const { body } = await this.ask<{ version: number; entries: string[] }>('GET', url, { by });
      state = await foldHistory(
        state,
        body.entries.map((entry) => parseEntry(fromBase64url(entry))),
      );
      if (state.version >= body.version) return state;
    }
  }

  /** Drafts changes after the group's present state, with shares for its present members; or a rotation alone. */
  async drafted(by: Person, group: Pick<Draft, 'groupId'>, wish: Changes): Promise<DraftedChange> {
    const url = `/api/groups/${group.groupId}`;
    const { body } = await this.ask<{ members: { identity: string }[] }>('GET', url, { by });
    const members = body.members.map(({ identity }) => identity);
    const given = wish === 'rotation' ? { actions: [], rotates: true } : { actions: wish };
    return draftChange(by, await this.state(by, group), { ...given, members });
  }

  /** Makes changes; gives the group as who has its present link knows it. */
  async change(by: Person, group: Draft, wish: Changes): Promise<Draft> {
    const { body, door, state } = await this.drafted(by, group, wish);
    const answer = await this.ask('POST', `/api/groups/${group.groupId}/history`, { by, body });
    if (answer.status !== 201) throw new Error(`the group was not changed: ${JSON.stringify(answer.body)}`);
    return { ...group, door: door ?? group.door, secretVersion: state.secretVersion };
  }

  /** Removes somebody, with the rotation that goes with it. */
  remove(by: Person, group: Draft, who: Person): Promise<Draft> {
    return this.change(by, group, [removalOf(who)]);
  }

  /** Leaves the group. */
  depart(by: Person, group: Draft): Promise<Draft> {
    return this.change(by, group, [departure]);
  }

  /** Takes a place in the group's call. */
  async join(person: Person, { groupId }: Pick<Draft, 'groupId'>): Promise<Ticket> {
    const { status, body } = await this.ask<Ticket>('POST', `/api/groups/${groupId}/call`, {
      by: person,
      body: { placeId: randomText(16) },
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
  readonly secretVersion: number;
  readonly livekit: {
    readonly url: string;
    readonly token: string;
    readonly identity: string;
    readonly room: string;
  };
  readonly page: Page;
}
