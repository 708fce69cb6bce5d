// Worker of filter.ts: finds who is in a picture (segmenter.ts) and paints them over what they chose. It answers each picture with a painted
// one, or says that it is broken and falls silent: there is no way through it for a picture as it came.
import { Composition } from './composition.ts';
import type { FromPainter, ToPainter } from './messages.ts';
import { maskSize, openSegmenter } from './segmenter.ts';
import modelUrl from '@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url';
import programUrl from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url';

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPainter>) => void) | null;
  postMessage(message: FromPainter, transfer?: Transferable[]): void;
};

const segmenter = Promise.all([fetched(programUrl), fetched(modelUrl)]).then(([program, model]) =>
  openSegmenter({ program, model }),
);
const composition = new Composition();
/** The picture as the model looks at it. */
const small = new OffscreenCanvas(maskSize.width, maskSize.height);
const context = small.getContext('2d', { willReadFrequently: true });
// Whoever needs it is told.
segmenter.catch(() => undefined);

scope.onmessage = ({ data }) => {
  work(data).catch((error: unknown) => {
    scope.onmessage = null;
    scope.postMessage({ kind: 'broken', why: String(error) });
  });
};

async function work(message: ToPainter): Promise<void> {
  const find = await segmenter;
  if (message.kind === 'backdrop') {
    composition.backdrop = message.backdrop;
    scope.postMessage({ kind: 'ready', id: message.id });
    return;
  }
  const { frame, asFrame } = message;
  try {
    const painted = composition.paint(frame, find(looked(frame)), asFrame);
    scope.postMessage({ kind: 'painted', frame: painted }, [painted]);
  } finally {
    frame.close();
  }
}

function looked(frame: VideoFrame | ImageBitmap): Uint8ClampedArray {
  if (context === null) throw new Error('this browser paints nothing in a worker');
  const { width, height } = maskSize;
  context.drawImage(frame, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

async function fetched(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} did not come`);
  return response.arrayBuffer();
}
