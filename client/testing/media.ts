// A media room without media, for tests of what is around it: does what it is told and says what the test lets it say.
import type { Bytes } from '../../crypto/bytes.ts';
import { wellQualities } from '../media/quality.ts';
import type { BetterCodec, Receivable } from '../media/codec-choice.ts';
import type { Diagnostics } from '../media/diagnostics.ts';
import type { DeviceWishes, EpochKeys, MediaRoom, MediaSnapshot } from '../media/types.ts';

const quiet: MediaSnapshot = {
  ...{
    connection: 'connecting',
    participants: [],
    microphone: 'off',
    isMicrophoneMuted: false,
    localLevel: 0,
    isTalkingMuted: false,
    noise: 'off',
  },
  ...{ camera: 'off', screen: 'off', cameraStream: null, screenStream: null },
  ...{ microphoneName: null, cameraName: null, isCameraFacingAway: false },
  ...{ isAudioBlocked: false, isSendStopped: false, published: {} },
  ...{ forged: new Map(), silenced: new Map(), withheld: 0, serverMutes: 0, quality: wellQualities },
  dropped: { malformed: 0, no_key: 0, not_opened: 0, replayed: 0, wrong_sender: 0, overflow: 0, silenced: 0 },
};

/** A snapshot with these differences from a quiet room. */
export function snapshotOf(change: Partial<MediaSnapshot>): MediaSnapshot {
  return { ...quiet, ...change };
}

export class TestMedia implements MediaRoom {
  snapshot = quiet;
  readonly done: string[] = [];
  readonly epochs: EpochKeys[] = [];
  readonly switches: string[] = [];
  /** Who was silenced, after each change. */
  readonly silenced: string[][] = [];
  /** Who was so when each epoch's keys came. */
  readonly silencedByEpoch: string[][] = [];
  readonly volumes = new Map<string, number>();
  /** What was said of whom I verified, after each change. */
  readonly verified: (string[] | null)[] = [];
  /** What had been when each epoch's keys came. */
  readonly verifiedByEpoch: (string[] | null | undefined)[] = [];
  decodes: readonly BetterCodec[] = [];
  /** What was said of what the others can decode, after each change. */
  readonly receivable: Receivable[] = [];
  dataSent = 0;
  /** Takes what is sent over the data channel; by default it is lost. */
  carry: (data: Bytes) => void = () => undefined;
  /** How many of the next connections fail. */
  failures = 0;
  readonly #listeners = new Set<() => void>();
  readonly #onData = new Set<(data: Bytes, from: string | null) => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** LiveKit or a device did something. */
  say(change: Partial<MediaSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }

  connect(ticket: { readonly token: string }): Promise<void> {
    return this.#connect('connect', ticket);
  }

  negotiated(): Promise<void> {
    return Promise.resolve();
  }

  reconnect(ticket: { readonly token: string }): Promise<void> {
    return this.#connect('reconnect', ticket);
  }

  installEpoch(keys: EpochKeys): Promise<void> {
    this.epochs.push(keys);
    this.silencedByEpoch.push(this.silenced.at(-1) ?? []);
    this.verifiedByEpoch.push(this.verified.at(-1));
    return Promise.resolve();
  }

  switchTo(generation: number, epoch: bigint): void {
    this.switches.push(`${generation}/${epoch}`);
  }

  setSilenced(livekitIdentities: ReadonlySet<string>): void {
    this.silenced.push([...livekitIdentities].sort());
  }

  setVerified(identities: ReadonlySet<string> | null): void {
    this.verified.push(identities && [...identities].sort());
  }

  setReceivable(receivable: Receivable): void {
    this.receivable.push(receivable);
  }

  sendData(data: Bytes): void {
    this.dataSent++;
    this.carry(data);
  }

  onData(listener: (data: Bytes, from: string | null) => void): () => void {
    this.#onData.add(listener);
    return () => this.#onData.delete(listener);
  }

  /** Something comes over the data channel. */
  deliver(data: Bytes): void {
    for (const listener of this.#onData) listener(data, null);
  }

  startMicrophone(): Promise<void> {
    this.say({ microphone: 'on' });
    return Promise.resolve();
  }

  stopMicrophone(): void {
    this.say({ microphone: 'off' });
  }

  setMicrophoneMuted(isMicrophoneMuted: boolean): Promise<void> {
    this.say({ isMicrophoneMuted });
    return Promise.resolve();
  }

  setDevices({ noise }: DeviceWishes): void {
    this.say({ noise });
  }

  setCamera(isOn: boolean): Promise<void> {
    this.say({ camera: isOn ? 'on' : 'off' });
    return Promise.resolve();
  }

  setScreen(isOn: boolean): Promise<void> {
    this.say({ screen: isOn ? 'on' : 'off' });
    return Promise.resolve();
  }

  setVolume(livekitIdentity: string, volume: number): void {
    this.volumes.set(livekitIdentity, volume);
  }

  unblockAudio(): Promise<void> {
    return Promise.resolve();
  }

  retry(livekitIdentity: string): void {
    this.done.push(`retry ${livekitIdentity}`);
  }

  diagnose(): Promise<Diagnostics> {
    const frames = { sealed: 0, held: 0, arrived: 0, opened: 0, dropped: this.snapshot.dropped };
    return Promise.resolve({ connection: this.snapshot.connection, tracks: [], path: null, frames });
  }

  close(): Promise<void> {
    this.say({ connection: 'closed' });
    return Promise.resolve();
  }

  async #connect(how: 'connect' | 'reconnect', ticket: { readonly token: string }): Promise<void> {
    this.done.push(`${how} ${ticket.token === '' ? 'without' : 'with'} token`);
    await Promise.resolve();
    if (this.failures-- > 0) {
      this.say({ connection: 'lost' });
      throw new Error('no way to LiveKit');
    }
    this.say({ connection: 'connected' });
  }
}
