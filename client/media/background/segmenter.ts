// Says which part of a picture is somebody: TensorFlow Lite as a WebAssembly, with MediaPipe's selfie model, both files of
// @twilio/video-processors and of the build, run on the processor of whoever calls. It is handed its files and asks nobody for anything.
import createTflite from '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js';

/** What the model looks at, and the mask that it gives. */
export const maskSize = { width: 256, height: 144 };
const pixels = maskSize.width * maskSize.height;

/** Surely the room below, surely somebody above. */
const unsure = { from: 0.3, to: 0.7 };

export interface Files {
  readonly program: ArrayBuffer;
  readonly model: ArrayBuffer;
}

/** For each pixel of `maskSize` how much of it is somebody, in the fourth of four bytes. Good until the next call. */
export type Find = (rgba: Uint8ClampedArray) => Uint8ClampedArray<ArrayBuffer>;

/** Rejects where the browser cannot run it, or the files are not what they should be. */
export async function openSegmenter({ program, model }: Files): Promise<Find> {
  const tflite = await createTflite({
    wasmBinary: program,
    print: () => undefined,
    printErr: () => undefined,
  });
  tflite.HEAPU8.set(new Uint8Array(model), tflite._getModelBufferMemoryOffset());
  const isLoaded = tflite._loadModel(model.byteLength) === 0;
  const isOurs =
    tflite._getInputWidth() === maskSize.width &&
    tflite._getInputHeight() === maskSize.height &&
    tflite._getOutputChannelCount() === 1;
  if (!isLoaded || !isOurs) throw new Error('this is not the model');
  const mask = new Uint8ClampedArray(4 * pixels);
  return (rgba) => {
    if (rgba.length !== 4 * pixels) throw new Error('a picture of another size');
    const input = tflite._getInputMemoryOffset() / 4;
    for (let i = 0; i < pixels; i++)
      for (let colour = 0; colour < 3; colour++)
        tflite.HEAPF32[input + 3 * i + colour] = (rgba[4 * i + colour] ?? 0) / 255;
    if (tflite._runInference() !== 0) throw new Error('the model says nothing');
    const output = tflite._getOutputMemoryOffset() / 4;
    for (let i = 0; i < pixels; i++) mask[4 * i + 3] = 255 * sure(tflite.HEAPF32[output + i] ?? 0);
    return mask;
  };
}

/** 0 to 1, without a hard edge between. */
function sure(confidence: number): number {
  const part = Math.min(1, Math.max(0, (confidence - unsure.from) / (unsure.to - unsure.from)));
  return part * part * (3 - 2 * part);
}
