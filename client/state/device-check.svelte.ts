// The check of devices before somebody goes into a voice chat, or on its own: whether it is due (device-memory.ts), what it shows, and what
// it keeps. The devices themselves are device-check-media.ts, loaded when it opens; devices.svelte.ts has what was chosen.
import type { CheckMedia, CheckSnapshot } from './device-check-media.ts';
import type { DeviceMemory } from './device-memory.ts';
import type { DevicesModel } from './devices.svelte.ts';
import type { CheckAction, DeviceCheckView } from './view.ts';

export interface CheckParts {
  readonly memory: DeviceMemory;
  readonly loadCheck: () => Promise<{ readonly CheckMedia: typeof CheckMedia }>;
}

const nothing: CheckSnapshot = {
  ...{ microphone: 'starting', level: 0, sound: 'idle', camera: 'off', cameraStream: null },
};

export class DeviceCheckModel {
  readonly #parts: CheckParts;
  readonly #devices: DevicesModel;
  #media: CheckMedia | null = null;
  #snapshot: CheckSnapshot = $state.raw(nothing);
  /** Of the group whose voice chat comes after; null on its own. Undefined: closed. */
  #groupId: string | null | undefined = $state();

  #isFirst: boolean;

  constructor(parts: CheckParts, devices: DevicesModel) {
    this.#parts = parts;
    this.#isFirst = $state(parts.memory.isFirst);
    this.#devices = devices;
  }

  /** Nobody ever joined, or checked, from here: it is offered. */
  get isOffered(): boolean {
    return this.#isFirst;
  }

  get isDue(): boolean {
    return this.#parts.memory.isCheckDue(this.#devices.found, this.#devices.wishes);
  }

  /** In without a check: what is there now is what is known. */
  entered(): void {
    if (this.#isFirst) this.#remember();
  }

  /** The group that a join from here goes into. */
  get groupId(): string | null {
    return this.#groupId ?? null;
  }

  view(around: Pick<DeviceCheckView, 'group' | 'me'>): DeviceCheckView | null {
    if (this.#groupId === undefined) return null;
    const { wishes: chosen, found, canChooseSpeaker } = this.#devices;
    const { backgrounds } = this.#devices;
    return { ...around, ...this.#snapshot, chosen, found, canChooseSpeaker, backgrounds };
  }

  open(groupId: string | null): void {
    const wasOpen = this.#groupId !== undefined;
    this.#groupId = groupId;
    if (wasOpen) return;
    this.#snapshot = nothing;
    this.#devices.watch();
    this.#parts
      .loadCheck()
      .then(({ CheckMedia }) => {
        if (this.#groupId === undefined || this.#media !== null) return;
        this.#media = new CheckMedia(this.#devices.wishes, (snapshot) => this.#changed(snapshot));
      })
      .catch(() => (this.#snapshot = { ...nothing, microphone: 'failed' }));
  }

  /** Lets go of every device. */
  close(): void {
    this.#groupId = undefined;
    this.#media?.close();
    this.#media = null;
  }

  /** Done: it is not due again before something changes. True: the camera was on, and shall be. */
  finish(): boolean {
    const isCameraOn = this.#snapshot.camera === 'on';
    this.#remember();
    this.close();
    return isCameraOn;
  }

  #remember(): void {
    this.#parts.memory.checked(this.#devices.found, this.#devices.wishes);
    this.#isFirst = false;
  }

  /** What was chosen has changed. */
  follow(): void {
    this.#media?.follow(this.#devices.wishes);
  }

  act(action: CheckAction): void {
    const media = this.#media;
    if (action === 'retry') void media?.startMicrophone();
    if (action === 'record') void media?.record();
    if (action === 'testSpeaker') void media?.testSpeaker();
    if (action === 'toggleCamera') media?.setCamera(!['starting', 'on'].includes(this.#snapshot.camera));
    if (action === 'turnOnCamera') media?.setCamera(true);
  }

  #changed(snapshot: CheckSnapshot): void {
    const isNamed = snapshot.microphone === 'on' && this.#snapshot.microphone !== 'on';
    const isSeen = snapshot.camera === 'on' && this.#snapshot.camera !== 'on';
    this.#snapshot = snapshot;
    // Browsers tell the names of devices once one of them is in use.
    if (isNamed || isSeen) this.#devices.look();
  }
}
