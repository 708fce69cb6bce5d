// The page's end of the frame worker: starts it, hands it streams, keys and bindings, and passes on what it reports. One per
// call, kept over reconnects, because counters live in the worker (K5).
import { toBase64url, wipe } from '../../crypto/bytes.ts';
import { CONTEXTS, importBaseKey, type Codec } from '../../crypto/sframe/index.ts';
import { deferred, type Deferred } from './deferred.ts';
import type { EpochKeys, MediaSource } from './types.ts';
import type {
  Binding,
  FromWorker,
  ReceiverOptions,
  SenderOptions,
  StatsMessage,
  ToWorker,
} from './worker/messages.ts';

export interface FrameEvents {
  onOpened(receiverId: number, source: MediaSource): void;
  /** A receiver is nobody's from now on: `onOpened` comes again for the next one it is bound to. */
  onUnbound(receiverId: number): void;
  onStats(stats: StatsMessage): void;
  onInstalled(generation: number, epoch: bigint): void;
  /** The worker broke: nothing is sealed or opened any more. */
  onBroken(): void;
}

/** The non-standard part of RTCRtpSender and RTCRtpReceiver in Chromium, and the standard one elsewhere. */
type Transformable = (RTCRtpSender | RTCRtpReceiver) & {
  createEncodedStreams?: () => { readable: ReadableStream; writable: WritableStream };
};

const SOURCES = Object.keys(CONTEXTS) as MediaSource[];

/** True where encoded streams are made by `createEncodedStreams`: then `encodedInsertableStreams` must be set (M1). */
export function usesEncodedStreams(): boolean {
  return typeof RTCRtpSender !== 'undefined' && 'createEncodedStreams' in RTCRtpSender.prototype;
}

export class FrameLink {
  readonly #worker: Worker;
  readonly #events: FrameEvents;
  readonly #ids = new WeakMap<RTCRtpSender | RTCRtpReceiver, number>();
  /** Who waits for an epoch to be in, by its name. */
  readonly #installing = new Map<string, Deferred<true>>();
  #lastInstall: Promise<unknown> = Promise.resolve();
  #isOver = false;
  #nextId = 1;

  constructor(events: FrameEvents) {
    this.#events = events;
    this.#worker = takeWorker();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = () => {
      this.close();
      events.onBroken();
    };
  }

  /**
   * Resolves when the worker holds the keys; in the order of the calls. `baseKey` is wiped whatever happens (K6). Rejects when the
   * worker is broken or closed.
   */
  installEpoch(keys: EpochKeys): Promise<void> {
    const importing = importBaseKey(keys.baseKey).finally(() => wipe(keys.baseKey));
    const installed = this.#lastInstall.then(async () => this.#install(keys, await importing));
    importing.catch(ignore);
    this.#lastInstall = installed.catch(ignore);
    return installed;
  }

  /** K4. */
  switchTo(generation: number, epoch: bigint): void {
    this.#post({ kind: 'switch', generation, epoch });
  }

  /** F10. */
  setSilenced(livekitIdentities: ReadonlySet<string>): void {
    this.#post({ kind: 'silence', livekitIdentities });
  }

  /** C18. */
  setVerified(identities: ReadonlySet<string> | null): void {
    this.#post({ kind: 'verified', identities });
  }

  /** Attaches the worker to a sender, synchronously (M2). Throws where it cannot: then the sender must not be used. */
  attachSender(sender: RTCRtpSender, source: MediaSource, codec: Codec): void {
    if (this.#ids.has(sender)) return;
    this.#attach(sender, { kind: 'sender', id: this.#nextId++, context: CONTEXTS[source], codec });
  }

  /** Attaches the worker to a receiver, synchronously; again for one that is reused changes nothing. Returns its id. */
  attachReceiver(receiver: RTCRtpReceiver): number {
    const known = this.#ids.get(receiver);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#attach(receiver, { kind: 'receiver', id });
    return id;
  }

  /** Whose track a receiver carries from now on; null: nobody's, nothing opens (F4). */
  bind(
    receiver: RTCRtpReceiver,
    bound: { livekitIdentity: string; source: MediaSource; codec: Codec } | null,
  ): void {
    const id = this.#ids.get(receiver);
    if (id === undefined) return;
    if (bound === null) this.#events.onUnbound(id);
    const binding: Binding | null = bound && {
      livekitIdentity: bound.livekitIdentity,
      context: CONTEXTS[bound.source],
      codec: bound.codec,
    };
    this.#post({ kind: 'bind', id, binding });
  }

  /** Drops a source's frames before they are sealed, or no longer. */
  pause(source: MediaSource, isPaused: boolean): void {
    this.#post({ kind: 'pause', context: CONTEXTS[source], isPaused });
  }

  idOf(end: RTCRtpSender | RTCRtpReceiver): number | undefined {
    return this.#ids.get(end);
  }

  /** Ends the worker: nothing is sealed or opened any more. A new one would need new keys (K5). */
  close(): void {
    this.#isOver = true;
    this.#worker.onmessage = null;
    this.#worker.terminate();
    for (const waiting of this.#installing.values()) waiting.reject(new Error('the frame worker is gone'));
    this.#installing.clear();
  }

  async #install(
    { generation, epoch, ownLeaf, leaves, sendAfterMs }: EpochKeys,
    baseKey: CryptoKey,
  ): Promise<void> {
    if (this.#isOver) throw new Error('the frame worker is gone');
    const identities = new Map(leaves.map(({ index, livekitIdentity }) => [index, livekitIdentity]));
    const isIn = deferred<true>();
    this.#installing.set(nameOf(generation, epoch), isIn);
    const others = leaves.filter(({ index }) => index !== ownLeaf);
    const holders = new Set(others.map(({ identity }) => toBase64url(identity)));
    const common = { generation, epoch, baseKey, ownLeaf, holders, sendAfterMs };
    this.#post({ kind: 'epoch', ...common, leaves: identities });
    await isIn.promise;
  }

  #attach(end: Transformable, options: SenderOptions | ReceiverOptions): void {
    if (usesEncodedStreams() && end.createEncodedStreams !== undefined) {
      const { readable, writable } = end.createEncodedStreams();
      this.#worker.postMessage({ kind: 'streams', options, readable, writable } satisfies ToWorker, [
        readable,
        writable,
      ]);
    } else {
      end.transform = new RTCRtpScriptTransform(this.#worker, options);
    }
    this.#ids.set(end, options.id);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'installed': {
        const name = nameOf(message.generation, message.epoch);
        this.#installing.get(name)?.resolve(true);
        this.#installing.delete(name);
        if (message.isNew) this.#events.onInstalled(message.generation, message.epoch);
        return;
      }
      case 'opened':
        this.#events.onOpened(message.id, SOURCES[message.context] as MediaSource);
        return;
      case 'stats':
        this.#events.onStats(message);
    }
  }
}

/** Started ahead of the call that will take it. It holds nothing yet. */
let spareWorker: Worker | null = null;

/** A call is near: starts its worker, so that the tap need not wait for it. Asking twice costs nothing. */
export function prepareWorker(): void {
  if (spareWorker !== null) return;
  spareWorker = startWorker();
  // It did not load: the call starts another one and finds out.
  spareWorker.onerror = () => (spareWorker = null);
}

function takeWorker(): Worker {
  const worker = spareWorker ?? startWorker();
  spareWorker = null;
  return worker;
}

function startWorker(): Worker {
  return new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'frames' });
}

function nameOf(generation: number, epoch: bigint): string {
  return `${generation}/${epoch.toString()}`;
}

function ignore(): void {
  // Whoever asked was told.
}
