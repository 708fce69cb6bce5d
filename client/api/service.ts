// The service's routes as methods (docs/service.md), with bytes instead of base64url. Groups, calls and the delivery log
// call this; http.ts does the travelling, session.ts the proving.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import * as v from 'valibot';
import {
  groupProfileBody,
  memberBody,
  profileBody,
  rotationBody,
  type NewChange,
  type NewGroup,
  type NewMember,
  type NewProfile,
} from './bodies.ts';
import { Deletions } from './deletion.ts';
import { ApiError } from './errors.ts';
import { followEvents, type EventListeners, type EventsHandle } from './events.ts';
import { send, type AnySchema, type Line } from './http.ts';
import { Invites } from './invites.ts';
import { Knocks, type KnockStatus } from './knocks.ts';
import * as schemas from './schemas.ts';
import { Session, type SessionParts } from './session.ts';

/** How much longer than the service's own waiting time a long poll may take. */
const pollGraceMs = 10_000;

export interface LogQuery {
  /** Position after which entries are wanted. */
  readonly after: number;
  /** The participants' version that is known; null: answer at once. */
  readonly seen: number | null;
  readonly waitMs: number;
  /** Asks for the GroupInfo as well, which a joiner needs. */
  readonly withGroupInfo?: boolean;
  /** Asks for the entries' Welcomes, which only a joiner needs. */
  readonly withWelcomes?: boolean;
  /** The join requests' version that is known; null, and by default: they are not followed. */
  readonly requestsSeen?: number | null;
  readonly signal?: AbortSignal;
}

export interface NewEntry {
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  readonly epoch: bigint;
  readonly message: Bytes;
  readonly groupInfo: Bytes;
  /** With a commit that adds somebody: what brings them in, and their LiveKit identities (D7). */
  readonly welcome?: { readonly message: Bytes; readonly to: readonly string[] } | null;
  /** Position up to which the caller knows the log. */
  readonly after: number;
}

/** A place of ours in a call. */
export interface PlaceOf {
  readonly callId: Bytes;
  readonly livekitIdentity: string;
}

/** The log took the entry, or somebody else was first and this is what was missed (D2). */
export type AppendOutcome =
  | { readonly isAccepted: true; readonly position: number }
  | { readonly isAccepted: false; readonly page: schemas.LogPage };

/** All that the client asks of the service. Every method throws `ApiError`. */
export class Service {
  readonly #line: Line;
  readonly #session: Session;
  readonly knocks: Knocks;
  readonly invites: Invites;
  readonly deletions: Deletions;

  constructor(parts: SessionParts) {
    this.#line = parts.line;
    this.#session = new Session(parts);
    this.knocks = new Knocks(this.#session);
    this.invites = new Invites(this.#session);
    this.deletions = new Deletions(this.#session);
  }

  /** Begins the session that the first request will want. What goes wrong shows there. */
  greet(): void {
    void this.#session.token().catch(() => undefined);
  }

  createGroup(group: NewGroup): Promise<schemas.GroupPage> {
    const { groupId, nonce, secretVersion, door, sealedName, member } = group;
    const body = {
      groupId: toBase64url(groupId),
      nonce: toBase64url(nonce),
      secretVersion,
      door: toBase64url(door),
      sealedName: toBase64url(sealedName),
      member: memberBody(member),
    };
    return this.#post('/api/groups', body, schemas.groupSchema);
  }

  previewGroup(groupId: Bytes, door: Bytes): Promise<schemas.GroupPreview> {
    return this.#session.send({
      method: 'POST',
      path: `${groupPath(groupId)}/preview`,
      body: { door: toBase64url(door) },
      answer: schemas.previewSchema,
      isRead: true,
    });
  }

  /** `entries`: a `return` of who left under this very secret (G10), or none. A status where somebody has to let us in (G15). */
  joinGroup(
    groupId: Bytes,
    door: Bytes,
    given: { readonly member: NewMember; readonly entries: readonly Bytes[] },
  ): Promise<schemas.GroupPage | KnockStatus> {
    const { member, entries } = given;
    const body = { door: toBase64url(door), member: memberBody(member), entries: entries.map(toBase64url) };
    return this.#post(`${groupPath(groupId)}/members`, body, schemas.joinedSchema);
  }

  /** `seen`: the version whose members are known; then there are none in the answer if it is still the present one. */
  group(groupId: Bytes, seen: number | null = null): Promise<schemas.GroupPage> {
    return this.#session.send({
      method: 'GET',
      path: groupPath(groupId) + (seen === null ? '' : `?seen=${seen}`),
      answer: schemas.groupSchema,
      isRead: true,
    });
  }

  /** The page of members after one. */
  members(groupId: Bytes, after: Bytes): Promise<schemas.MembersPage> {
    return this.#session.send({
      method: 'GET',
      path: `${groupPath(groupId)}/members?after=${toBase64url(after)}`,
      answer: schemas.membersPageSchema,
      isRead: true,
    });
  }

  /** The changes after `after` (G8), shown to members, or to who has the door. */
  history(groupId: Bytes, after: number, door: Bytes | null = null): Promise<schemas.HistoryPage> {
    const path = `${groupPath(groupId)}/history`;
    const answer = schemas.historyPageSchema;
    if (door === null)
      return this.#session.send({ method: 'GET', path: `${path}?after=${after}`, answer, isRead: true });
    const body = { door: toBase64url(door), after };
    return this.#session.send({ method: 'POST', path: `${path}/read`, body, answer, isRead: true });
  }

  /** Appends changes after exactly `after`; 409 `history_conflict` where somebody else was first. Answers the version they lead to. */
  async changeGroup(groupId: Bytes, change: NewChange): Promise<number> {
    const { after, entries, rotation, profile } = change;
    const body = {
      after,
      entries: entries.map(toBase64url),
      rotation: rotation && rotationBody(rotation),
      ...(profile && { profile: groupProfileBody(profile) }),
    };
    const { version } = await this.#post(`${groupPath(groupId)}/history`, body, schemas.historyTakenSchema);
    return version;
  }

  /** How I am called and look in a group from now on (G18); 409 `profile_outdated` where a later one is there. The same may be sent again. */
  async setProfile(groupId: Bytes, profile: NewProfile): Promise<void> {
    const path = `${groupPath(groupId)}/profile`;
    await this.#session.send({
      method: 'PUT',
      path,
      body: profileBody(profile),
      answer: null,
      isRepeatable: true,
    });
  }

  /** A sealed picture by its hash; 404 `not_found` where nobody shows it now. */
  async picture(groupId: Bytes, hash: Bytes): Promise<Bytes> {
    const path = `${groupPath(groupId)}/pictures/${toBase64url(hash)}`;
    const answer = schemas.pictureSchema;
    return (await this.#session.send({ method: 'GET', path, answer, isRead: true })).picture;
  }

  /** What leads from the secret of version `after` to the one in force (G13, G14): a page of it, with keys of before `before`. */
  rotations(
    groupId: Bytes,
    { after, before }: { readonly after: number; readonly before: number | null },
  ): Promise<schemas.Rotations> {
    const page = before === null ? '' : `&before=${before}`;
    return this.#session.send({
      method: 'GET',
      path: `${groupPath(groupId)}/rotations?after=${after}${page}`,
      answer: schemas.rotationsSchema,
      isRead: true,
    });
  }

  /**
   * Starts the voice chat or joins it: a place, a LiveKit token and the state of the log. `placeId`: 16 random bytes for each place that is
   * wanted; 409 `place_ended` where the place that it took is over.
   */
  enterCall(groupId: Bytes, placeId: Bytes): Promise<schemas.JoinTicket> {
    const body = { placeId: toBase64url(placeId) };
    return this.#post(`${groupPath(groupId)}/call`, body, schemas.joinTicketSchema);
  }

  /** A new LiveKit token for the place we hold. */
  async renewToken(callId: Bytes, livekitIdentity: string): Promise<schemas.LivekitTicket> {
    const answer = await this.#post(`${callPath(callId)}/token`, { livekitIdentity }, schemas.tokenSchema);
    return answer.livekit;
  }

  leaveCall(callId: Bytes, livekitIdentity: string): Promise<void> {
    return this.#post(`${callPath(callId)}/leave`, { livekitIdentity }, null);
  }

  /** Ends the places of others, who are below me (C17). */
  takeOut(callId: Bytes, livekitIdentities: readonly string[]): Promise<void> {
    return this.#post(`${callPath(callId)}/removals`, { livekitIdentities }, null);
  }

  /** Gives the place back while the page goes away: nothing to wait for, nobody to tell. */
  leaveCallAtOnce(callId: Bytes, livekitIdentity: string): void {
    const token = this.#session.tokenNow;
    if (token === null) return;
    const path = `${callPath(callId)}/leave`;
    send(this.#line, {
      method: 'POST',
      path,
      body: { livekitIdentity },
      answer: null,
      token,
      keepalive: true,
    }).catch(() => undefined);
  }

  readLog(callId: Bytes, query: LogQuery): Promise<schemas.LogPage> {
    const { after, seen, waitMs, requestsSeen = null, signal } = query;
    const known = seen === null ? '' : `&seen=${seen}`;
    const follows = requestsSeen === null ? '' : `&requestsSeen=${requestsSeen}`;
    const more = (query.withGroupInfo ? '&groupInfo=1' : '') + (query.withWelcomes ? '&welcomes=1' : '');
    return this.#session.send({
      method: 'GET',
      path: `${callPath(callId)}/log?after=${after}${known}&waitMs=${waitMs}${follows}${more}`,
      answer: schemas.logPageSchema,
      timeoutMs: waitMs + pollGraceMs,
      signal,
    });
  }

  /** Offers an entry to the log (D2, D3). Losing the race is an outcome, not an error. */
  async append(callId: Bytes, entry: NewEntry): Promise<AppendOutcome> {
    const { kind, generation, epoch, message, groupInfo, welcome, after } = entry;
    const body = {
      ...{ kind, generation, epoch: Number(epoch), after },
      message: toBase64url(message),
      groupInfo: toBase64url(groupInfo),
      ...(welcome && { welcome: { message: toBase64url(welcome.message), to: welcome.to } }),
    };
    try {
      // Not sent again here: the session offers it until the log answers, and shows that the line is down.
      const path = `${callPath(callId)}/log`;
      const answer = schemas.appendedSchema;
      const { position } = await this.#session.send({ method: 'POST', path, body, answer });
      return { isAccepted: true, position };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      const lost = v.safeParse(schemas.lostRaceSchema, error.body);
      if (!lost.success) throw error;
      return { isAccepted: false, page: lost.output.page };
    }
  }

  /** Opens the join request of our place, in place of its last one (D6). Only for the current generation: else 409 `epoch_conflict`. */
  async openRequest(place: PlaceOf, request: { generation: number; message: Bytes }): Promise<void> {
    const body = { generation: request.generation, message: toBase64url(request.message) };
    await this.#session.send({ method: 'PUT', path: requestPath(place), body, answer: null });
  }

  /** Withdraws it; fine if there is none. */
  async withdrawRequest(place: PlaceOf): Promise<void> {
    await this.#session.send({ method: 'DELETE', path: requestPath(place), answer: null });
  }

  followEvents(listeners: EventListeners): EventsHandle {
    return followEvents(this.#line, this.#session, listeners);
  }

  #post<S extends AnySchema | null>(path: string, body: object, answer: S) {
    return this.#session.send({ method: 'POST', path, body, answer, isRepeatable: true });
  }
}

const groupPath = (groupId: Bytes) => `/api/groups/${toBase64url(groupId)}`;
const callPath = (callId: Bytes) => `/api/calls/${toBase64url(callId)}`;
const requestPath = ({ callId, livekitIdentity }: PlaceOf) =>
  `${callPath(callId)}/requests/${livekitIdentity}`;
