// Plays what others say: one hidden audio element per track. Elements are in the document, because some browsers play none that
// is not. An element listens from the moment that the frame worker knows whose track it is, which is well before livekit-client calls
// the track subscribed: what opens is heard then, and before that there is nothing to hear.
import type { RemoteTrack } from 'livekit-client';

export class RemoteAudio {
  #container: HTMLElement | null = null;
  #output: string | null = null;
  readonly #elements = new Map<MediaStreamTrack, HTMLAudioElement>();

  /** Out of this device; null: the system's. Where the browser lets a page choose. */
  setOutput(deviceId: string | null): void {
    if (deviceId === this.#output) return;
    this.#output = deviceId;
    for (const element of this.#elements.values()) this.#route(element);
  }

  /** Before livekit-client has the track. */
  listen(track: MediaStreamTrack): void {
    if (this.#elements.has(track)) return;
    const element = document.createElement('audio');
    element.autoplay = true;
    if (this.#output !== null) this.#route(element);
    element.srcObject = new MediaStream([track]);
    this.#home().append(element);
    this.#elements.set(track, element);
    track.addEventListener('ended', () => this.#drop(track), { once: true });
  }

  play(track: RemoteTrack): void {
    this.listen(track.mediaStreamTrack);
    // livekit-client plays it as well, and raises AudioPlaybackStatusChanged if the browser wants a tap first.
    const element = this.#elements.get(track.mediaStreamTrack);
    if (element !== undefined) track.attach(element);
  }

  stop(track: RemoteTrack): void {
    const element = this.#elements.get(track.mediaStreamTrack);
    if (element !== undefined) track.detach(element);
    this.#drop(track.mediaStreamTrack);
  }

  close(): void {
    for (const track of [...this.#elements.keys()]) this.#drop(track);
    this.#container?.remove();
    this.#container = null;
  }

  /** A device that is gone is the system's affair: the sound stays where it is. */
  #route(element: HTMLAudioElement): void {
    if ('setSinkId' in element) void element.setSinkId(this.#output ?? '').catch(() => undefined);
  }

  #drop(track: MediaStreamTrack): void {
    const element = this.#elements.get(track);
    if (element === undefined) return;
    this.#elements.delete(track);
    element.srcObject = null;
    element.remove();
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
