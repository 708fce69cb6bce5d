// My camera and my screen: on and off in the middle of a call, last wish wins (wish.ts). A camera that goes off is muted and its
// device released; the publication stays, so that it is back quickly. A shared screen is published anew each time.
import { Track, TrackEvent, type LocalTrack, type LocalVideoTrack, type VideoCodec } from 'livekit-client';
import type { PictureCeiling } from './ceiling.ts';
import { captureCamera, captureScreen, deviceFailure } from './devices.ts';
import { deviceNameOf, facesAway, isAsWished, orAnother, takeDevice, watchDevice } from './in-use.ts';
import { mark } from './marks.ts';
import type { Overruled } from './overruled.ts';
import { publish, unpublish, type LocalWorld } from './publishing.ts';
import { Wish } from './wish.ts';

/** My own picture comes after what makes the others see it, but not later than this. */
const ownPictureAfterMs = 200;

export class Camera {
  readonly #world: LocalWorld;
  readonly #overruled: Overruled;
  readonly #wish: Wish;
  /** The one that was asked for last. */
  #deviceId: string | null;
  #track: LocalVideoTrack | null = null;
  #isPublished = false;
  /** Under which `#track` was captured. */
  #ceiling: PictureCeiling = 'any';
  /** … and is published. */
  #codec: VideoCodec | undefined;

  constructor(world: LocalWorld, overruled: Overruled) {
    this.#world = world;
    this.#overruled = overruled;
    this.#deviceId = world.devices().camera;
    this.#wish = new Wish({
      turnOn: () => this.#turnOn(),
      turnOff: () => this.#turnOff(),
      onFailed: (error) => this.#fail(error),
    });
  }

  set(isOn: boolean): Promise<void> {
    return this.#wish.want(isOn);
  }

  /** The wishes about devices have changed. */
  async followDevices(): Promise<void> {
    const { camera } = this.#world.devices();
    const track = this.#track;
    if (camera === this.#deviceId && (await isAsWished(track, camera))) return;
    this.#deviceId = camera;
    try {
      if (track !== null) await takeDevice(track, camera);
    } catch (error) {
      if (this.#track !== track) return;
      this.#wish.wentOff();
      this.#fail(error);
    }
  }

  /** The old room is gone: what was on is published in the new one. */
  async republish(): Promise<void> {
    this.#isPublished = false;
    if (this.#wish.isWanted && this.#track !== null) await this.#publish(this.#track);
    else this.#release();
  }

  close(): void {
    this.#wish.wentOff();
    this.#release();
    this.#world.store.set({ camera: 'off', cameraStream: null });
  }

  async #turnOn(): Promise<void> {
    const { store } = this.#world;
    store.set({ camera: 'starting' });
    const ceiling = this.#world.cameraCeiling();
    const { videoCodec } = this.#world.publishOptions();
    if (ceiling !== this.#ceiling || videoCodec !== this.#codec) this.#release();
    this.#ceiling = ceiling;
    this.#codec = videoCodec;
    if (this.#track === null) {
      const track = (this.#track = await captureCamera(this.#deviceId, ceiling));
      const isGone = watchDevice(track);
      track.on(TrackEvent.Muted, () => this.#wasMuted(track, isGone()));
      track.on(TrackEvent.Restarted, () => this.#show(track));
    } else {
      const track = this.#track;
      await orAnother(track, () => track.unmute());
    }
    const publishing = this.#publish(this.#track);
    await Promise.race([publishing, pause(ownPictureAfterMs)]);
    this.#show(this.#track);
    await publishing;
    store.set({ camera: 'on' });
    mark('aparte:camera:published');
  }

  #show(track: LocalVideoTrack): void {
    if (!this.#wish.isWanted) return;
    const cameraStream = new MediaStream([track.mediaStreamTrack]);
    this.#world.store.set({ cameraStream, isCameraFacingAway: facesAway(track) });
    void this.#name(track);
  }

  async #name(track: LocalVideoTrack): Promise<void> {
    const cameraName = await deviceNameOf(track);
    if (this.#track === track) this.#world.store.set({ cameraName });
  }

  async #turnOff(): Promise<void> {
    this.#world.store.set({ camera: 'off', cameraStream: null });
    await this.#track?.mute();
  }

  async #publish(track: LocalVideoTrack): Promise<void> {
    if (this.#isPublished) return;
    await publish(this.#world, track, { ...this.#world.publishOptions(), source: Track.Source.Camera });
    // Lost while it was being published: the next one starts anew.
    if (this.#track === track) this.#isPublished = true;
    else void unpublish(this.#world, [track]);
  }

  #fail(error: unknown): void {
    this.#release();
    const isClosed = this.#world.store.snapshot.connection === 'closed';
    this.#world.store.set({ camera: isClosed ? 'off' : deviceFailure(error), cameraStream: null });
  }

  /** Not by me: the service muted me, or this device went: another is taken, if there is one. */
  #wasMuted(track: LocalVideoTrack, isGone: boolean): void {
    const isMine = (): boolean => this.#wish.isWanted && this.#track === track;
    if (!isMine()) return;
    this.#world.store.set({ camera: 'starting' });
    if (isGone) void this.#restart(track);
    else this.#overruled.undo(() => (isMine() ? this.#restart(track) : Promise.resolve(false)));
  }

  /** Whether it is on again. */
  async #restart(track: LocalVideoTrack): Promise<boolean> {
    try {
      await orAnother(track, () => track.unmute());
      const isMine = this.#wish.isWanted && this.#track === track;
      if (isMine) this.#world.store.set({ camera: 'on' });
      else await track.mute();
      return isMine;
    } catch (error) {
      if (this.#track !== track) return false;
      this.#wish.wentOff();
      this.#fail(error);
      return false;
    }
  }

  #release(): void {
    const track = this.#track;
    this.#track = null;
    if (track === null) return;
    track.stop();
    if (this.#isPublished) void unpublish(this.#world, [track]);
    this.#isPublished = false;
  }
}

export class Screen {
  readonly #world: LocalWorld;
  readonly #overruled: Overruled;
  readonly #wish: Wish;
  #tracks: LocalTrack[] = [];

  constructor(world: LocalWorld, overruled: Overruled) {
    this.#world = world;
    this.#overruled = overruled;
    this.#wish = new Wish({
      turnOn: () => this.#turnOn(),
      turnOff: () => this.#turnOff(),
      onFailed: (error) => this.#fail(error),
    });
  }

  set(isOn: boolean): Promise<void> {
    return this.#wish.want(isOn);
  }

  async republish(): Promise<void> {
    if (this.#wish.isWanted) await this.#publish();
  }

  close(): void {
    this.#wish.wentOff();
    void this.#turnOff();
  }

  async #turnOn(): Promise<void> {
    const { store } = this.#world;
    store.set({ screen: 'starting' });
    this.#tracks = await captureScreen(this.#world.ceiling());
    const [picture] = this.#tracks;
    picture?.on(TrackEvent.Ended, () => void this.set(false));
    for (const track of this.#tracks) track.on(TrackEvent.Muted, () => this.#wasMuted(track));
    store.set({ screenStream: picture === undefined ? null : new MediaStream([picture.mediaStreamTrack]) });
    await this.#publish();
    store.set({ screen: 'on' });
  }

  async #turnOff(): Promise<void> {
    const tracks = this.#tracks.splice(0);
    this.#world.store.set({ screen: 'off', screenStream: null });
    for (const track of tracks) track.stop();
    await unpublish(this.#world, tracks);
  }

  /** By the service: I never mute it. */
  #wasMuted(track: LocalTrack): void {
    this.#overruled.undo(async () => {
      if (this.#tracks.includes(track)) await track.unmute();
      return this.#tracks.includes(track);
    });
  }

  async #publish(): Promise<void> {
    for (const track of this.#tracks) await publish(this.#world, track, this.#world.publishOptions());
  }

  /** Closing the browser's picker is a change of mind, not a failure; it cannot be told from a refusal. */
  #fail(error: unknown): void {
    const failure = deviceFailure(error);
    const { store } = this.#world;
    void this.#turnOff();
    store.set({ screen: failure === 'denied' || store.snapshot.connection === 'closed' ? 'off' : failure });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
