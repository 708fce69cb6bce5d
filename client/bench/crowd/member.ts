// A headless member: the client without screen and media. Identity, groups, events and a running CallSession over the real service,
// and a connection to LiveKit that keeps the place. Comes back into the call as client/state's live-call.ts does when the
// service gave the place away. members.ts runs many of them in a process.
import { fromBase64url, random, toHex } from '../../../crypto/bytes.ts';
import { decodeInvite, encodeInvite } from '../../../crypto/invite/index.ts';
import { systemClock } from '../../api/clock.ts';
import { ApiError } from '../../api/errors.ts';
import type { EventsHandle } from '../../api/events.ts';
import type { Line } from '../../api/http.ts';
import type { JoinTicket } from '../../api/schemas.ts';
import { Service } from '../../api/service.ts';
import { createCallSession, type CallSession } from '../../call/index.ts';
import type { CallEpoch, SessionEnd } from '../../call/types.ts';
import { openDevice, type Device } from '../../groups/device.ts';
import { Groups } from '../../groups/groups.ts';
import { GroupRoster } from '../../groups/roster.ts';
import { MemoryStore } from '../../testing/memory-store.ts';
import { nowMs } from './clock.ts';
import { nodeFetch } from './node-fetch.ts';
import { ParticipantPresence } from './participant.ts';
import type { Presence, PresenceKind, PresenceListeners } from './presence.ts';
import { SignalPresence } from './signal.ts';

/** A service that two hundred ask at once may not answer in time: a person taps again. */
const mostTaps = 5;

/** Where a member stands in the call. */
export interface Standing {
  readonly generation: number;
  readonly epoch: number;
  /** Hex, equal for all in one epoch. */
  readonly authenticator: string;
  readonly livekitIdentities: ReadonlySet<string>;
  /** When its keys were there, wall clock. */
  readonly atMs: number;
}

export interface MemberParts {
  readonly url: string;
  readonly presence: PresenceKind;
  /** Called after every new epoch and every move of the (imagined) sender. */
  readonly onChange: () => void;
}

export class HeadlessMember {
  readonly name: string;
  readonly #service: Service;
  readonly #groups: Groups;
  readonly #device: Device;
  readonly #onChange: () => void;
  readonly #presenceKind: PresenceKind;
  #groupId = '';
  #events: EventsHandle | null = null;
  #presence: Presence | null = null;
  #session: CallSession | null = null;
  #ticket: JoinTicket | null = null;
  #isIn = false;
  standing: Standing | null = null;
  /** When a sender here would have moved to an epoch (K4): wall clock by `generation/epoch`. */
  readonly switches = new Map<string, number>();
  /** Epochs entered so far. */
  epochCount = 0;
  /** How the session ended when nobody asked it to. */
  readonly ends: SessionEnd[] = [];
  restartCount = 0;

  private constructor(name: string, parts: MemberParts & { device: Device; store: MemoryStore }) {
    this.name = name;
    this.#device = parts.device;
    this.#onChange = parts.onChange;
    this.#presenceKind = parts.presence;
    const { device, store, url } = parts;
    const line: Line = {
      fetch: nodeFetch,
      baseUrl: url,
      clock: systemClock,
      random: Math.random,
    };
    this.#service = new Service({ line, identity: device.identity, audience: new URL(url).host });
    this.#groups = new Groups({ service: this.#service, store, device, clock: systemClock });
  }

  static async create(name: string, parts: MemberParts): Promise<HeadlessMember> {
    const store = new MemoryStore();
    return new HeadlessMember(name, { ...parts, store, device: await openDevice(store) });
  }

  get identity(): Uint8Array<ArrayBuffer> {
    return this.#device.identity.publicKey;
  }

  /** LiveKit identity of the place. */
  get livekitIdentity(): string {
    if (this.#ticket === null) throw new Error(`${this.name} has no place`);
    return this.#ticket.livekit.identity;
  }

  /** For a look at who does not get in. */
  get whereabouts(): string {
    const { standing } = this;
    const where =
      standing === null
        ? 'without keys'
        : `in ${standing.generation}/${standing.epoch} of ${standing.livekitIdentities.size}`;
    const place = this.#ticket?.livekit.identity ?? 'no place';
    return `${this.name} (${place}) ${where}; ended: ${this.ends.map(({ reason, code }) => `${reason} ${code}`).join(', ') || 'never'}`;
  }

  get isIn(): boolean {
    return this.#isIn;
  }

  get isInGroup(): boolean {
    return this.#groupId !== '';
  }

  /** Founds the group and gives what stands behind `#/join/` in its link. */
  async found(groupName: string): Promise<string> {
    const group = await this.#groups.create(this.name, groupName);
    this.#groupId = group.id;
    return encodeInvite(group.secret);
  }

  /** The same of now: a removal makes a new link. */
  get invite(): string {
    const group = this.#groups.get(this.#groupId);
    if (group === null) throw new Error(`${this.name} is not in the group`);
    return encodeInvite(group.secret);
  }

  async joinGroup(invite: string): Promise<void> {
    const group = await this.#groups.join(decodeInvite(invite), this.name);
    this.#groupId = group.id;
  }

  /** Follows the group as an open page does. */
  async follow(): Promise<void> {
    await this.#groups.refresh(this.#groupId);
    let known = this.#groups.get(this.#groupId)?.members;
    this.#groups.subscribe(() => {
      const members = this.#groups.get(this.#groupId)?.members;
      if (members !== known) this.#session?.wake();
      known = members;
    });
    this.#events = this.#service.followEvents({
      onGroup: (event) => void this.#groups.onEvent(event),
      onGone: (groupId) => this.#groups.onGone(groupId),
      onKnock: () => undefined,
      onAnswer: () => undefined,
      onConnected: (isConnected) => isConnected && this.#session?.wake(),
    });
  }

  /** The owner takes somebody out of the group for ever. */
  async removeFromGroup(person: string): Promise<void> {
    const identity = fromBase64url(person, 32);
    await this.#groups.change(this.#groupId, { kind: 'removal', identity, isBanned: false });
  }

  /** Takes a place and keeps it until `leave`. Resolves once the first request was answered. */
  async enter(): Promise<void> {
    this.#isIn = true;
    await this.#tap();
  }

  async #tap(): Promise<void> {
    for (let left = mostTaps; ; left--) {
      try {
        await this.#takePlace();
        return;
      } catch (error) {
        if (left === 0 || !(error instanceof ApiError) || !error.isLineTrouble) throw error;
      }
    }
  }

  /** Leaves as the product does; gives the moment at which the service was told. */
  async leave(): Promise<number> {
    const ticket = this.#ticket;
    if (ticket === null) throw new Error(`${this.name} has no place`);
    this.#isIn = false;
    this.#session?.stop();
    const toldMs = nowMs();
    await this.#service.leaveCall(ticket.callId, ticket.livekit.identity);
    this.#presence?.close();
    this.standing = null;
    return toldMs;
  }

  /** Will not come back when the place is gone. */
  dismiss(): void {
    this.#isIn = false;
  }

  /** LiveKit lets go of participants without media after a minute: opens the connection anew. */
  renewPresence(): Promise<void> {
    return this.#isIn ? (this.#presence?.renew() ?? Promise.resolve()) : Promise.resolve();
  }

  goAway(): void {
    this.#isIn = false;
    this.#events?.close();
    this.#session?.stop();
    this.#presence?.close();
  }

  async #takePlace(): Promise<void> {
    const ticket = await this.#service.enterCall(fromBase64url(this.#groupId), random(16));
    const keys = await this.#groups.keysFor(this.#groupId, ticket.secretVersion);
    this.#ticket = ticket;
    const presence = this.#connect(ticket);
    this.#presence = presence;
    const session = createCallSession({
      log: this.#service,
      ticket,
      identity: this.#device.identity,
      groupId: fromBase64url(this.#groupId),
      keys,
      roster: new GroupRoster(this.#groups, this.#groupId, systemClock),
      clock: systemClock,
      random: Math.random,
      sendMessage: (message, to) => presence.send(message, to),
      listeners: {
        onEpoch: (epoch) => this.#enteredEpoch(epoch),
        onSwitch: (generation, epoch) => this.#switched(`${generation}/${epoch}`),
        onPeers: () => undefined,
        onText: () => undefined,
        onMute: () => undefined,
        onTrust: () => undefined,
        onLine: () => undefined,
        onRestarting: (isRestarting) => (this.restartCount += Number(isRestarting)),
        onEnded: (end) => void this.#ended(end),
      },
    });
    this.#session = session;
    void session.run();
  }

  #connect({ livekit }: JoinTicket): Presence {
    const listeners: PresenceListeners = {
      onMessage: (message, from) => this.#session?.receiveMessage(message, from),
      onSenders: (senders) =>
        this.#session?.noteMedia(
          { isMuted: true, isWithholding: false, decodes: [], hand: 0, streams: {} },
          senders,
        ),
    };
    const kinds = { signal: SignalPresence, whole: ParticipantPresence };
    return new kinds[this.#presenceKind](livekit, listeners);
  }

  /** A member without media has its keys installed at once, and moves when a sender would. */
  #enteredEpoch({ generation, epoch, authenticator, leaves, baseKey, sendAfterMs }: CallEpoch): void {
    baseKey.fill(0);
    this.epochCount++;
    this.standing = {
      generation,
      epoch: Number(epoch),
      authenticator: toHex(authenticator),
      livekitIdentities: new Set(leaves.map((leaf) => leaf.livekitIdentity)),
      atMs: nowMs(),
    };
    setTimeout(() => this.#switched(`${generation}/${epoch}`), sendAfterMs);
    this.#session?.keysInstalled(generation, epoch);
    this.#onChange();
  }

  #switched(epoch: string): void {
    if (this.switches.has(epoch)) return;
    this.switches.set(epoch, nowMs());
    this.#onChange();
  }

  async #ended(end: SessionEnd): Promise<void> {
    this.#presence?.close();
    if (!this.#isIn) return;
    this.standing = null;
    this.ends.push(end);
    if (end.reason === 'place_lost' && this.ends.length < 5) await this.#tap().catch(() => undefined);
  }
}
