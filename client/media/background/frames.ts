// Pictures out of a camera's track, and into a track of our own. Chromium hands over the camera's own frames and takes others back, also
// while the page is hidden; elsewhere a <video> is looked at and a canvas is filmed. filter.ts is in between.

type Picture = VideoFrame | ImageBitmap;

/** Chromium's, not in TypeScript's library. */
interface Processing {
  readonly MediaStreamTrackProcessor?: new (init: {
    readonly track: MediaStreamTrack;
    readonly maxBufferSize: number;
  }) => { readonly readable: ReadableStream<VideoFrame> };
  readonly MediaStreamTrackGenerator?: new (init: {
    readonly kind: 'video';
  }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
}

const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = globalThis as Processing;

/** Whether the camera's frames come and go as such. */
export const hasFrames = MediaStreamTrackProcessor !== undefined && MediaStreamTrackGenerator !== undefined;

/** More is not seen, and costs the machine its breath. */
const mostPerSecond = 24;
const everyMs = 1000 / mostPerSecond;

/** Gives `onFrame` pictures of `track`, who closes them. Returns the way to stop, which leaves the track as it is. */
export function framesOf(track: MediaStreamTrack, onFrame: (frame: Picture) => void): () => void {
  return MediaStreamTrackProcessor === undefined
    ? look(track, onFrame)
    : read(new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable, onFrame);
}

function read(frames: ReadableStream<VideoFrame>, onFrame: (frame: Picture) => void): () => void {
  const reader = frames.getReader();
  let isOver = false;
  let lastMs = -everyMs;
  const next = async (): Promise<void> => {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      const nowMs = performance.now();
      // A little early is in time: cameras are not that exact.
      if (isOver || nowMs - lastMs < 0.8 * everyMs) {
        value.close();
        continue;
      }
      lastMs = nowMs;
      onFrame(value);
    }
  };
  // A track that ends gives nothing more.
  next().catch(() => undefined);
  return () => {
    isOver = true;
    reader.cancel().catch(() => undefined);
  };
}

function look(track: MediaStreamTrack, onFrame: (frame: Picture) => void): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  let isOver = false;
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || video.videoWidth === 0 || track.readyState !== 'live') return;
    isLooking = true;
    createImageBitmap(video)
      .then((frame) => {
        if (isOver) frame.close();
        else onFrame(frame);
      })
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, everyMs);
  return () => {
    isOver = true;
    clearInterval(timer);
    video.srcObject = null;
  };
}

/** A track of what is shown on it. */
export interface Canvas {
  readonly track: MediaStreamTrack;
  /** Takes `frame` over. */
  show(frame: Picture): void;
  close(): void;
}

export function openCanvas(): Canvas {
  return MediaStreamTrackGenerator === undefined
    ? filmed()
    : written(new MediaStreamTrackGenerator({ kind: 'video' }));
}

function written(track: MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }): Canvas {
  const writer = track.writable.getWriter();
  return {
    track,
    show: (frame) => {
      // Over by now: it is let go of.
      writer.write(frame as VideoFrame).catch(() => frame.close());
    },
    close: () => {
      track.stop();
      writer.close().catch(() => undefined);
    },
  };
}

function filmed(): Canvas {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  const [track] = canvas.captureStream().getVideoTracks();
  if (context === null || track === undefined) throw new Error('this browser films no canvas');
  return {
    track,
    show: (frame) => {
      const { width, height } = frame as ImageBitmap;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.drawImage(frame, 0, 0);
      frame.close();
    },
    close: () => {
      track.stop();
      canvas.width = canvas.height = 0;
    },
  };
}
