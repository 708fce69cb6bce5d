// The devices themselves, while somebody looks at them before a call: the microphone with its level and three seconds of it recorded and
// played back as the others would hear it, a sound for the speaker, a picture for the camera (check-camera.ts). Everything stays in this page's memory, and
// `close` lets go of all of it. Its own chunk; device-check.svelte.ts drives it.
import { deviceFailure, openDevice, voice, type DeviceFailure } from '../media/capture.ts';
import { Levels, sampleEveryMs } from '../media/levels.ts';
import type { DeviceWishes } from '../media/types.ts';
import { capture, CheckCamera, stop, type CheckedCamera } from './check-camera.ts';
import { testSound } from './test-sound.ts';

const recordMs = 3_000;

export type CheckedDevice = 'off' | 'starting' | 'on' | DeviceFailure;

export interface CheckSnapshot extends CheckedCamera {
  readonly microphone: CheckedDevice;
  /** 0..1 */
  readonly level: number;
  /** What the loudspeaker or the recorder is busy with. `failed`: this browser cannot record. */
  readonly sound: 'idle' | 'recording' | 'playing' | 'testing' | 'failed';
}

const nothing: CheckSnapshot = {
  ...{ microphone: 'starting', level: 0, sound: 'idle', camera: 'off', cameraStream: null },
};

/** Another wish ended this. */
class Stopped extends Error {}

export class CheckMedia {
  readonly #onChange: (snapshot: CheckSnapshot) => void;
  readonly #levels = new Levels();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #player = new Audio();
  readonly #camera: CheckCamera;
  #wishes: DeviceWishes;
  #snapshot = nothing;
  #microphone: MediaStream | null = null;
  /** The latest start: an earlier one that comes later is let go of. */
  #microphoneRun = 0;
  /** Ends what sounds or records now. */
  #sounding = new AbortController();

  constructor(wishes: DeviceWishes, onChange: (snapshot: CheckSnapshot) => void) {
    this.#wishes = wishes;
    this.#onChange = onChange;
    this.#camera = new CheckCamera(wishes, (camera) => this.#set(camera));
    this.#timer = setInterval(() => this.#measure(), sampleEveryMs);
    void this.startMicrophone();
  }

  /** Other devices. */
  follow(wishes: DeviceWishes): void {
    const before = this.#wishes;
    this.#wishes = wishes;
    if (wishes.microphone !== before.microphone) void this.startMicrophone();
    this.#camera.follow(wishes);
    if (wishes.speaker !== before.speaker) void this.#route();
  }

  async startMicrophone(): Promise<void> {
    const run = ++this.#microphoneRun;
    this.#stopSounding();
    this.#dropMicrophone();
    this.#set({ microphone: 'starting' });
    try {
      const stream = await openDevice(this.#wishes.microphone, (device) =>
        capture({ audio: { ...device, ...voice } }),
      );
      if (run !== this.#microphoneRun) {
        stop(stream);
        return;
      }
      this.#microphone = stream;
      const [track] = stream.getAudioTracks();
      if (track !== undefined) this.#levels.add(track);
      // It is pulled out: the usual one takes its place, or there is none.
      track?.addEventListener('ended', () => run === this.#microphoneRun && void this.startMicrophone());
      this.#set({ microphone: 'on' });
    } catch (error) {
      if (run === this.#microphoneRun) this.#set({ microphone: deviceFailure(error) });
    }
  }

  setCamera(isOn: boolean): void {
    this.#camera.set(isOn);
  }

  /** Three seconds of my voice, then what the others would have heard of them. Once more: ends it. */
  record(): Promise<void> {
    if (this.#isSounding('recording', 'playing')) return this.#end();
    return this.#sound('recording', async (signal) => {
      const { stream, done } = await this.#asHeard();
      const recording = await recorded(stream, signal).finally(done);
      this.#set({ sound: 'playing' });
      await this.#play(recording, signal);
    });
  }

  /** Two notes. Once more: ends them. */
  testSpeaker(): Promise<void> {
    if (this.#isSounding('testing')) return this.#end();
    return this.#sound('testing', (signal) => this.#play(testSound(), signal));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#microphoneRun++;
    this.#stopSounding();
    this.#dropMicrophone();
    this.#camera.drop('off');
    void this.#levels.close().catch(() => undefined);
  }

  #isSounding(...kinds: readonly CheckSnapshot['sound'][]): boolean {
    return kinds.includes(this.#snapshot.sound);
  }

  #end(): Promise<void> {
    this.#stopSounding();
    return Promise.resolve();
  }

  #stopSounding(): void {
    this.#sounding.abort(new Stopped());
    this.#player.pause();
    this.#set({ sound: 'idle' });
  }

  /** One sound at a time: the later ends the earlier. */
  async #sound(kind: 'recording' | 'testing', work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#stopSounding();
    const sounding = (this.#sounding = new AbortController());
    this.#set({ sound: kind });
    try {
      await work(sounding.signal);
      if (this.#sounding === sounding) this.#set({ sound: 'idle' });
    } catch {
      if (!sounding.signal.aborted) this.#set({ sound: 'failed' });
    }
  }

  /** The microphone, without the noise that would be taken out of it in a call. Where that cannot be had: as it is, as in a call. */
  async #asHeard(): Promise<{ readonly stream: MediaStream; readonly done: () => void }> {
    const microphone = this.#microphone;
    const track = microphone?.getAudioTracks()[0];
    if (microphone === null || track === undefined) throw new Error('no microphone to record');
    const plain = { stream: microphone, done: () => undefined };
    const { noise } = this.#wishes;
    if (noise === 'off') return plain;
    const { NoiseFilter } = await import('../media/noise/filter.ts');
    const filter = new NoiseFilter(() => undefined);
    try {
      if (!(await filter.wake())) throw new Error('the browser lets no sound through');
      await filter.use(noise);
      await filter.init({ track });
      return { stream: new MediaStream([filter.processedTrack]), done: () => void filter.destroy() };
    } catch {
      await filter.destroy().catch(() => undefined);
      return plain;
    }
  }

  async #play(sound: Blob, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const url = URL.createObjectURL(sound);
    this.#player.src = url;
    await this.#route();
    try {
      const ended = new Promise<void>((resolve, reject) => {
        this.#player.onended = () => resolve();
        this.#player.onerror = () => reject(new Error('this browser cannot play it'));
        signal.addEventListener('abort', () => reject(new Stopped()), { once: true });
      });
      // Asked for below; until then its failure is nobody's surprise.
      ended.catch(() => undefined);
      await this.#player.play();
      await ended;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /** A speaker that is gone is the system's affair: the sound comes out of the usual one. */
  async #route(): Promise<void> {
    if ('setSinkId' in this.#player)
      await this.#player.setSinkId(this.#wishes.speaker ?? '').catch(() => undefined);
  }

  #dropMicrophone(): void {
    const track = this.#microphone?.getAudioTracks()[0];
    if (track !== undefined) this.#levels.remove(track);
    stop(this.#microphone);
    this.#microphone = null;
  }

  #measure(): void {
    const track = this.#microphone?.getAudioTracks()[0];
    this.#set({ level: this.#levels.measure(track, performance.now()).level });
  }

  #set(patch: Partial<CheckSnapshot>): void {
    const keys = Object.keys(patch) as (keyof CheckSnapshot)[];
    if (keys.every((key) => Object.is(patch[key], this.#snapshot[key]))) return;
    this.#snapshot = { ...this.#snapshot, ...patch };
    this.#onChange(this.#snapshot);
  }
}

/** A few seconds of a stream. */
function recorded(stream: MediaStream, signal: AbortSignal): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    const timer = setTimeout(() => recorder.stop(), recordMs);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onerror = () => reject(new Error('this browser cannot record'));
    recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      if (recorder.state !== 'inactive') recorder.stop();
      reject(new Stopped());
    });
    recorder.start();
  });
}
