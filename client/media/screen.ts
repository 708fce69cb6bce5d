// My screen: shared and not in the middle of a call, last wish wins (wish.ts), published anew each time. Nothing is ever put before or behind
// it. camera.ts has the camera.
import { Track, TrackEvent, type LocalTrack } from 'livekit-client';
import type { VideoCodec } from './codec-choice.ts';
import { captureScreen, deviceFailure, screenHint } from './devices.ts';
import type { Overruled } from './overruled.ts';
import { pictureOptions, publish, unpublish, withdraw, type LocalWorld } from './publishing.ts';
import { Wish } from './wish.ts';

export class Screen {
  readonly #world: LocalWorld;
  readonly #overruled: Overruled;
  readonly #wish: Wish;
  #tracks: LocalTrack[] = [];
  /** In which its picture is published. */
  #codec: VideoCodec = 'vp8';
  /** The picture is taken back to come again at once, in another codec. */
  #isChanging = false;

  constructor(world: LocalWorld, overruled: Overruled) {
    this.#world = world;
    this.#overruled = overruled;
    this.#wish = new Wish({
      turnOn: () => this.#turnOn(),
      turnOff: () => this.#turnOff(),
      onFailed: (error) => this.#fail(error),
    });
  }

  get isChanging(): boolean {
    return this.#isChanging;
  }

  set(isOn: boolean): Promise<void> {
    return this.#wish.want(isOn);
  }

  async republish(): Promise<void> {
    if (this.#wish.isWanted) await this.#publish();
  }

  /** What the others can decode has changed (M7): what runs and not all of them can goes out anew, in what they can. */
  async followReceivers(): Promise<void> {
    if (this.#wish.isWanted && !this.#world.codecs.mayKeep(this.#codec)) await this.#wish.renew();
  }

  close(): void {
    this.#wish.wentOff();
    void this.#turnOff();
  }

  async #turnOn(): Promise<void> {
    const { store } = this.#world;
    if (this.#tracks.length > 0) return this.#changeCodec();
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
    this.#codec = this.#world.codecs.for('screen');
    for (const track of this.#tracks) await this.#publishOne(track);
  }

  async #publishOne(track: LocalTrack): Promise<void> {
    // livekit-client turns it to motion for what has layers in one stream, and not back.
    if (track.kind === Track.Kind.Video) track.mediaStreamTrack.contentHint = screenHint;
    await publish(this.#world, track, { ...pictureOptions, videoCodec: this.#codec });
  }

  /** The picture alone: who looks at it is not asked again what to share. */
  async #changeCodec(): Promise<void> {
    const picture = this.#tracks.find(({ kind }) => kind === Track.Kind.Video);
    if (picture === undefined || this.#world.codecs.mayKeep(this.#codec)) return;
    this.#isChanging = true;
    try {
      await withdraw(this.#world, picture);
      this.#codec = this.#world.codecs.for('screen');
      await this.#publishOne(picture);
    } finally {
      this.#isChanging = false;
    }
    // It ended, or was stopped, meanwhile.
    if (!this.#tracks.includes(picture)) await unpublish(this.#world, [picture]);
  }

  /** Closing the browser's picker is a change of mind, not a failure; it cannot be told from a refusal. */
  #fail(error: unknown): void {
    const failure = deviceFailure(error);
    const { store } = this.#world;
    void this.#turnOff();
    store.set({ screen: failure === 'denied' || store.snapshot.connection === 'closed' ? 'off' : failure });
  }
}
