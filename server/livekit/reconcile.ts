// Keeps places and LiveKit in step (L3, L4): looks at every running call every few seconds, and at once when a webhook
// hints at a change. What a look means is `calls/places.ts`; applying it is the store's. LiveKit being down is no event:
// nobody is blamed for what could not be seen, and everybody gets time to come back once it can.
import type { FastifyBaseLogger } from 'fastify';
import { awayMs, decide, isQuiet } from '../calls/places.ts';
import type { Store } from '../store/store.ts';
import type { Sfu } from './sfu.ts';

export const sweepMs = 2_000;
/** A hint is followed after this long: one join alone gives three, and who joins is in more of a hurry than what they say of it. */
const hintMs = 200;
/** After the start and after LiveKit was away, for this long no deadline ends a place. */
const patienceMs = awayMs;
/** How long an ended call is remembered, so that late requests get `call_ended`. */
const rememberEndedMs = 60 * 60_000;

export interface ReconcilerParts {
  readonly store: Store;
  readonly sfu: Sfu;
  readonly now: () => number;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
  readonly count: (event: 'removed_from_livekit' | 'sweep_failed') => void;
  /** Told after places of a call changed. */
  readonly changed: (call: { readonly callId: string; readonly groupId: string }) => void;
}

export class Reconciler {
  readonly #parts: ReconcilerParts;
  #timer: NodeJS.Timeout | undefined;
  #hint: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isDue = false;
  #isReachable = true;
  #patientUntilMs: number;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#patientUntilMs = parts.now() + patienceMs;
  }

  /** Sweeps from now on, every `sweepMs`. */
  start(): void {
    this.#timer = setInterval(() => {
      void this.sweep();
    }, sweepMs);
  }

  /** Resolves when the sweep under way is over; there is none after it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#hint);
    await this.#running;
  }

  /** Something may have changed: a sweep soon, one for all hints until then. */
  hint(): void {
    if (this.#isStopped) return;
    this.#hint ??= setTimeout(() => {
      this.#hint = undefined;
      void this.sweep();
    }, hintMs);
  }

  /** One look at everything. Sweeps never overlap; a wish during a sweep is met by one more right after it. */
  sweep(): Promise<void> {
    if (!this.#isDue && !this.#isStopped) {
      this.#isDue = true;
      this.#running = this.#running.then(async () => {
        this.#isDue = false;
        if (!this.#isStopped) await this.#sweepOnce();
      });
    }
    return this.#running;
  }

  async #sweepOnce(): Promise<void> {
    const { store, sfu, log, now, count } = this.#parts;
    try {
      const { live, undeleted } = await store.calls.open();
      const rooms = await sfu.listRooms(live.map((call) => call.callId));
      for (const call of live) await this.#look(call, rooms.has(call.callId));
      for (const callId of undeleted) {
        await sfu.deleteRoom(callId);
        await store.calls.markRoomDeleted(callId);
      }
      await store.calls.prune(now() - rememberEndedMs);
      if (!this.#isReachable) log.info('LiveKit can be reached again');
      this.#isReachable = true;
    } catch (err) {
      count('sweep_failed');
      this.#patientUntilMs = now() + patienceMs;
      if (this.#isReachable) log.warn({ err }, 'LiveKit or the store cannot be reached; trying again');
      this.#isReachable = false;
    }
  }

  /** LiveKit first, places second: whoever is in LiveKit rightly took their place before. */
  async #look(
    call: { readonly callId: string; readonly groupId: string },
    roomExists: boolean,
  ): Promise<void> {
    const { store, sfu, now, changed } = this.#parts;
    const livekitIdentities = roomExists ? await sfu.listParticipants(call.callId) : [];
    const nowMs = now();
    const decision = decide(
      await store.calls.places(call.callId),
      { roomExists, livekitIdentities },
      {
        nowMs,
        isPatient: nowMs < this.#patientUntilMs,
      },
    );
    if (!isQuiet(decision)) {
      const applied = await store.calls.applyChanges(call.callId, decision.changes, nowMs);
      if (applied.changed) changed(call);
      if (applied.ended) return; // its room is deleted by the end of this sweep or by the next
    }
    if (!roomExists) await sfu.createRoom(call.callId); // so that clients that reconnect by themselves find it
    for (const identity of decision.intruders) await this.#remove(call.callId, identity);
  }

  async #remove(callId: string, livekitIdentity: string): Promise<void> {
    await this.#parts.sfu.removeParticipant(callId, livekitIdentity);
    this.#parts.count('removed_from_livekit');
  }
}
