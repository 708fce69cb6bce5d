// The live state of groups for their members, as server-sent events: the hub that knows who listens, and what is sent.
// What is sent is always read from the store at that moment, one read a group at a time, so that a listener never sees
// an older state after a newer one. `events-route.ts` opens the streams.
import type { FastifyBaseLogger } from 'fastify';
import { setTimeout as pause } from 'node:timers/promises';
import { everyParticipant, ParticipantHistory, type ShownParticipants } from '../calls/participants.ts';
import { AppError } from '../errors.ts';
import type { Caller } from '../sessions/service.ts';
import type { CallView, Store } from '../store/store.ts';
import type { CallSummaryShape } from './schema.ts';
import { isAdmin } from './standing.ts';

/** Open streams of one identity: a few tabs, and one that the network forgot. */
export const streamsPerIdentity = 12;

/** From a change to its event: one who joins makes several, and is in more of a hurry than those who are told. */
const gatherMs = 100;
/** Time between two events of one group for each of its listeners: an event to two hundred is worth waiting a second for. */
const restMsPerStream = 5;
const longestRestMs = 2_000;

/** One open connection. */
export interface Stream {
  readonly caller: Caller;
  /** Writes one event; gives up on a listener that does not read. */
  write(text: string): void;
  close(): void;
}

/** A call at a glance, with everybody in it if nothing else is given; null if none runs. */
export function summaryOf(call: CallView | null, shown?: ShownParticipants): CallSummaryShape | null {
  if (!call) return null;
  return { callId: call.callId, startedAtMs: call.startedAtMs, ...(shown ?? everyParticipant(call)) };
}

export class EventHub {
  readonly #store: Store;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #streams = new Map<string, Set<Stream>>();
  /** Work on one group, in order. */
  readonly #queues = new Map<string, Promise<void>>();
  /** Groups with a broadcast that has not begun to read yet. */
  readonly #due = new Set<string>();
  readonly #dueKnocks = new Set<string>();
  /** Until when a group rests from its last broadcast. */
  readonly #resting = new Map<string, Promise<void>>();
  readonly #history = new ParticipantHistory();
  /** What each stream was told of a group's call: changes are told from there on. */
  readonly #told = new WeakMap<Stream, Map<string, { readonly callId: string; readonly version: number }>>();
  #isClosed = false;

  constructor(store: Store, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#store = store;
    this.#log = log;
  }

  get streamCount(): number {
    let count = 0;
    for (const streams of this.#streams.values()) count += streams.size;
    return count;
  }

  /** Throws `too_many_streams` if the identity has as many as it can have, `stopping` after `close`. */
  assertRoom(identity: string): void {
    if (this.#isClosed) throw new AppError('stopping');
    if ((this.#streams.get(identity)?.size ?? 0) >= streamsPerIdentity) {
      throw new AppError('too_many_streams', { retryAfterSeconds: 15 });
    }
  }

  /** Adds a stream and sends it every group of its caller. Gives the way to take it away again. */
  add(stream: Stream): () => void {
    const { identity } = stream.caller;
    const streams = this.#streams.get(identity) ?? new Set();
    this.#streams.set(identity, streams.add(stream));
    void this.#sendAll(stream);
    return () => {
      streams.delete(stream);
      if (streams.size === 0 && this.#streams.get(identity) === streams) this.#streams.delete(identity);
    };
  }

  /** A group or its call changed: tells all its members that listen, at every service. Many changes at once become one event. */
  changed(groupId: string): void {
    this.#store.neighbours.tell({ what: 'group', groupId });
    this.changedElsewhere(groupId);
  }

  /** The same, where another service said so. */
  changedElsewhere(groupId: string): void {
    if (this.#due.has(groupId)) return;
    this.#due.add(groupId);
    const gathered = pause(gatherMs, undefined, { ref: false });
    void Promise.all([gathered, this.#resting.get(groupId)]).then(() => {
      this.#enqueue(groupId, async () => {
        this.#due.delete(groupId);
        this.#rest(groupId, await this.#send(groupId));
      });
    });
  }

  /** An identity is no longer a member. */
  gone(groupId: string, identity: string): void {
    this.#store.neighbours.tell({ what: 'gone', groupId, identity });
    this.goneElsewhere(groupId, identity);
  }

  goneElsewhere(groupId: string, identity: string): void {
    this.#enqueue(groupId, () => {
      this.#write(identity, event('gone', { groupId }));
      return Promise.resolve();
    });
  }

  /** Somebody came to wait at a group's door, or waits no more: its admins may look. Many at once become one event. */
  knocked(groupId: string): void {
    this.#store.neighbours.tell({ what: 'knock', groupId });
    this.knockedElsewhere(groupId);
  }

  knockedElsewhere(groupId: string): void {
    if (this.#dueKnocks.has(groupId)) return;
    this.#dueKnocks.add(groupId);
    void pause(gatherMs, undefined, { ref: false }).then(() => {
      this.#enqueue(groupId, async () => {
        this.#dueKnocks.delete(groupId);
        const group = await this.#store.groups.folded(groupId);
        if (!group) return;
        const admins = (await this.#store.groups.membersOf(groupId)).filter((one) => isAdmin(group, one));
        for (const identity of admins) this.#write(identity, event('knock', { groupId }));
      });
    });
  }

  /** What an identity waits for was answered: it may look. */
  answered(groupId: string, identity: string): void {
    this.#store.neighbours.tell({ what: 'answer', groupId, identity });
    this.answeredElsewhere(groupId, identity);
  }

  answeredElsewhere(groupId: string, identity: string): void {
    this.#write(identity, event('answer', { groupId }));
  }

  /** Ends the streams of one session. */
  closeSession(tokenHash: string): void {
    this.#store.neighbours.tell({ what: 'session', tokenHash });
    this.sessionElsewhere(tokenHash);
  }

  sessionElsewhere(tokenHash: string): void {
    for (const stream of this.#all()) if (stream.caller.tokenHash === tokenHash) stream.close();
  }

  /** Nobody knows what was missed: ends every stream, so that it begins anew with the present state, if its session still is one. */
  restart(): void {
    for (const stream of this.#all()) stream.close();
  }

  /** Ends everything, for ever. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#all()) stream.close();
  }

  #write(identity: string, text: string): void {
    for (const stream of this.#streams.get(identity) ?? []) stream.write(text);
  }

  #all(): Stream[] {
    return [...this.#streams.values()].flatMap((streams) => [...streams]);
  }

  async #sendAll(stream: Stream): Promise<void> {
    try {
      for (const groupId of await this.#store.groups.groupsOf(stream.caller.identity)) {
        this.#enqueue(groupId, async () => {
          await this.#send(groupId, stream);
        });
      }
    } catch (err) {
      this.#log.warn({ err }, 'an event stream could not begin');
      stream.close();
    }
  }

  #enqueue(groupId: string, work: () => Promise<void>): void {
    const before = this.#queues.get(groupId) ?? Promise.resolve();
    const job = before.then(work).catch((err: unknown) => {
      this.#log.warn({ err }, 'an event could not be sent');
    });
    this.#queues.set(groupId, job);
    void job.then(() => {
      if (this.#queues.get(groupId) === job) this.#queues.delete(groupId);
    });
  }

  #rest(groupId: string, streams: number): void {
    const rest = pause(Math.min(streams * restMsPerStream, longestRestMs), undefined, { ref: false });
    this.#resting.set(groupId, rest);
    void rest.then(() => {
      if (this.#resting.get(groupId) === rest) this.#resting.delete(groupId);
    });
  }

  /** Gives how many were told. */
  async #send(groupId: string, only?: Stream): Promise<number> {
    if (this.#isClosed || this.#streams.size === 0) return 0;
    const head = await this.#store.groups.head(groupId);
    if (!head) return 0;
    const call = await this.#store.calls.liveOf(groupId);
    const members = new Set(await this.#store.groups.membersOf(groupId));
    const streams = only
      ? [only]
      : [...members].flatMap((identity) => [...(this.#streams.get(identity) ?? [])]);
    const texts = new Map<number | null, string>();
    for (const stream of streams) {
      if (!members.has(stream.caller.identity)) continue;
      const known = this.#tell(stream, groupId, call);
      const shown = call ? this.#history.since(call, known) : undefined;
      const text =
        texts.get(known) ?? event('group', { groupId, version: head.version, call: summaryOf(call, shown) });
      texts.set(known, text);
      stream.write(text);
    }
    return streams.length;
  }

  /** Notes what a stream is told now; gives the version of the same call that it was told last. */
  #tell(stream: Stream, groupId: string, call: CallView | null): number | null {
    const told = this.#told.get(stream) ?? new Map<string, { callId: string; version: number }>();
    this.#told.set(stream, told);
    const last = told.get(groupId);
    if (call) told.set(groupId, { callId: call.callId, version: call.participantsVersion });
    else told.delete(groupId);
    return last !== undefined && last.callId === call?.callId ? last.version : null;
  }
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
