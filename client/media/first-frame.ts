// Marks the first decoded frame of a remote camera (`aparte:camera:first-frame`), whether or not the screen shows it yet: by a
// probe element outside the document that asks for the next video frame and then lets go.
import { mark } from './marks.ts';

/** Marks the next frame that `track` decodes. Returns the way to give up. */
export function markFirstFrame(track: MediaStreamTrack): () => void {
  const probe = document.createElement('video');
  const stop = (): void => {
    probe.srcObject = null;
  };
  if (!('requestVideoFrameCallback' in probe)) return stop;
  probe.muted = true;
  probe.playsInline = true;
  probe.srcObject = new MediaStream([track]);
  probe.requestVideoFrameCallback(() => {
    mark('aparte:camera:first-frame');
    stop();
  });
  probe.play().catch(() => undefined);
  return stop;
}
