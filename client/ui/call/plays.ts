// Plays a stream in a `<video>`, silent: sound is the media room's. Set as properties, so that no attribute and no markup of
// a stranger is involved.
import type { Attachment } from 'svelte/attachments';

/** `onEnd`: the element is about to let go of the stream, and still shows its last picture. */
export function plays(
  stream: MediaStream,
  onEnd?: (video: HTMLVideoElement) => void,
): Attachment<HTMLVideoElement> {
  return (video) => {
    video.muted = true;
    video.srcObject = stream;
    // A picture that may not start by itself starts with the next tap: "Tap to hear" covers it.
    video.play().catch(() => undefined);
    return () => {
      onEnd?.(video);
      video.srcObject = null;
    };
  };
}
