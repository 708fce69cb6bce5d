// Marks the first decoded frame of a remote camera (`aparte:camera:first-frame`), whether or not the screen shows it yet: by a
// probe element outside the document that asks for the next video frame and then lets go.
import { mark } from './marks.ts';

/** Marks the next frame of `track` that arrives from now on. Returns the way to give up. */
export function markFirstFrame(track: MediaStreamTrack): () => void {
  const probe = document.createElement('video');
  const stop = (): void => {
    probe.srcObject = null;
  };
  if (!('requestVideoFrameCallback' in probe)) return stop;
  const sinceMs = performance.now();
  probe.muted = true;
  probe.playsInline = true;
  probe.srcObject = new MediaStream([track]);
  const ask = (): number =>
    probe.requestVideoFrameCallback((_now, { receiveTime }) => {
      // A track that was off for a while shows its last frame first.
      if (receiveTime !== undefined && receiveTime < sinceMs) {
        ask();
        return;
      }
      mark('aparte:camera:first-frame');
      stop();
    });
  ask();
  probe.play().catch(() => undefined);
  return stop;
}
