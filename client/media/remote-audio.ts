// Plays what others say: one hidden audio element per track. Elements are in the document, because some browsers play none that
// is not.
import type { RemoteTrack } from 'livekit-client';

export class RemoteAudio {
  #container: HTMLElement | null = null;
  readonly #elements = new Map<RemoteTrack, HTMLAudioElement>();

  play(track: RemoteTrack): void {
    if (this.#elements.has(track)) return;
    const element = document.createElement('audio');
    element.autoplay = true;
    this.#home().append(element);
    this.#elements.set(track, element);
    // livekit-client plays it, and raises AudioPlaybackStatusChanged if the browser wants a tap first.
    track.attach(element);
  }

  stop(track: RemoteTrack): void {
    const element = this.#elements.get(track);
    if (element === undefined) return;
    this.#elements.delete(track);
    track.detach(element);
    element.srcObject = null;
    element.remove();
  }

  close(): void {
    for (const track of [...this.#elements.keys()]) this.stop(track);
    this.#container?.remove();
    this.#container = null;
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
