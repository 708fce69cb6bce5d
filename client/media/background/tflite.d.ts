// The part that segmenter.ts uses of TensorFlow Lite as @twilio/video-processors has it, which comes without types.

declare module '@twilio/video-processors/dist/build/tflite-simd-1-0-0.js' {
  interface Tflite {
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    _getModelBufferMemoryOffset(): number;
    /** 0: it is. */
    _loadModel(bytes: number): number;
    _getInputMemoryOffset(): number;
    _getInputWidth(): number;
    _getInputHeight(): number;
    _getOutputMemoryOffset(): number;
    _getOutputChannelCount(): number;
    /** 0: it did. */
    _runInference(): number;
  }
  interface Options {
    readonly wasmBinary: ArrayBuffer;
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }
  export default function create(options: Options): Promise<Tflite>;
}
