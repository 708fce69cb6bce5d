// My screen: shared and not in the middle of a call, last wish wins (wish.ts), published anew each time. Nothing is ever put before or behind
// it. camera.ts has the camera.
import { TrackEvent, type LocalTrack } from 'livekit-client';
import { captureScreen, deviceFailure } from './devices.ts';
import type { Overruled } from './overruled.ts';
import { publish, unpublish, type LocalWorld } from './publishing.ts';
import { Wish } from './wish.ts';

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
