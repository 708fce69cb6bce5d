// The models that take noise out of a voice, as Web Audio nodes: RNNoise (`standard`) and GTCRN (`strong`). Code and weights are files of
// ours, fetched when first wanted and kept for the page. filter.ts puts one into the way of the microphone.
import {
  GtcrnWorkletNode,
  loadGtcrn,
  loadRnnoise,
  RnnoiseWorkletNode,
} from '@sapphi-red/web-noise-suppressor';
import gtcrnUrl from '@sapphi-red/web-noise-suppressor/gtcrn.wasm?url';
import gtcrnWorklet from '@sapphi-red/web-noise-suppressor/gtcrnWorklet.js?url';
import rnnoiseUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import rnnoiseSimdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
import rnnoiseWorklet from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url';

export type NoiseModel = 'standard' | 'strong';
export type ModelNode = RnnoiseWorkletNode | GtcrnWorkletNode;

/** What both want, and what Opus is encoded from. */
export const modelSampleRate = 48_000;

const models = {
  standard: {
    worklet: rnnoiseWorklet,
    load: () => loadRnnoise({ url: rnnoiseUrl, simdUrl: rnnoiseSimdUrl }),
    Node: RnnoiseWorkletNode,
  },
  strong: { worklet: gtcrnWorklet, load: () => loadGtcrn({ url: gtcrnUrl }), Node: GtcrnWorkletNode },
} as const;
const binaries = new Map<NoiseModel, Promise<ArrayBuffer>>();

/** One voice. `context` runs at `modelSampleRate`. Rejects where code or weights do not come, or the browser cannot run them. */
export async function createModelNode(context: AudioContext, model: NoiseModel): Promise<ModelNode> {
  const { worklet, Node } = models[model];
  const [wasmBinary] = await Promise.all([binaryOf(model), context.audioWorklet.addModule(worklet)]);
  return new Node(context, { wasmBinary, maxChannels: 1 });
}

/** Fetched once; what did not come is asked for again the next time. */
function binaryOf(model: NoiseModel): Promise<ArrayBuffer> {
  const known = binaries.get(model);
  if (known !== undefined) return known;
  const loading = models[model].load();
  loading.catch(() => binaries.delete(model));
  binaries.set(model, loading);
  return loading;
}
