// My camera: on and off in the middle of a call, last wish wins (wish.ts). One that goes off is muted and its device released; the
// publication stays, so that it is back quickly. With something behind me (background-control.ts) everything is let go of instead, and
// what is on is taken back before the bare picture would be against the wish. screen.ts has the screen.
import { Track, TrackEvent, type LocalVideoTrack } from 'livekit-client';
import { Abandoned, BackgroundControl, BackgroundFailure } from './background-control.ts';
import type { PictureCeiling } from './ceiling.ts';
import type { VideoCodec } from './codec-choice.ts';
import { captureCamera, deviceFailure } from './devices.ts';
import { deviceNameOf, facesAway, isAsWished, orAnother, takeDevice, watchDevice } from './in-use.ts';
import { mark } from './marks.ts';
import type { Overruled } from './overruled.ts';
import { pictureOptions, publish, unpublish, withdraw, type LocalWorld } from './publishing.ts';
import { Wish } from './wish.ts';

/** My own picture comes after what makes the others see it, but not later than this. */
const ownPictureAfterMs = 200;

export class Camera {
  readonly #world: LocalWorld;
  readonly #overruled: Overruled;
  readonly #wish: Wish;
  readonly #background: BackgroundControl;
  /** The one that was asked for last. */
  #deviceId: string | null;
  #track: LocalVideoTrack | null = null;
  #isPublished = false;
  /** One after the other. */
  #publishing: Promise<unknown> = Promise.resolve();
  /** It is taken back to come again at once, in another codec. */
  #isChanging = false;
  /** What was behind me broke, since the camera was turned on. */
  #isLost = false;
  /** Under which `#track` was captured. */
  #ceiling: PictureCeiling = 'any';
  /** … and is published. */
  #codec: VideoCodec = 'vp8';

  constructor(world: LocalWorld, overruled: Overruled) {
    this.#world = world;
    this.#overruled = overruled;
    this.#deviceId = world.devices().camera;
    this.#wish = new Wish({
      turnOn: () => this.#turnOn(),
      turnOff: () => this.#turnOff(),
      onFailed: (error) => this.#fail(error),
    });
    const parts = {
      shut: (isShut: boolean) => this.#shut(isShut),
      load: async () => (await import('./background/filter.ts')).BackgroundFilter,
      onLost: () => this.#lostBackground(),
    };
    this.#background = new BackgroundControl(parts, world.devices());
  }

  get isChanging(): boolean {
    return this.#isChanging;
  }

  set(isOn: boolean): Promise<void> {
    if (!isOn) this.#background.abandon();
    return this.#wish.want(isOn);
  }

  /** The wishes about devices have changed. */
  async followDevices(): Promise<void> {
    const wishes = this.#world.devices();
    if (this.#background.set(wishes)) this.#followBackground();
    const { camera } = wishes;
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

  /** What the others can decode has changed (M7): what runs and not all of them can goes out anew, in what they can. */
  async followReceivers(): Promise<void> {
    if (this.#wish.isWanted && !this.#world.codecs.mayKeep(this.#codec)) await this.#wish.renew();
  }

  /** The old room is gone: what was on is published in the new one. */
  async republish(): Promise<void> {
    this.#isPublished = false;
    const track = this.#track;
    if (!this.#wish.isWanted || track === null) {
      this.#release();
      return;
    }
    // Something is being put behind me: it is published with that.
    if (this.#background.isShut) return;
    try {
      await this.#publish(track);
      void this.followReceivers();
    } catch (error) {
      if (this.#track !== track) return;
      this.#wish.wentOff();
      this.#fail(error);
    }
  }

  close(): void {
    this.#wish.wentOff();
    this.#release();
    this.#world.store.set({ camera: 'off', cameraStream: null });
  }

  async #turnOn(): Promise<void> {
    this.#world.store.set({ camera: 'starting' });
    this.#isLost = false;
    try {
      await this.#bringUp();
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      // Another wish about it: that one is fulfilled. Or the camera is not wanted any more, and turned off next.
      if (this.#wish.isWanted) await this.#turnOn();
    }
    this.#failIfLost();
  }

  #failIfLost(): void {
    if (this.#isLost) throw new BackgroundFailure('it broke meanwhile');
  }

  async #bringUp(): Promise<void> {
    const { store } = this.#world;
    const ceiling = this.#world.cameraCeiling();
    const isMuted = this.#track?.isMuted === true;
    const isOther = this.#isPublished && this.#isOtherCodec(isMuted);
    // One that was muted, without anything behind me, and would come back bare.
    const isBare = this.#background.isWished && isMuted;
    if (isBare || ceiling !== this.#ceiling || (isOther && isMuted)) this.#release();
    this.#ceiling = ceiling;
    const track = (this.#track ??= await this.#capture(ceiling));
    if (this.#background.isWished && !this.#wish.isWanted) throw new Abandoned();
    if (track.isMuted) await orAnother(track, () => track.unmute());
    this.#isChanging = isOther && this.#isPublished && !this.#background.isShut;
    if (this.#background.isShut || isOther) await this.#takeBack(track);
    await this.#background.apply(track);
    const publishing = this.#publish(track);
    await Promise.race([publishing, pause(ownPictureAfterMs)]);
    this.#show(track);
    await publishing;
    store.set({ camera: 'on' });
    mark('aparte:camera:published');
  }

  async #capture(ceiling: PictureCeiling): Promise<LocalVideoTrack> {
    this.#background.prepare();
    const track = await captureCamera(this.#deviceId, ceiling);
    const isGone = watchDevice(track);
    track.on(TrackEvent.Muted, () => this.#wasMuted(track, isGone()));
    track.on(TrackEvent.Restarted, () => this.#show(track));
    return track;
  }

  /** What was going out is against the wish by now, or not for everybody: the next one comes out of another encoder. */
  async #takeBack(track: LocalVideoTrack): Promise<void> {
    if (!this.#isPublished) return;
    this.#isPublished = false;
    await withdraw(this.#world, track);
  }

  #followBackground(): void {
    const { store } = this.#world;
    if (store.snapshot.camera === 'noBackground') store.set({ camera: 'off' });
    if (this.#wish.isWanted && this.#background.isShut) store.set({ camera: 'starting', cameraStream: null });
    void this.#wish.renew();
  }

  #lostBackground(): void {
    this.#isLost = true;
    this.#wish.wentOff();
    this.#fail(new BackgroundFailure('it broke'));
  }

  #shut(isShut: boolean): void {
    // What F9 has stopped stays so.
    if (isShut || !this.#world.store.snapshot.isSendStopped) this.#world.link.pause('camera', isShut);
  }

  #show(track: LocalVideoTrack): void {
    if (!this.#wish.isWanted || this.#background.isShut) return;
    const { store } = this.#world;
    const shown = track.mediaStreamTrack;
    const isShown = store.snapshot.cameraStream?.getVideoTracks()[0] === shown;
    if (!isShown) store.set({ cameraStream: new MediaStream([shown]) });
    store.set({ isCameraFacingAway: facesAway(track) });
    void this.#name(track);
  }

  async #name(track: LocalVideoTrack): Promise<void> {
    const cameraName = await deviceNameOf(track);
    if (this.#track === track) this.#world.store.set({ cameraName });
  }

  async #turnOff(): Promise<void> {
    this.#world.store.set({ camera: 'off', cameraStream: null });
    if (this.#background.isUsed) this.#release();
    else await this.#track?.mute();
  }

  /** Whether the publication there is is of another codec than is to go out (M7). One that runs changes only where it must. */
  #isOtherCodec(isMuted: boolean): boolean {
    const { codecs } = this.#world;
    return isMuted ? codecs.for('camera') !== this.#codec : !codecs.mayKeep(this.#codec);
  }

  async #publish(track: LocalVideoTrack): Promise<void> {
    await this.#publishing;
    if (this.#isPublished) return;
    this.#background.open(track);
    this.#codec = this.#world.codecs.for('camera');
    const options = { ...pictureOptions, videoCodec: this.#codec, source: Track.Source.Camera };
    const publishing = publish(this.#world, track, options).finally(() => (this.#isChanging = false));
    this.#publishing = publishing.catch(() => undefined);
    await publishing;
    // Lost while it was being published: the next one starts anew.
    if (this.#track === track) this.#isPublished = true;
    else void unpublish(this.#world, [track]);
    this.#background.check(track);
  }

  #fail(error: unknown): void {
    this.#release();
    const isClosed = this.#world.store.snapshot.connection === 'closed';
    const failure = error instanceof BackgroundFailure ? 'noBackground' : deviceFailure(error);
    this.#world.store.set({ camera: isClosed ? 'off' : failure, cameraStream: null });
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
    this.#isChanging = false;
    this.#background.forget();
    if (track === null) return;
    track.stop();
    if (this.#isPublished) void unpublish(this.#world, [track]);
    this.#isPublished = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
