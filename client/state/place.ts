// One place in a call: a ticket of the service, the session that agrees on keys and the media room, from one join to its
// end. They run side by side; the microphone goes out last (M5). The place mends its own line to LiveKit; when the service
// gave it away, live-call.ts takes another.
import { equal, random, toBase64url, wipe, type Bytes } from '../../crypto/bytes.ts';
import type { RemovalPurpose } from '../../crypto/call/index.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import type { Identity } from '../../crypto/identity/index.ts';
import { backoffMs, wait, type Clock } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';
import type { JoinTicket } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type * as callChunk from '../call/index.ts';
import type { PeerStatus } from '../call/peers.ts';
import type { CallEpoch, Roster, SessionEnd, SessionParts, TrustChange } from '../call/types.ts';
import type { MediaRoom, MediaSnapshot } from '../media/types.ts';
import { Receivers } from './receivers.ts';

const mediaBackoff = { firstMs: 400, maxMs: 4_000 };
/** A first connection that fails this often will not work: say so. */
const firstConnectionTries = 4;

/**
 * The way to LiveKit is the longest of a join, and much of it is the page's own work: agreeing on keys begins when LiveKit has
 * answered, or after this long.
 */
const headStartMs = 100;
/** The microphone takes the machine's time, too: when connected, or after this long. */
const captureWithinMs = 250;
/** C17: who is taken out has read so by then, and left; where not, the service ends the place, and with it what can be read. */
const readByMs = 1_500;

/** What media starts with: kept over a change of place. */
export interface Wishes {
  isMuted: boolean;
  isCameraOn: boolean;
  /** Number of my raised hand; 0: it is down (A7). */
  hand: number;
}

export interface PlaceParts {
  readonly service: Service;
  readonly identity: Identity;
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Of the version of the secret that the call began under. Throws where they cannot be had. */
  readonly keysFor: (secretVersion: number) => Promise<SessionParts['keys']>;
  readonly roster: Roster;
  /** Whether this identity may speak in this call (G9). Who may not is heard here by nobody, whoever let it through (F10). */
  readonly maySpeak: (callId: Bytes, identity: Bytes) => boolean;
  /** Whom alone what I send may be sealed for, by identity key in base64url; null: for whoever is in the call (C18). */
  readonly sendsOnlyTo: () => ReadonlySet<string> | null;
  /** Whether this identity may mute my microphone (A8). */
  readonly mayMuteMe: (identity: Bytes) => boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly loadCall: () => Promise<Pick<typeof callChunk, 'createCallSession' | 'callCode'>>;
  readonly createMedia: () => Promise<MediaRoom>;
  /** Carries an epoch's keys to the worker: main.ts knows how. */
  readonly installKeys: (epoch: CallEpoch, media: MediaRoom) => Promise<void>;
  readonly wishes: Wishes;
}

export interface PlaceListeners {
  onTicket(ticket: JoinTicket): void;
  /** The log made an epoch. */
  onEpoch(epoch: EpochTimes): void;
  /** Its keys are in the worker. */
  onKeys(keys: EpochTimes & { readonly leaves: CallEpoch['leaves']; readonly callCode: string }): void;
  /** My frames move to it (K4). */
  onSwitch(generation: number, epoch: bigint): void;
  onTrust(change: TrustChange): void;
  /** What the others' messages show of them, by LiveKit identity (A6). */
  onPeers(peers: ReadonlyMap<string, PeerStatus>): void;
  /** Who may asked for my microphone to be muted. */
  onMute(by: Bytes): void;
  onLine(isUp: boolean): void;
  onRestarting(isRestarting: boolean): void;
  onMedia(snapshot: MediaSnapshot): void;
  /** LiveKit identities of those who may only listen, and of those who came into a locked call (C16): nothing of theirs plays. */
  onSilenced(who: Silenced): void;
  /** Identities of those because of whom nothing of mine is sent (C18). */
  onUnverified(who: readonly Bytes[]): void;
}

type EpochTimes = Pick<CallEpoch, 'generation' | 'epoch' | 'sendAfterMs'>;

export interface Silenced {
  readonly listeners: ReadonlySet<string>;
  readonly shutOut: ReadonlySet<string>;
}

export class Place {
  readonly #parts: PlaceParts;
  readonly #listeners: PlaceListeners;
  readonly #receivers: Receivers;
  readonly #stop = new AbortController();
  #nap = new AbortController();
  /** Sent again it is the same place: what matters where an answer is lost. */
  readonly #placeId = random(16);
  #ticket: JoinTicket | null = null;
  #session: callChunk.CallSession | null = null;
  #media: MediaRoom | null = null;
  #installing: Promise<void> = Promise.resolve();
  #isMending = false;
  #hasConnected = false;
  #hasCaptured = false;
  #leaves: CallEpoch['leaves'] = [];
  /** Whom I take out, by LiveKit identity, until they hold no leaf (C17), and who waits for it. */
  #takingOut: readonly { readonly names: readonly string[]; readonly done: () => void }[] = [];
  #silenced: Silenced = { listeners: new Set(), shutOut: new Set() };
  /** What the frame worker was told last; undefined: nothing yet. */
  #sendsOnlyTo: ReadonlySet<string> | null | undefined;
  #unverified: readonly Bytes[] = [];
  /** Frames so far that no key here opened. */
  #unopened = 0;
  #over: (end: SessionEnd) => void = () => undefined;

  constructor(parts: PlaceParts, listeners: PlaceListeners) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#receivers = new Receivers(parts.clock, (receivable) => this.#media?.setReceivable(receivable));
  }

  get media(): MediaRoom | null {
    return this.#media;
  }

  get maySpeak(): boolean {
    return this.#maySpeak(this.#parts.identity.publicKey);
  }

  /** Takes the place and holds it to its end. Rejects with `ApiError` where there is none to have. */
  hold(): Promise<SessionEnd> {
    return new Promise((resolve, reject) => {
      this.#over = resolve;
      this.#enter().catch((error: unknown) => {
        this.#close();
        void this.#giveBack();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  async #enter(): Promise<void> {
    const { service, loadCall, groupId } = this.#parts;
    const chunk = loadCall();
    const media = this.#startMedia();
    // They are awaited below; until then a failure of theirs is nobody's surprise.
    for (const early of [chunk, media]) early.catch(() => undefined);
    const ticket = await service.enterCall(groupId, this.#placeId);
    this.#ticket = ticket;
    if (this.#isClosed()) return this.#giveBack();
    this.#listeners.onTicket(ticket);
    const keys = this.#parts.keysFor(ticket.secretVersion);
    keys.catch(() => undefined);
    const [{ createCallSession, callCode }, room] = await Promise.all([chunk, media]);
    if (this.#isClosed()) return;
    void this.#connect(room, ticket);
    const negotiated = room.negotiated().catch(() => undefined);
    await Promise.race([negotiated, wait(this.#parts.clock, headStartMs, this.#stop.signal)]);
    if (this.#isClosed()) return;
    const { identity, roster, clock, random } = this.#parts;
    this.#session = createCallSession({
      ...{ log: service, ticket, identity, groupId, keys: await keys, roster, clock, random },
      sendMessage: (message, to) => this.#media?.sendData(message, to),
      listeners: {
        onEpoch: (epoch) => this.#install(epoch, media, callCode),
        onSwitch: (generation, epoch) => {
          this.#media?.switchTo(generation, epoch);
          this.#listeners.onSwitch(generation, epoch);
        },
        onPeers: (peers) => {
          this.#receivers.note(peers);
          this.#listeners.onPeers(peers);
        },
        onText: () => undefined,
        onMute: ({ identity: by }) => {
          if (this.#parts.mayMuteMe(by)) this.#listeners.onMute(by);
        },
        onTrust: (change) => this.#listeners.onTrust(change),
        onLine: (isUp) => this.#listeners.onLine(isUp),
        onRestarting: (isRestarting) => this.#listeners.onRestarting(isRestarting),
        onEnded: (end) => this.#end(end),
      },
    });
    void this.#session.run();
  }

  /** Leaves: tells the service and frees everything. Never throws. */
  async leave(): Promise<void> {
    this.#close();
    this.#over({ reason: 'failed', code: 'left' });
    await this.#giveBack();
  }

  /** Leaves while the page goes away. */
  abandon(): void {
    const ticket = this.#ticket;
    if (ticket) this.#parts.service.leaveCallAtOnce(ticket.callId, ticket.livekit.identity);
    this.#close();
  }

  /** The network is back, or the group changed: look again now. */
  wake(): void {
    this.#nap.abort();
    this.#session?.wake();
    this.#noteVoice();
    if (this.#media === null || this.#isClosed()) return;
    this.#silence(this.#media);
    this.#withhold(this.#media);
  }

  /** A wish changed that the others are told of. */
  tell(): void {
    if (this.#media === null || this.#isClosed()) return;
    const { snapshot, decodes } = this.#media;
    const { isMicrophoneMuted, microphone, published: streams } = snapshot;
    const isMuted = isMicrophoneMuted || microphone !== 'on';
    const isWithholding = this.maySpeak && this.#unverified.length > 0;
    const { hand } = this.#parts.wishes;
    this.#session?.noteMedia({ isMuted, isWithholding, decodes, hand, streams }, sendersOf(snapshot));
  }

  /** C17: their keys first, then their places. Resolves when both are gone, or the service could not be told. */
  takeOut(leaves: readonly Leaf[], purpose: RemovalPurpose): Promise<void> {
    const names = leaves.map(({ livekitIdentity }) => livekitIdentity);
    this.#session?.takeOut(names, purpose);
    return new Promise((done) => {
      this.#takingOut = [...this.#takingOut, { names, done }];
      void this.#finishTakingOut();
    });
  }

  async #finishTakingOut(): Promise<void> {
    const inside = new Set(this.#leaves.map(({ livekitIdentity }) => livekitIdentity));
    const gone = this.#takingOut.filter(({ names }) => !names.some((name) => inside.has(name)));
    if (gone.length === 0 || this.#ticket === null) return;
    this.#takingOut = this.#takingOut.filter((one) => !gone.includes(one));
    await wait(this.#parts.clock, readByMs, this.#stop.signal);
    try {
      const names = new Set(gone.flatMap((one) => one.names));
      await this.#parts.service.takeOut(this.#ticket.callId, [...names]);
    } catch {
      // They have no keys; the service shows their places a little longer.
    }
    for (const { done } of gone) done();
  }

  /** Asks this leaf's device, or with null everybody's, to mute its microphone (A8). */
  mute(leaf: Leaf | null): void {
    this.#session?.mute(leaf);
  }

  /** Ends the place so that another is taken, which replaces it. */
  giveUp(): void {
    this.#end({ reason: 'place_lost', code: 'keys_failed' });
  }

  #isClosed(): boolean {
    return this.#stop.signal.aborted;
  }

  #close(): void {
    this.#stop.abort();
    for (const { done } of this.#takingOut) done();
    this.#receivers.stop();
    this.#session?.stop();
    void this.#media?.close();
  }

  #end(end: SessionEnd): void {
    if (this.#isClosed()) return;
    this.#close();
    this.#over(end);
  }

  async #giveBack(): Promise<void> {
    if (!this.#ticket) return;
    const { callId, livekit } = this.#ticket;
    try {
      await this.#parts.service.leaveCall(callId, livekit.identity);
    } catch {
      // The service finds out by itself: LiveKit has seen us go.
    }
  }

  /** The room ahead of the ticket. */
  async #startMedia(): Promise<MediaRoom> {
    const media = await this.#parts.createMedia();
    if (this.#isClosed()) {
      void media.close();
      return media;
    }
    this.#media = media;
    media.subscribe(() => this.#watch(media));
    this.#withhold(media);
    media.onData((data, from) => this.#session?.receiveMessage(data, from));
    void media.setMicrophoneMuted(this.#parts.wishes.isMuted);
    return media;
  }

  /** Once, with a place in the call: whoever refused the microphone is not asked again. */
  #capture(media: MediaRoom): void {
    if (this.#isClosed() || this.#hasCaptured || !this.maySpeak) return;
    this.#hasCaptured = true;
    void media.startMicrophone();
    if (this.#parts.wishes.isCameraOn) void media.setCamera(true);
  }

  /** My role may have changed: what I may not send any more ends, what I may send begins. */
  #noteVoice(): void {
    const media = this.#media;
    if (media === null || this.#isClosed()) return;
    if (this.maySpeak && this.#hasConnected) this.#capture(media);
    if (this.maySpeak || !this.#hasCaptured) return;
    this.#hasCaptured = false;
    media.stopMicrophone();
    void media.setCamera(false);
    void media.setScreen(false);
  }

  #maySpeak(identity: Bytes): boolean {
    return this.#ticket === null || this.#parts.maySpeak(this.#ticket.callId, identity);
  }

  /** F10, C16. Before the keys of a new leaf are in, and when a role or the lock changed. */
  #silence(media: MediaRoom): void {
    const namesOf = (is: (identity: Bytes) => boolean): ReadonlySet<string> =>
      new Set(
        this.#leaves.filter(({ identity }) => is(identity)).map(({ livekitIdentity }) => livekitIdentity),
      );
    const listeners = namesOf((identity) => !this.#maySpeak(identity));
    const shutOut = namesOf((identity) => this.#session?.isShutOut(identity) === true);
    const isSame =
      isSameSet(listeners, this.#silenced.listeners) && isSameSet(shutOut, this.#silenced.shutOut);
    if (isSame) return;
    this.#silenced = { listeners, shutOut };
    media.setSilenced(new Set([...listeners, ...shutOut]));
    this.#listeners.onSilenced(this.#silenced);
  }

  /** C18. The worker judges by who holds the keys; what is said here is who that is now. */
  #withhold(media: MediaRoom): void {
    const only = this.#parts.sendsOnlyTo();
    const isNew = this.#sendsOnlyTo === undefined || !isSameAudience(only, this.#sendsOnlyTo);
    if (isNew) media.setVerified(only);
    this.#sendsOnlyTo = only;
    const me = this.#parts.identity.publicKey;
    const unverified = this.#leaves
      .map(({ identity }) => identity)
      .filter((identity) => only !== null && !equal(identity, me) && !only.has(toBase64url(identity)));
    if (isSameList(unverified, this.#unverified)) return;
    this.#unverified = unverified;
    this.tell();
    this.#listeners.onUnverified(unverified);
  }

  /** One epoch after the other: the worker and the screen must not see an older one last. */
  #install(epoch: CallEpoch, ready: Promise<MediaRoom>, callCode: typeof callChunk.callCode): void {
    this.#listeners.onEpoch(epoch);
    this.#installing = this.#installing.then(async () => {
      const code = callCode(epoch.authenticator);
      try {
        const media = await ready;
        if (this.#isClosed()) {
          wipe(epoch.baseKey);
          return;
        }
        this.#leaves = epoch.leaves;
        void this.#finishTakingOut();
        this.#silence(media);
        this.#withhold(media);
        await this.#parts.installKeys(epoch, media);
        this.#session?.keysInstalled(epoch.generation, epoch.epoch);
      } catch {
        // Without keys in the worker nothing is sent or heard: better out than in a silent call.
        this.#end({ reason: 'failed', code: 'keys_failed' });
      }
      if (!this.#isClosed())
        this.#listeners.onKeys({ ...timesOf(epoch), leaves: epoch.leaves, callCode: code });
    });
  }

  async #connect(media: MediaRoom, ticket: JoinTicket): Promise<void> {
    if (this.#isClosed()) return;
    const late = this.#parts.clock.after(captureWithinMs, () => this.#capture(media));
    try {
      await media.connect(ticket.livekit);
      this.#session?.channelOpened();
    } catch {
      await this.#mend(media, firstConnectionTries);
    } finally {
      late.cancel();
    }
    this.#capture(media);
  }

  #watch(media: MediaRoom): void {
    if (this.#isClosed()) return;
    const { snapshot } = media;
    this.#listeners.onMedia(snapshot);
    this.#lookForKeys(snapshot.dropped.no_key + snapshot.dropped.not_opened);
    this.tell();
    const { connection } = snapshot;
    this.#hasConnected ||= connection === 'connected';
    if (connection === 'lost' && this.#hasConnected) void this.#mend(media, Number.POSITIVE_INFINITY);
    // Not by me: the frame worker broke. Its counters are gone, so a new one needs new keys (K5), and those a new place.
    if (connection === 'closed') this.#end({ reason: 'place_lost', code: 'frames_failed' });
  }

  /** M6: frames come under a key that is not here, or is another one here: the log may have more than we have seen, or something else. */
  #lookForKeys(unopened: number): void {
    if (unopened > this.#unopened) this.#session?.doubt();
    this.#unopened = unopened;
  }

  /** LiveKit lost us: a new token for the same place, for as long as the service keeps the place. */
  async #mend(media: MediaRoom, tries: number): Promise<void> {
    if (this.#isMending) return;
    this.#isMending = true;
    try {
      for (let attempt = 0; !this.#isClosed(); attempt++) {
        if (attempt >= tries) {
          this.#end({ reason: 'failed', code: 'livekit_unavailable' });
          return;
        }
        if (attempt > 0) await this.#rest(backoffMs(mediaBackoff, attempt - 1, this.#parts.random));
        if (await this.#reconnect(media)) return;
      }
    } finally {
      this.#isMending = false;
    }
  }

  async #reconnect(media: MediaRoom): Promise<boolean> {
    const ticket = this.#ticket;
    if (!ticket || this.#isClosed()) return true;
    try {
      const livekit = await this.#parts.service.renewToken(ticket.callId, ticket.livekit.identity);
      if (!this.#isClosed()) await media.reconnect(livekit);
      this.#session?.channelOpened();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.isLineTrouble) return false;
      // The place is gone, and the session may not have heard of it yet.
      this.#end({ reason: 'place_lost', code: error.code });
      return true;
    }
  }

  async #rest(ms: number): Promise<void> {
    this.#nap = new AbortController();
    await wait(this.#parts.clock, ms, AbortSignal.any([this.#stop.signal, this.#nap.signal]));
  }
}

/** Nothing else of an epoch goes further. */
function timesOf({ generation, epoch, sendAfterMs }: CallEpoch): EpochTimes {
  return { generation, epoch, sendAfterMs };
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

function isSameAudience(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean {
  return a === null || b === null ? a === b : isSameSet(a, b);
}

function isSameList(a: readonly Bytes[], b: readonly Bytes[]): boolean {
  return a.length === b.length && a.every((one, i) => equal(one, b[i] as Bytes));
}

/** Who sends sound or pictures, as LiveKit shows it: who waits for acknowledgements (K4). */
function sendersOf({ participants }: MediaSnapshot): ReadonlySet<string> {
  const senders = participants.filter(({ tracks }) => tracks.some(({ isMuted }) => !isMuted));
  return new Set(senders.map(({ livekitIdentity }) => livekitIdentity));
}
