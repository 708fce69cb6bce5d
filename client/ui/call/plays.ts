// Plays a stream in a `<video>`, silent: sound is the media room's. Set as properties, so that no attribute and no markup of
// a stranger is involved.
import type { Attachment } from 'svelte/attachments';

export function plays(stream: MediaStream): Attachment<HTMLVideoElement> {
  return (video) => {
    video.muted = true;
    video.srcObject = stream;
    // A picture that may not start by itself starts with the next tap: "Tap to hear" covers it.
    video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  };
}
