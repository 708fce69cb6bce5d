// The dialog of microphone, camera and speaker: what there is to choose from, what is chosen, and what became of it. device-settings.ts
// remembers; the call that runs follows at once.
import type { Background, DeviceWishes, MediaSnapshot, NoiseSuppression } from '../media/types.ts';
import type { Backgrounds } from './backgrounds.ts';
import { isBack, otherCamera } from './device-changes.ts';
import type { DeviceMemory } from './device-memory.ts';
import type { DeviceSettings } from './device-settings.ts';
import type { BackgroundsView, DeviceChoice, DeviceKind, DevicesView } from './view.ts';

export interface DeviceParts {
  readonly settings: DeviceSettings;
  /** When it was last looked at with a check (device-check.svelte.ts). */
  readonly memory: DeviceMemory;
  /** Undefined where the page may not have devices (no HTTPS). */
  readonly mediaDevices: MediaDevices | undefined;
  /** Whether a page can choose where sound comes out here. */
  readonly canChooseSpeaker: boolean;
  readonly loadBackgrounds: () => Promise<{ readonly Backgrounds: typeof Backgrounds }>;
}

const kinds = { audioinput: 'microphone', videoinput: 'camera', audiooutput: 'speaker' } as const;

export class DevicesModel {
  readonly #parts: DeviceParts;
  #choosing: Backgrounds | null = null;
  #backgrounds: BackgroundsView | null = $state.raw(null);
  readonly #onChange: (wishes: DeviceWishes) => void;
  #wishes: DeviceWishes;
  #isOpen = $state(false);
  #isWatching = false;
  #found: readonly DeviceChoice[] = $state.raw([]);

  constructor(parts: DeviceParts, onChange: (wishes: DeviceWishes) => void) {
    this.#parts = parts;
    this.#onChange = onChange;
    this.#wishes = $state.raw(parts.settings.read());
  }

  get wishes(): DeviceWishes {
    return this.#wishes;
  }

  /** As of the last look. */
  get found(): readonly DeviceChoice[] {
    return this.#found;
  }

  get canChooseSpeaker(): boolean {
    return this.#parts.canChooseSpeaker;
  }

  get backgrounds(): BackgroundsView | null {
    return this.#backgrounds;
  }

  view(
    media: Pick<MediaSnapshot, 'localLevel' | 'noise' | 'camera' | 'cameraStream'> | null,
  ): DevicesView | null {
    if (!this.#isOpen) return null;
    return {
      chosen: this.#wishes,
      found: this.#found,
      canChooseSpeaker: this.#parts.canChooseSpeaker,
      level: media?.localLevel ?? 0,
      isNoiseFailed: media?.noise === 'failed' && this.#wishes.noise !== 'off',
      backgrounds: this.backgrounds,
      camera: media?.camera ?? 'off',
      cameraStream: media?.cameraStream ?? null,
    };
  }

  open(): void {
    this.#isOpen = true;
    this.watch();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Looks now, and from now on whenever something is plugged in or out. */
  watch(): void {
    if (!this.#isWatching) this.#parts.mediaDevices?.addEventListener('devicechange', () => this.look());
    this.#isWatching = true;
    void this.#lookAtBackgrounds();
    this.look();
  }

  look(): void {
    void this.#parts.mediaDevices
      ?.enumerateDevices()
      .then((devices) => {
        const before = this.#found;
        this.#found = choicesOf(devices);
        this.#parts.memory.noteFirst(this.#found, this.#wishes);
        // What was chosen and had gone is here again: it is taken again.
        if (isBack(this.#wishes, before, this.#found)) this.#onChange(this.#wishes);
      })
      .catch(() => undefined);
  }

  choose(kind: DeviceKind, id: string | null): void {
    this.#set({ [kind]: id });
  }

  /** Whether there is another camera to change to. */
  get hasOtherCamera(): boolean {
    return this.#found.filter(({ kind }) => kind === 'camera').length > 1;
  }

  /** From this camera to the next: on a phone, to the one on its other side. */
  switchCamera(inUse: string | null): void {
    const next = otherCamera(this.#found, { chosen: this.#wishes.camera, inUse });
    if (next !== null) this.choose('camera', next.id);
  }

  /** The same once more tries again what failed. */
  suppress(noise: NoiseSuppression): void {
    this.#set({ noise });
  }

  setBackground(background: Background): void {
    this.#set({ background });
  }

  /** Once it is kept it is what is seen behind me. */
  async useOwnPicture(file: Blob): Promise<void> {
    const picture = await this.#choosing?.keep(file);
    if (picture) this.#set({ background: 'own', picture });
  }

  /** What does not come is not offered: what is chosen holds all the same. */
  async #lookAtBackgrounds(): Promise<void> {
    const loaded = await this.#parts.loadBackgrounds().catch(() => null);
    if (loaded !== null) this.#choosing ??= new loaded.Backgrounds((view) => (this.#backgrounds = view));
    this.#choosing?.look(this.#wishes.picture);
  }

  #set(change: Partial<DeviceWishes>): void {
    this.#wishes = { ...this.#wishes, ...change };
    this.#parts.settings.write(this.#wishes);
    this.#onChange(this.#wishes);
  }
}

/** Without those that a browser names twice, and without a name before it may tell one. */
export function choicesOf(
  devices: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): DeviceChoice[] {
  return devices
    .filter(({ deviceId }) => deviceId !== '' && deviceId !== 'default' && deviceId !== 'communications')
    .map(({ kind, deviceId, label }) => ({ kind: kinds[kind], id: deviceId, label }));
}
