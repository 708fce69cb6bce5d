// What `client/media` offers to the view models: one object per call that connects, publishes, receives and counts.
// `room.ts` implements it with livekit-client; nothing of livekit-client's types is visible outside this folder.
import type { Bytes } from '../../crypto/bytes.ts';
import type { BetterCodec, Receivable } from './codec-choice.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Qualities } from './quality.ts';

/** Keys of one epoch for the frame worker (K1–K4). */
export interface EpochKeys {
  readonly generation: number;
  readonly epoch: bigint;
  /** 32 bytes; wiped by the callee once imported (K6). */
  readonly baseKey: Bytes;
  readonly ownLeaf: number;
  readonly leaves: readonly {
    readonly index: number;
    readonly livekitIdentity: string;
    readonly identity: Bytes;
  }[];
  /** K4: when my own frames move to this epoch at the latest, in ms from now; `switchTo` may come first. 0 = at once. */
  readonly sendAfterMs: number;
}

export type MediaSource = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/** Why a frame was dropped (O3). `no_key` includes frames that waited in vain (F6); `silenced` opened, and whose it is may only listen (F10). */
export type DropReason =
  'malformed' | 'no_key' | 'not_opened' | 'replayed' | 'wrong_sender' | 'overflow' | 'silenced';

export interface RemoteTrackView {
  readonly source: MediaSource;
  /** Into a muted `<video>` for pictures; sounds are played by the media room itself. */
  readonly stream: MediaStream | null;
  readonly isMuted: boolean;
  /**
   * M6. `waiting` no frame opened yet, or they come under a key that is not here; `wrongKey` so for 5 s; `damaged` they are not what was
   * sealed, for 2 s; `playing` otherwise.
   */
  readonly status: 'waiting' | 'playing' | 'wrongKey' | 'damaged';
  /** Something came within the last second and a half. */
  readonly isArriving: boolean;
  /** Its sender has just taken it back: shown only while they say that they send it (M7). */
  readonly isHeld?: boolean;
}

export interface RemoteParticipantView {
  readonly livekitIdentity: string;
  readonly isSpeaking: boolean;
  /** 0..1 from the decoded sound, not from the server. */
  readonly level: number;
  readonly tracks: readonly RemoteTrackView[];
}

/** What takes the noise out of my voice, on this device: RNNoise, GTCRN, nothing. */
export type NoiseSuppression = 'standard' | 'strong' | 'off';

/** What others see behind me instead of what is there, put there on this device: it blurred, a picture of ours, one of my own. */
export type Background = 'none' | 'slight' | 'strong' | BuiltInPicture | 'own';
export type BuiltInPicture = 'dusk' | 'hills' | 'paper';

export interface BackgroundWish {
  readonly background: Background;
  /** Under which name my own picture is kept on this device (background/own-picture.ts); null: I have none. */
  readonly picture: string | null;
}

/** Which devices, and what becomes of sound and picture. Null: the one that the browser takes. */
export interface DeviceWishes extends BackgroundWish {
  readonly microphone: string | null;
  readonly camera: string | null;
  readonly speaker: string | null;
  readonly noise: NoiseSuppression;
}

export type LocalSourceState = 'off' | 'starting' | 'on' | 'denied' | 'missing' | 'failed';
/** `noBackground`: what I want to be seen behind me cannot be put there, so nothing of the camera goes out. */
export type LocalCameraState = LocalSourceState | 'noBackground';

export interface MediaSnapshot {
  readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'lost' | 'closed';
  readonly participants: readonly RemoteParticipantView[];
  readonly microphone: LocalSourceState;
  readonly isMicrophoneMuted: boolean;
  readonly localLevel: number;
  /** I talk, and have muted the microphone: only this device hears it. */
  readonly isTalkingMuted: boolean;
  /** What is done about noise now; `failed`: what was wished for cannot be had, and the sound goes out as the browser gives it. */
  readonly noise: NoiseSuppression | 'failed';
  readonly camera: LocalCameraState;
  readonly screen: LocalSourceState;
  /** Names of the devices that they come from; null while there is none, or the browser does not tell. */
  readonly microphoneName: string | null;
  readonly cameraName: string | null;
  /** My camera looks at what I look at: its picture is no mirror. */
  readonly isCameraFacingAway: boolean;
  readonly cameraStream: MediaStream | null;
  readonly screenStream: MediaStream | null;
  /** LiveKit's names of the tracks that I send: a picture that is off is published, and not sent. */
  readonly published: Readonly<Partial<Record<MediaSource, string>>>;
  readonly isAudioBlocked: boolean;
  /** F9 tripped: a track was stopped because the worker sealed nothing of what was sent. */
  readonly isSendStopped: boolean;
  /** How often the service muted something of mine, which was then turned on again. */
  readonly serverMutes: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Frames that were not from whom LiveKit said, changed or repeated, by the LiveKit identity they came under; dropped, too. */
  readonly forged: ReadonlyMap<string, number>;
  /** Frames of who may only listen, by LiveKit identity; dropped (F10). */
  readonly silenced: ReadonlyMap<string, number>;
  /** Frames of mine so far that were kept here, since somebody in the call is not verified (C18). */
  readonly withheld: number;
  /** Connections that are not well, and why. */
  readonly quality: Qualities;
}

/** Shapes a call's media. Every wish is idempotent and the last one wins; failures appear in the snapshot, never as a throw. */
export interface MediaRoom {
  readonly snapshot: MediaSnapshot;
  /** What this device can decode besides VP8: the others are told (A3). */
  readonly decodes: readonly BetterCodec[];
  /** Called after every change of `snapshot` (levels: at most 10 times a second). Returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /** Connects to the SFU. May run beside key agreement: nothing is sent or decoded without keys (M2, F8). Rejects if it cannot. */
  connect(ticket: { readonly url: string; readonly token: string }): Promise<void>;
  /**
   * Resolves when the first connection's offer has been answered: from then on it is not the page that takes the time. Rejects when
   * the call is closed before.
   */
  negotiated(): Promise<void>;
  /** A new ticket after `connection` became `lost`: connects again and publishes again what was on. */
  reconnect(ticket: { readonly url: string; readonly token: string }): Promise<void>;
  installEpoch(keys: EpochKeys): Promise<void>;
  /** K4: my frames move to this epoch now, if its keys are in and it is newer than the one they are in. */
  switchTo(generation: number, epoch: bigint): void;
  /** F10: whose frames are dropped from now on, by LiveKit identity; of everybody else they play again. */
  setSilenced(livekitIdentities: ReadonlySet<string>): void;
  /**
   * C18: what I send is sealed only while everybody else who can open it is among these identity keys (base64url); null: whoever they
   * are. Until this was called, nobody is.
   */
  setVerified(identities: ReadonlySet<string> | null): void;
  /** M7: what the others can decode. Until this was called, VP8 alone. */
  setReceivable(receivable: Receivable): void;
  /** Sends sealed bytes over the data channel (A1), to these LiveKit identities or to everybody with null. Lost where there is no connection. */
  sendData(data: Bytes, to: readonly string[] | null): void;
  /** Bytes that came over it, sealed or not, and whom LiveKit says they are from. Returns the way to stop. */
  onData(listener: (data: Bytes, from: string | null) => void): () => void;
  /** Starts the microphone; resolves when it is published (M5) or could not be (see snapshot). Capture may start before keys are there. */
  startMicrophone(): Promise<void>;
  /** Ends and releases it; may be started again. */
  stopMicrophone(): void;
  setMicrophoneMuted(isMuted: boolean): Promise<void>;
  /** Other devices, another model against noise: at once, in the middle of a call. */
  setDevices(wishes: DeviceWishes): void;
  setCamera(isOn: boolean): Promise<void>;
  setScreen(isOn: boolean): Promise<void>;
  /** How loud this participant is here: 0 not at all, 1 as it comes, 2 twice as loud. Also for what comes later; nobody else notices. */
  setVolume(livekitIdentity: string, volume: number): void;
  unblockAudio(): Promise<void>;
  /** Asks the SFU again for the tracks of this participant that do not play. */
  retry(livekitIdentity: string): void;
  /** The call's numbers as of now; rates since the last time that somebody asked. */
  diagnose(): Promise<Diagnostics>;
  /** Stops everything, ends the worker, frees devices. Idempotent. */
  close(): Promise<void>;
}
