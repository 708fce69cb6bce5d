// The voice chat I am in, whatever places it takes: starts, follows, comes back by itself when the service gave the place
// away (a restart, 20 s without network), and ends with a reason. Plain state without runes; call.svelte.ts draws it.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import { backoffMs, wait, type Timer } from '../api/clock.ts';
import { ApiError, codeOf } from '../api/errors.ts';
import type { PeerStatus } from '../call/peers.ts';
import type { SessionEnd, TrustChange } from '../call/types.ts';
import type { Diagnostics } from '../media/diagnostics.ts';
import type { DeviceWishes, MediaSnapshot } from '../media/types.ts';
import { nextHand } from './hands.ts';
import { Timeline, type TimelineView } from './timeline.ts';
import { Place, type PlaceParts, type Silenced, type Wishes } from './place.ts';

const nobodySilenced: Silenced = { listeners: new Set(), shutOut: new Set() };
/** A line that is back before this was never worth a word. */
const lineGraceMs = 2_000;
const reenterBackoff = { firstMs: 300, maxMs: 5_000 };
/** Losing the place more often than this in a minute is not a matter of the network. */
const maxPlacesAMinute = 5;

export interface LiveState {
  readonly phase: 'joining' | 'inCall' | 'reconnecting' | 'restarting' | 'ended';
  readonly callId: Bytes | null;
  readonly startedAtMs: number | null;
  readonly leaves: readonly Leaf[];
  readonly callCode: string | null;
  readonly media: MediaSnapshot | null;
  /** What the others' messages show of them, by LiveKit identity. */
  readonly peers: ReadonlyMap<string, PeerStatus>;
  /** LiveKit identities of those who may only listen: nothing of theirs plays (F10). */
  readonly listeners: ReadonlySet<string>;
  /** … and of those who came in while the call is locked, and go again (C16). */
  readonly shutOut: ReadonlySet<string>;
  /** Identities of those because of whom nothing of mine is sent (C18). */
  readonly unverified: readonly Bytes[];
  /** My last wish, which the screen shows before the media room got round to it. */
  readonly isMutedWish: boolean;
  /** Identity of whoever muted me, until I unmute or mute myself (A8). */
  readonly mutedBy: Bytes | null;
  /** False for a listener: nothing of mine is sent. */
  readonly maySpeak: boolean;
  /** Number of my raised hand; 0: it is down (A7). */
  readonly hand: number;
  /** Why it ended. */
  readonly code: string | null;
  /** Identity of who took me out, or ended it for all (C17). */
  readonly endedBy: Bytes | null;
}

export interface LiveCallParts extends Omit<PlaceParts, 'wishes'> {
  /** Called after every change of `state`. */
  readonly onChange: () => void;
  readonly onTrust: (change: TrustChange) => void;
  /** How loud somebody is on this device, 0 to 2. */
  readonly volumeOf: (identity: Bytes) => number;
}

export class LiveCall {
  readonly #parts: LiveCallParts;
  readonly #stop = new AbortController();
  readonly #timeline: Timeline;
  readonly #wishes: Wishes = { isMuted: false, isCameraOn: false, hand: 0 };
  #nap = new AbortController();
  #place: Place | null = null;
  #callId: Bytes | null = null;
  #startedAtMs: number | null = null;
  #leaves: readonly Leaf[] = [];
  #callCode: string | null = null;
  #media: MediaSnapshot | null = null;
  #peers: ReadonlyMap<string, PeerStatus> = new Map();
  #silenced: Silenced = nobodySilenced;
  #unverified: readonly Bytes[] = [];
  #hasKeys = false;
  /** Was in once: what follows is coming back, not joining. */
  #wasIn = false;
  #isRestarting = false;
  #mutedBy: Bytes | null = null;
  #isLineUp = true;
  #lineTimer: Timer | null = null;
  #endCode: string | null = null;
  #endedBy: Bytes | null = null;
  #placesAtMs: number[] = [];
  #state: LiveState;

  constructor(parts: LiveCallParts) {
    this.#parts = parts;
    this.#timeline = new Timeline(parts.clock);
    this.#state = this.#describe();
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Joins. Never throws: what goes wrong is in `state`. */
  async start(): Promise<void> {
    while (!this.#isOver()) {
      const end = await this.#occupy();
      this.#endedBy = end.by ?? null;
      if (end.reason === 'failed' || this.#isTooOften()) this.end(end.code);
      // Else back into the call, if there still is one for me: the service says so.
    }
  }

  /** My own wish, or a reason that leaves nothing to try. */
  end(code: string | null): void {
    if (this.#isOver()) return;
    this.#endCode = code;
    this.#stop.abort();
    this.#lineTimer?.cancel();
    void this.#place?.leave();
    this.#changed();
  }

  /** The page goes away. */
  abandon(): void {
    this.#place?.abandon();
    this.#stop.abort();
  }

  wake(): void {
    this.#nap.abort();
    const couldSpeak = this.#state.maySpeak;
    this.#place?.wake();
    if (couldSpeak === this.#maySpeak()) return;
    // Who may speak now has what the hand was up for.
    if (this.#maySpeak()) this.#setHand(0);
    this.#changed();
  }

  setMuted(isMuted: boolean): void {
    this.#wishes.isMuted = isMuted;
    this.#mutedBy = null;
    if (!isMuted) this.#setHand(0);
    void this.#place?.media?.setMicrophoneMuted(isMuted);
    this.#changed();
  }

  /** Asks this person's device, or with null everybody's, to mute its microphone (A8). */
  muteOthers(identity: Bytes | null): void {
    const leaf = identity && this.#leaves.find((one) => equal(one.identity, identity));
    if (leaf !== undefined) this.#place?.mute(leaf);
  }

  /** Takes somebody out of the call, or with null everybody, and ends it for me too (C17). */
  async takeOut(identity: Bytes | null): Promise<void> {
    const me = this.#parts.identity.publicKey;
    const others = this.#leaves.filter((leaf) => !equal(leaf.identity, me));
    const whom = identity === null ? others : others.filter((leaf) => equal(leaf.identity, identity));
    const purpose = identity === null ? 'ended' : 'takenOut';
    if (whom.length > 0) await this.#place?.takeOut(whom, purpose);
    if (identity === null) this.end(null);
  }

  /** Up: behind all that are up (A7). */
  raiseHand(isUp: boolean): void {
    if (isUp === this.#wishes.hand > 0) return;
    this.#setHand(isUp ? nextHand([...this.#peers.values()].map(({ hand }) => hand)) : 0);
    this.#changed();
  }

  /** Asks for the microphone again, after it was denied or missing. */
  retryMicrophone(): void {
    if (!this.#maySpeak()) return;
    this.#wishes.isMuted = false;
    this.#mutedBy = null;
    void this.#place?.media?.setMicrophoneMuted(false);
    void this.#place?.media?.startMicrophone();
    this.#changed();
  }

  setCamera(isOn: boolean): void {
    this.#wishes.isCameraOn = isOn && this.#maySpeak();
    if (isOn && !this.#maySpeak()) return;
    void this.#place?.media?.setCamera(isOn);
  }

  setScreen(isOn: boolean): void {
    if (!isOn || this.#maySpeak()) void this.#place?.media?.setScreen(isOn);
  }

  /** A new place reads them by itself. */
  setDevices(wishes: DeviceWishes): void {
    this.#place?.media?.setDevices(wishes);
  }

  /** What `volumeOf` says has changed, or somebody has come. */
  applyVolumes(): void {
    for (const { identity, livekitIdentity } of this.#leaves)
      this.#place?.media?.setVolume(livekitIdentity, this.#parts.volumeOf(identity));
  }

  unblockAudio(): void {
    void this.#place?.media?.unblockAudio();
  }

  retryMedia(identity: Bytes): void {
    for (const leaf of this.#leaves) {
      if (equal(leaf.identity, identity)) this.#place?.media?.retry(leaf.livekitIdentity);
    }
  }

  /** The same by LiveKit identity: by itself (M6). */
  retryParticipant(livekitIdentity: string): void {
    this.#place?.media?.retry(livekitIdentity);
  }

  /** For whoever looks for what is wrong; null of media where there is none yet, or none any more. */
  async diagnose(): Promise<{ readonly timeline: TimelineView; readonly media: Diagnostics | null }> {
    const media = this.#isOver() ? null : this.#place?.media;
    return { media: (await media?.diagnose()) ?? null, timeline: this.#timeline.view };
  }

  /** Back into the call by a new place, whose keys are of now: what helps where the log does not (M6). */
  rejoin(): void {
    this.#place?.giveUp();
  }

  #setHand(hand: number): void {
    this.#wishes.hand = hand;
    this.#place?.tell();
  }

  #isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Takes a place and holds it to its end. The first failure ends it; once in, the line may take its time. */
  async #occupy(): Promise<SessionEnd> {
    for (let attempt = 0; ; attempt++) {
      try {
        this.#timeline.began();
        this.#place = this.#newPlace();
        return await this.#place.hold();
      } catch (error) {
        // The answer was lost, and then the place: another one.
        if (error instanceof ApiError && error.code === 'place_ended')
          return { reason: 'place_lost', code: error.code };
        const isPatient = this.#wasIn && error instanceof ApiError && error.isLineTrouble;
        if (!isPatient || this.#isOver()) return { reason: 'failed', code: codeOf(error) };
        await this.#rest(error.retryAfterMs ?? backoffMs(reenterBackoff, attempt, this.#parts.random));
      }
    }
  }

  #newPlace(): Place {
    const { onTrust } = this.#parts;
    this.#hasKeys = false;
    this.#silenced = nobodySilenced;
    this.#unverified = [];
    return new Place(
      { ...this.#parts, wishes: this.#wishes },
      {
        onTicket: (ticket) => {
          this.#timeline.ticket();
          this.#callId = ticket.callId;
          this.#startedAtMs = ticket.startedAtMs;
          this.#changed();
        },
        onEpoch: (epoch) => this.#timeline.applied(epoch),
        onSwitch: (generation, epoch) => this.#timeline.switched(generation, epoch),
        onKeys: ({ leaves, callCode, ...epoch }) => {
          this.#timeline.installed({ ...epoch, leaves });
          this.#hasKeys = true;
          this.#leaves = leaves;
          this.#callCode = callCode;
          this.applyVolumes();
          this.#changed();
        },
        onTrust,
        onPeers: (peers) => {
          this.#peers = peers;
          this.#changed();
        },
        onMute: (by) => {
          if (this.#wishes.isMuted || !this.#maySpeak()) return;
          this.setMuted(true);
          this.#mutedBy = by;
          this.#changed();
        },
        onLine: (isUp) => this.#lineChanged(isUp),
        onRestarting: (isRestarting) => {
          this.#isRestarting = isRestarting;
          this.#changed();
        },
        onMedia: (snapshot) => {
          this.#timeline.media(snapshot);
          this.#media = snapshot;
          this.#changed();
        },
        onSilenced: (silenced) => {
          this.#silenced = silenced;
          this.#changed();
        },
        onUnverified: (unverified) => {
          this.#unverified = unverified;
          this.#changed();
        },
      },
    );
  }

  #lineChanged(isUp: boolean): void {
    this.#lineTimer?.cancel();
    const set = () => {
      this.#isLineUp = isUp;
      this.#changed();
    };
    if (isUp) set();
    else this.#lineTimer = this.#parts.clock.after(lineGraceMs, set);
  }

  #isTooOften(): boolean {
    const nowMs = this.#parts.clock.now();
    this.#placesAtMs = [...this.#placesAtMs.filter((atMs) => atMs > nowMs - 60_000), nowMs];
    return this.#placesAtMs.length > maxPlacesAMinute;
  }

  async #rest(ms: number): Promise<void> {
    this.#nap = new AbortController();
    await wait(this.#parts.clock, ms, AbortSignal.any([this.#stop.signal, this.#nap.signal]));
  }

  #changed(): void {
    this.#wasIn ||= this.#hasKeys && this.#media?.connection === 'connected';
    this.#state = this.#describe();
    this.#parts.onChange();
  }

  #describe(): LiveState {
    return {
      phase: this.#phase(),
      callId: this.#callId,
      startedAtMs: this.#startedAtMs,
      leaves: this.#leaves,
      callCode: this.#callCode,
      media: this.#media,
      peers: this.#peers,
      ...this.#silenced,
      unverified: this.#maySpeak() ? this.#unverified : [],
      isMutedWish: this.#wishes.isMuted,
      mutedBy: this.#mutedBy,
      maySpeak: this.#maySpeak(),
      hand: this.#wishes.hand,
      code: this.#endCode,
      endedBy: this.#endedBy,
    };
  }

  #maySpeak(): boolean {
    return this.#place?.maySpeak ?? true;
  }

  #phase(): LiveState['phase'] {
    if (this.#isOver()) return 'ended';
    if (!this.#wasIn) return 'joining';
    if (this.#isRestarting) return 'restarting';
    const isWhole = this.#hasKeys && this.#isLineUp && this.#media?.connection === 'connected';
    return isWhole ? 'inCall' : 'reconnecting';
  }
}
