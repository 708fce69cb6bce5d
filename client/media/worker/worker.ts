// Entry of the frame worker: one per call, holding all of its keys. Chromium hands over encoded streams by message; Firefox and
// Safari by RTCRtpScriptTransform. What it does is in frame-worker.ts.
import { realClock } from './clock.ts';
import { FrameWorker } from './frame-worker.ts';
import type { EncodedFrame } from './frames.ts';
import type { FromWorker, ReceiverOptions, SenderOptions, ToWorker } from './messages.ts';

/** The part of a worker's scope that is used here; the DOM library of this folder describes pages. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(message: FromWorker): void;
}

interface Transformer {
  readonly options: SenderOptions | ReceiverOptions;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
}

const scope = self as unknown as Scope;
const worker = new FrameWorker(realClock, (message) => scope.postMessage(message));
scope.onmessage = ({ data }) => worker.handle(data);
scope.onrtctransform = ({ transformer }) =>
  worker.attach(transformer.options, transformer.readable, transformer.writable);
