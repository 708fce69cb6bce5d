// My microphone: captured as early as possible, published last (M5), muted at the worker first of all, so that a mute takes hold
// at once whatever track, encoder and connection are doing.
import { Track, TrackEvent, type LocalAudioTrack, type LocalTrack } from 'livekit-client';
import { captureMicrophone, deviceFailure } from './devices.ts';
import { deviceNameOf, isAsWished, orAnother, takeDevice, watchDevice } from './in-use.ts';
import { mark } from './marks.ts';
import { MutedSpeech } from './muted-speech.ts';
import { NoiseControl } from './noise-control.ts';
import type { Overruled } from './overruled.ts';
import { publish, unpublish, type LocalWorld } from './publishing.ts';

export class Microphone {
  readonly #world: LocalWorld;
  readonly #overruled: Overruled;
  readonly #noise: NoiseControl;
  #track: LocalAudioTrack | null = null;
  /** The one that was asked for last. */
  #deviceId: string | null;
  #starting: Promise<void> | null = null;
  #muting: Promise<void> = Promise.resolve();
  /** My last wish, whatever the track is made to do. */
  #wish = false;
  /** Hears me while I am muted, for this device alone. */
  #ear: MediaStreamTrack | null = null;
  readonly #mutedSpeech = new MutedSpeech();
  /** Counts starts and ends, so that a start knows when it was ended meanwhile. */
  #run = 0;

  constructor(world: LocalWorld, overruled: Overruled) {
    this.#world = world;
    this.#overruled = overruled;
    this.#deviceId = world.devices().microphone;
    this.#noise = new NoiseControl(world.store, world.devices().noise, (track) => world.levels.add(track));
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track?.mediaStreamTrack;
  }

  /** Whether I talk all the same while I am muted; asked for ten times a second. */
  isTalkingMuted(nowMs: number): boolean {
    return this.#ear !== null && this.#mutedSpeech.note(this.#world.levels.rms(this.#ear), nowMs);
  }

  /** Captures and publishes. Resolves when that is done or could not be. */
  start(): Promise<void> {
    if (this.#world.store.snapshot.microphone === 'on') return Promise.resolve();
    this.#starting ??= this.#start().finally(() => (this.#starting = null));
    return this.#starting;
  }

  /** Last wish wins. The worker drops frames from this moment, and lets them through only when all else is ready. */
  setMuted(isMuted: boolean): Promise<void> {
    this.#wish = isMuted;
    this.#world.store.set({ isMicrophoneMuted: isMuted });
    if (isMuted) this.#world.link.pause('microphone', true);
    this.#muting = this.#muting
      .then(() => this.#applyMute())
      .catch((error: unknown) => {
        if (!this.#wish) this.#lost(error);
      });
    return this.#muting;
  }

  /** Publishes in a new room what was on in the old one. */
  async republish(): Promise<void> {
    if (this.#track === null || this.#world.store.snapshot.microphone !== 'on') return;
    await this.#publish(this.#track);
    this.#noise.follow(this.#track);
  }

  /** The wishes about devices have changed: captured and filtered anew where they say so, and published as it was. */
  async followDevices(): Promise<void> {
    const { microphone, noise } = this.#world.devices();
    this.#noise.set(noise);
    const track = this.#track;
    if (microphone === this.#deviceId && (await isAsWished(track, microphone))) return;
    this.#deviceId = microphone;
    try {
      if (track !== null) await takeDevice(track, microphone);
    } catch (error) {
      if (this.#track === track) this.#lost(error);
    }
  }

  /** Stops and releases it. May be started again. */
  close(): void {
    this.#run++;
    this.#drop();
    this.#world.store.set({ microphone: 'off' });
  }

  async #start(): Promise<void> {
    const { store, levels } = this.#world;
    const run = ++this.#run;
    store.set({ microphone: 'starting' });
    try {
      const track = await captureMicrophone(this.#deviceId);
      if (run !== this.#run) {
        track.stop();
        return;
      }
      this.#track = track;
      levels.add(track.mediaStreamTrack);
      track.on(TrackEvent.Restarted, () => {
        levels.add(track.mediaStreamTrack);
        this.#listenAgain(track);
        void this.#name(track);
      });
      const isGone = watchDevice(track);
      track.on(TrackEvent.Muted, () => this.#wasMuted(track, isGone()));
      await this.#applyMute();
      await this.#world.keys;
      if (run !== this.#run) return;
      await this.#publish(track);
      if (run !== this.#run) return;
      store.set({ microphone: 'on' });
      void this.#name(track);
      this.#noise.follow(track);
      mark('aparte:join:published');
    } catch (error) {
      if (run !== this.#run) return;
      this.#drop();
      store.set({ microphone: deviceFailure(error) });
    }
  }

  async #name(track: LocalAudioTrack): Promise<void> {
    const microphoneName = await deviceNameOf(track);
    if (this.#track === track) this.#world.store.set({ microphoneName });
  }

  #publish(track: LocalAudioTrack): Promise<void> {
    return publish(this.#world, track as LocalTrack, { source: Track.Source.Microphone });
  }

  /** By me, or by livekit-client: the device is gone, or the service muted me, which is undone. It never unmutes what I have muted. */
  #wasMuted(track: LocalAudioTrack, isGone: boolean): void {
    this.#world.link.pause('microphone', true);
    this.#world.store.set({ isMicrophoneMuted: true });
    if (this.#wish || this.#track !== track) return;
    if (isGone) {
      // Another device, and if there is none, the screen says so.
      void this.setMuted(false);
      return;
    }
    this.#overruled.undo(async () => {
      const isMine = (): boolean => !this.#wish && this.#track === track;
      if (isMine()) await this.setMuted(false);
      return isMine() && !track.isMuted;
    });
  }

  async #applyMute(): Promise<void> {
    const isMuted = (): boolean => this.#world.store.snapshot.isMicrophoneMuted;
    const track = this.#track;
    if (!isMuted()) this.#noise.rest(false);
    if (track !== null) {
      await (isMuted() ? track.mute() : orAnother(track, () => track.unmute()));
      this.#listenAgain(track);
    }
    this.#noise.rest(isMuted());
    if (!isMuted()) this.#world.link.pause('microphone', false);
  }

  /** The track that is muted is silent: a copy of what comes in hears whether I talk, and goes nowhere. */
  #listenAgain(track: LocalAudioTrack): void {
    this.#stopListening();
    if (this.#track !== track || !this.#world.store.snapshot.isMicrophoneMuted) return;
    const ear = (this.#noise.input ?? track.mediaStreamTrack).clone();
    ear.enabled = true;
    this.#ear = ear;
    this.#world.levels.add(ear);
  }

  #stopListening(): void {
    this.#mutedSpeech.reset();
    if (this.#ear === null) return;
    this.#world.levels.remove(this.#ear);
    this.#ear.stop();
    this.#ear = null;
  }

  /** Nothing is captured any more, and the screen says why. */
  #lost(error: unknown): void {
    if (this.#track === null) return;
    this.#run++;
    this.#drop();
    this.#world.store.set({ microphone: deviceFailure(error), microphoneName: null });
  }

  #drop(): void {
    const track = this.#track;
    if (track === null) return;
    this.#track = null;
    this.#stopListening();
    this.#noise.forget();
    this.#world.levels.remove(track.mediaStreamTrack);
    track.stop();
    void unpublish(this.#world, [track as LocalTrack]);
  }
}
