// Asks the SFU for pictures no larger than the screen shows them: once a second, the largest element that plays a track decides.
// livekit-client's adaptive stream would need to own the elements; ours belong to the screen.
import { Track, type RemoteTrackPublication, type Room } from 'livekit-client';

const everyMs = 1000;
/** Sizes are rounded up to this many pixels, so that a moving layout does not ask anew all the time. */
const STEP = 160;

/** What less data leaves of a camera. */
const smallest: Size = { width: 320, height: 180 };

interface Size {
  readonly width: number;
  readonly height: number;
}

export class PictureSizes {
  #lastMs = -everyMs;
  readonly #asked = new WeakMap<RemoteTrackPublication, string>();

  /** `isLowData`: cameras come small, however large they are shown; a screen is there to be read. */
  update(room: Room, nowMs: number, isLowData: () => boolean): void {
    if (nowMs - this.#lastMs < everyMs) return;
    const isLow = isLowData();
    this.#lastMs = nowMs;
    const shown = sizesByTrack();
    for (const participant of room.remoteParticipants.values()) {
      for (const publication of participant.videoTrackPublications.values() as Iterable<RemoteTrackPublication>) {
        const size = publication.track && shown.get(publication.track.mediaStreamTrack.id);
        const isSmall = isLow && publication.source === Track.Source.Camera;
        if (size !== undefined) this.#ask(publication, isSmall ? smallest : size);
      }
    }
  }

  #ask(publication: RemoteTrackPublication, size: Size): void {
    const name = `${size.width}×${size.height}`;
    if (this.#asked.get(publication) === name) return;
    this.#asked.set(publication, name);
    publication.setVideoDimensions(size);
  }
}

/** The largest size at which the document shows each track, in device pixels. */
function sizesByTrack(): Map<string, Size> {
  const sizes = new Map<string, Size>();
  for (const element of document.querySelectorAll('video')) {
    const [track] = element.srcObject instanceof MediaStream ? element.srcObject.getVideoTracks() : [];
    if (track === undefined || element.clientWidth === 0) continue;
    const size = { width: pixels(element.clientWidth), height: pixels(element.clientHeight) };
    if (size.width > (sizes.get(track.id)?.width ?? 0)) sizes.set(track.id, size);
  }
  return sizes;
}

function pixels(cssPixels: number): number {
  return Math.ceil((cssPixels * devicePixelRatio) / STEP) * STEP;
}
