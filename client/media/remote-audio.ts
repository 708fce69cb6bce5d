// Plays what others say: one hidden audio element per track. Elements are in the document, because some browsers play none that
// is not. An element listens from the moment that the frame worker knows whose track it is, which is well before livekit-client calls
// the track subscribed: what opens is heard then, and before that there is nothing to hear. How loud somebody is here is this device's own
// affair: up to as it comes by the element, above that by an amplifier beside it.
import type { RemoteTrack } from 'livekit-client';
import { Amplifier } from './amplifier.ts';

interface Voice {
  readonly element: HTMLAudioElement;
  readonly from: string;
  /** Taken from the track with the voice: a peer connection keeps tracks, and uses them again for whoever comes next. */
  readonly onEnded: () => void;
}

export class RemoteAudio {
  #container: HTMLElement | null = null;
  #output: string | null = null;
  readonly #voices = new Map<MediaStreamTrack, Voice>();
  /** By LiveKit identity; 1 for who is not in it. */
  readonly #volumes = new Map<string, number>();
  readonly #amplifier = new Amplifier(() => {
    for (const [track, voice] of this.#voices) this.#adjust(track, voice);
  });

  /** Out of this device; null: the system's. Where the browser lets a page choose. */
  setOutput(deviceId: string | null): void {
    if (deviceId === this.#output) return;
    this.#output = deviceId;
    for (const { element } of this.#voices.values()) this.#route(element);
    this.#amplifier.setOutput(deviceId);
  }

  /** 0 to 2, of everything that comes from there, now and later. */
  setVolume(livekitIdentity: string, volume: number): void {
    if (volume === (this.#volumes.get(livekitIdentity) ?? 1)) return;
    this.#volumes.set(livekitIdentity, volume);
    for (const [track, voice] of this.#voices) if (voice.from === livekitIdentity) this.#adjust(track, voice);
  }

  /** After a tap: browsers keep sound silent until then. */
  resume(): Promise<void> {
    return this.#amplifier.resume();
  }

  /** Before livekit-client has the track. */
  listen(track: MediaStreamTrack, from: string): void {
    if (this.#voices.has(track)) return;
    const element = document.createElement('audio');
    element.autoplay = true;
    if (this.#output !== null) this.#route(element);
    element.srcObject = new MediaStream([track]);
    const voice = { element, from, onEnded: () => this.#drop(track) };
    this.#voices.set(track, voice);
    this.#adjust(track, voice);
    this.#home().append(element);
    track.addEventListener('ended', voice.onEnded);
  }

  play(track: RemoteTrack, from: string): void {
    const known = this.#voices.get(track.mediaStreamTrack);
    // What moved to somebody else is as loud as they are.
    if (known !== undefined && known.from !== from) this.#drop(track.mediaStreamTrack);
    this.listen(track.mediaStreamTrack, from);
    // livekit-client plays it as well, and raises AudioPlaybackStatusChanged if the browser wants a tap first.
    const voice = this.#voices.get(track.mediaStreamTrack);
    if (voice === undefined) return;
    track.attach(voice.element);
    this.#adjust(track.mediaStreamTrack, voice);
  }

  stop(track: RemoteTrack): void {
    const voice = this.#voices.get(track.mediaStreamTrack);
    if (voice !== undefined) track.detach(voice.element);
    this.#drop(track.mediaStreamTrack);
  }

  close(): void {
    for (const track of [...this.#voices.keys()]) this.#drop(track);
    this.#amplifier.close();
    this.#container?.remove();
    this.#container = null;
  }

  #adjust(track: MediaStreamTrack, { element, from }: Voice): void {
    const volume = this.#volumes.get(from) ?? 1;
    if (volume <= 1) this.#amplifier.remove(track);
    const isAmplified = volume > 1 && this.#amplifier.set(track, volume);
    element.volume = Math.min(1, volume);
    // Some browsers do not let a page set the volume: silence they let it have.
    element.muted = volume === 0 || isAmplified;
  }

  /** A device that is gone is the system's affair: the sound stays where it is. */
  #route(element: HTMLAudioElement): void {
    if ('setSinkId' in element) void element.setSinkId(this.#output ?? '').catch(() => undefined);
  }

  #drop(track: MediaStreamTrack): void {
    const voice = this.#voices.get(track);
    if (voice === undefined) return;
    this.#voices.delete(track);
    track.removeEventListener('ended', voice.onEnded);
    this.#amplifier.remove(track);
    voice.element.srcObject = null;
    voice.element.remove();
  }

  #home(): HTMLElement {
    if (this.#container === null) {
      this.#container = document.createElement('div');
      this.#container.hidden = true;
      this.#container.dataset['aparte'] = 'remote-audio';
      document.body.append(this.#container);
    }
    return this.#container;
  }
}
