// Runs in a Chromium worker, for frames.ts: seals and opens the same synthetic frames with Aparté's frame worker and with
// livekit-client's stock end-to-end-encryption worker, both as shipped and driven by their own messages, taking turns in one thread.
// Frames come from a readable stream and end in a writable one, as encoded streams do.
import { importBaseKey } from '../../crypto/sframe/index.ts';
import type { EncodedFrame } from '../media/worker/frames.ts';

export interface Timings {
  /** Microseconds a frame for sealing and opening, one value a round. */
  readonly own: number[];
  readonly livekit: number[];
  /** Bytes that a frame of this kind grows by. */
  readonly ownBytes: number;
  readonly livekitBytes: number;
}

export interface Kind {
  readonly name: 'opus' | 'vp8';
  readonly bytes: number;
  readonly frames: number;
  readonly rounds: number;
}

interface Frame extends EncodedFrame {
  readonly timestamp: number;
}

type Receive = (event: { data: unknown }) => void;
type Direction = 'seal' | 'open';
/** Starts one direction between two streams; frames of later starts go through later streams. */
type Start = (
  direction: Direction,
  readable: ReadableStream<Frame>,
  writable: WritableStream<Frame>,
) => Promise<void>;

const scope = self as unknown as { onmessage: Receive | null };
const post = self.postMessage.bind(self) as (message: unknown) => void;

/** The handler that a worker's module sets when it is loaded. */
async function handlerOf(load: () => Promise<unknown>): Promise<Receive> {
  scope.onmessage = null;
  await load();
  const handler = scope.onmessage as Receive | null;
  if (handler === null) throw new Error('the worker listens to no messages');
  return (event) => handler.call(self, event);
}

async function own(kind: Kind['name']): Promise<Start> {
  const receive = await loadOwn();
  const context = kind === 'opus' ? 0 : 1;
  const leaves = new Map([[300, 'ada']]);
  // Sealing and opening in one worker needs two people: the epoch of the sender first, then that of the receiver.
  const common = { kind: 'epoch', epoch: 200n, holders: new Set(), sendAfterMs: 0 };
  let id = 1;
  let generation = 1;
  let base = new Uint8Array(32);
  return async (direction, readable, writable) => {
    const options = { kind: direction === 'seal' ? 'sender' : 'receiver', id: id++, context, codec: kind };
    if (direction === 'seal') base = crypto.getRandomValues(new Uint8Array(32));
    const ownLeaf = direction === 'seal' ? 300 : 1;
    const baseKey = await importBaseKey(base);
    receive({ data: { ...common, generation: generation++, baseKey, ownLeaf, leaves } });
    receive({
      data: { kind: 'bind', id: options.id, binding: { livekitIdentity: 'ada', context, codec: kind } },
    });
    receive({ data: { kind: 'streams', options, readable, writable } });
  };
}

async function livekit(kind: Kind['name']): Promise<Start> {
  const receive = await loadLivekit();
  const defaults = { sharedKey: true, ratchetSalt: 'LKFrameEncryptionKey', ratchetWindowSize: 8 };
  const keyProviderOptions = { ...defaults, failureTolerance: 10, keyringSize: 16, keySize: 128 };
  const secret = new Uint8Array(32).fill(7);
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits', 'deriveKey']);
  receive({ data: { kind: 'init', data: { keyProviderOptions, loglevel: 5 } } });
  receive({
    data: { kind: 'setKey', data: { key, isPublisher: true, keyIndex: 0, updateCurrentKeyIndex: true } },
  });
  receive({ data: { kind: 'enable', data: { enabled: true, participantIdentity: 'ada' } } });
  let track = 0;
  return async (direction, readableStream, writableStream) => {
    const data = {
      ...{ participantIdentity: 'ada', trackId: `${kind}${track++}`, readableStream, writableStream },
      ...{ codec: kind === 'vp8' ? 'vp8' : undefined, hasPacketTrailer: false },
    };
    receive({ data: { kind: direction === 'seal' ? 'encode' : 'decode', data } });
    // Its messages go through a queue of promises.
    await new Promise((resolve) => setTimeout(resolve));
  };
}

let ownHandler: Promise<Receive> | undefined;
let livekitHandler: Promise<Receive> | undefined;
const loadOwn = (): Promise<Receive> => (ownHandler ??= handlerOf(() => import('../media/worker/worker.ts')));
const loadLivekit = (): Promise<Receive> =>
  (livekitHandler ??= handlerOf(() => import('livekit-client/e2ee-worker')));

/** Frames of a kind; the first video frame is a key frame and the rest are not, as from an encoder. */
function makeFrames({ name, bytes, frames }: Kind): Frame[] {
  const metadata = {
    mimeType: name === 'opus' ? 'audio/opus' : 'video/VP8',
    synchronizationSource: 1234,
    payloadType: 96,
  };
  return Array.from({ length: frames }, (_, i) => {
    const data = crypto.getRandomValues(new Uint8Array(bytes));
    if (name === 'vp8') data.set(i === 0 ? [0x10, 2, 0, 0x9d, 1, 0x2a, 64, 1, 11, 1] : [0x11]);
    const frame = { data: data.buffer, timestamp: i * 960, getMetadata: () => metadata };
    return name === 'opus' ? frame : Object.assign(frame, { type: i === 0 ? 'key' : 'delta' });
  });
}

/** Runs `frames` through one direction; resolves with microseconds a frame, from the first to the last. */
function run(start: Start, direction: Direction, frames: readonly Frame[]): Promise<number> {
  return new Promise((resolve) => {
    let done = 0;
    let startedMs = 0;
    let source: ReadableStreamDefaultController<Frame>;
    // Pushed, as the browser pushes encoded frames; the stream stays open.
    const readable = new ReadableStream<Frame>({ start: (controller) => void (source = controller) });
    const writable = new WritableStream<Frame>({
      write() {
        if (++done === frames.length) resolve(((performance.now() - startedMs) * 1000) / frames.length);
      },
    });
    void start(direction, readable, writable).then(() => {
      startedMs = performance.now();
      for (const frame of frames) source.enqueue(frame);
    });
  });
}

async function round(start: Start, kind: Kind): Promise<{ micros: number; added: number }> {
  const frames = makeFrames(kind);
  const before = frames.map(({ data }) => new Uint8Array(data).slice(0, 32).join());
  const sealing = await run(start, 'seal', frames);
  const added = frames.at(-1)!.data.byteLength - kind.bytes;
  const opening = await run(start, 'open', frames);
  const isBack = frames.every(
    ({ data }, i) => data.byteLength === kind.bytes && before[i] === new Uint8Array(data).slice(0, 32).join(),
  );
  if (!isBack || added <= 0) throw new Error(`${kind.name}: frames did not come back as they were`);
  return { micros: sealing + opening, added };
}

async function measure(kind: Kind): Promise<Timings> {
  const [ownStart, livekitStart] = [await own(kind.name), await livekit(kind.name)];
  const timings = { own: [] as number[], livekit: [] as number[], ownBytes: 0, livekitBytes: 0 };
  // The first two rounds of each warm the compiler and are not counted.
  for (let i = -2; i < kind.rounds; i++) {
    const [mine, theirs] = [await round(ownStart, kind), await round(livekitStart, kind)];
    timings.ownBytes = mine.added;
    timings.livekitBytes = theirs.added;
    if (i < 0) continue;
    timings.own.push(mine.micros);
    timings.livekit.push(theirs.micros);
  }
  return timings;
}

self.addEventListener('message', (event: MessageEvent<{ bench?: Kind }>) => {
  const { bench } = event.data;
  if (bench === undefined) return;
  measure(bench).then(
    (timings) => post({ timings }),
    (error: unknown) =>
      post({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
post({ isReady: true });
