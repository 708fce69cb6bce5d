// The camera, while somebody looks at their devices before a call: the picture that the others would see, with what is to be behind me. Where
// that cannot be put there, no picture is shown. device-check-media.ts has the other devices, and lets go of this one.
import { deviceFailure, openDevice, type DeviceFailure } from '../media/capture.ts';
import type { BackgroundFilter } from '../media/background/filter.ts';
import type { BackgroundWish, DeviceWishes } from '../media/types.ts';

export interface CheckedCamera {
  readonly camera: 'off' | 'starting' | 'on' | 'noBackground' | DeviceFailure;
  readonly cameraStream: MediaStream | null;
}

type Wishes = BackgroundWish & Pick<DeviceWishes, 'camera'>;

export class CheckCamera {
  readonly #onChange: (camera: CheckedCamera) => void;
  #wishes: Wishes;
  #stream: MediaStream | null = null;
  #filter: BackgroundFilter | null = null;
  #state: CheckedCamera['camera'] = 'off';
  /** The latest start: an earlier one that comes later is let go of. */
  #run = 0;
  /** The latest wish about what is behind me. */
  #look = 0;

  constructor(wishes: Wishes, onChange: (camera: CheckedCamera) => void) {
    this.#wishes = wishes;
    this.#onChange = onChange;
  }

  follow(wishes: Wishes): void {
    const { camera, background, picture } = this.#wishes;
    this.#wishes = wishes;
    const isSame = wishes.background === background && wishes.picture === picture;
    if (this.#state === 'off') return;
    if (wishes.camera !== camera) void this.#start();
    else if (!isSame && this.#stream !== null) void this.#show(this.#run);
    else if (!isSame && this.#state === 'noBackground') this.drop('off');
  }

  set(isOn: boolean): void {
    if (isOn) void this.#start();
    else this.drop('off');
  }

  drop(state: 'off' | 'missing' | 'noBackground'): void {
    this.#run++;
    this.#release();
    this.#tell(state);
  }

  async #start(): Promise<void> {
    const run = ++this.#run;
    this.#release();
    this.#tell('starting');
    try {
      const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
      const stream = await openDevice(this.#wishes.camera, (device) =>
        capture({ video: { ...device, ...size } }),
      );
      if (run !== this.#run) {
        stop(stream);
        return;
      }
      this.#stream = stream;
      stream.getVideoTracks()[0]?.addEventListener('ended', () => {
        if (run === this.#run) this.drop('missing');
      });
    } catch (error) {
      if (run === this.#run) this.#tell(deviceFailure(error));
      return;
    }
    await this.#show(run);
  }

  /** With what is to be behind me, or not at all. */
  async #show(run: number): Promise<void> {
    const look = ++this.#look;
    const isLatest = (): boolean => run === this.#run && look === this.#look;
    const wish = this.#wishes;
    if (wish.background === 'none') {
      this.#dropFilter();
      this.#tell('on', this.#stream);
      return;
    }
    if (this.#filter === null) this.#tell('starting');
    try {
      const { BackgroundFilter } = await import('../media/background/filter.ts');
      const track = this.#stream?.getVideoTracks()[0];
      if (!isLatest() || track === undefined) return;
      const isNew = this.#filter === null;
      const filter = (this.#filter ??= new BackgroundFilter(
        () => run === this.#run && this.drop('noBackground'),
      ));
      if (isNew) await filter.init({ track });
      await filter.use(wish);
      await filter.shown();
      if (isLatest()) this.#tell('on', new MediaStream([filter.processedTrack]));
    } catch {
      if (isLatest()) this.drop('noBackground');
    }
  }

  #dropFilter(): void {
    void this.#filter?.destroy();
    this.#filter = null;
  }

  #release(): void {
    this.#dropFilter();
    stop(this.#stream);
    this.#stream = null;
  }

  #tell(camera: CheckedCamera['camera'], cameraStream: MediaStream | null = null): void {
    this.#state = camera;
    this.#onChange({ camera, cameraStream });
  }
}

/** Rejects as getUserMedia does, also where the page may not have devices at all. */
export function capture(wished: MediaStreamConstraints): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return Promise.reject(new DOMException('no devices here', 'NotFoundError'));
  return devices.getUserMedia(wished);
}

export function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
