// The snapshot that view models read, and who listens to it. Patches that change nothing wake nobody.
import { wellQualities } from './quality.ts';
import type { MediaSnapshot } from './types.ts';
import { noDrops } from './worker/counts.ts';

const INITIAL: MediaSnapshot = {
  connection: 'connecting',
  participants: [],
  microphone: 'off',
  isMicrophoneMuted: false,
  localLevel: 0,
  isTalkingMuted: false,
  noise: 'off',
  camera: 'off',
  screen: 'off',
  microphoneName: null,
  cameraName: null,
  isCameraFacingAway: false,
  cameraStream: null,
  screenStream: null,
  published: {},
  isAudioBlocked: false,
  isSendStopped: false,
  serverMutes: 0,
  dropped: noDrops(),
  forged: new Map(),
  silenced: new Map(),
  withheld: 0,
  quality: wellQualities,
};

export class SnapshotStore {
  #snapshot = INITIAL;
  readonly #listeners = new Set<() => void>();

  get snapshot(): MediaSnapshot {
    return this.#snapshot;
  }

  set(patch: Partial<MediaSnapshot>): void {
    const keys = Object.keys(patch) as (keyof MediaSnapshot)[];
    if (keys.every((key) => Object.is(patch[key], this.#snapshot[key]))) return;
    this.#snapshot = { ...this.#snapshot, ...patch };
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
