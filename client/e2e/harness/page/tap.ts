// Copies encoded frames as they pass, for the proof that nothing readable leaves a sender (`server-cannot.test.ts`): wraps the
// page's own calls of createEncodedStreams, and on a plain page, which makes none, attaches a pass-through to every sender and
// receiver. On a sender the copy is taken before sealing, on a receiver before opening.

/** One encoded frame. `side` is `send` where the frame is not yet sealed, `receive` where it is as it came from the network. */
export interface TappedFrame {
  readonly side: string;
  readonly kind: string;
  /** Key frame, delta, or empty for sound. */
  readonly type: string;
  readonly mimeType: string;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

export interface Tap {
  /** Everything since the last call, as base64, with the page's wall clock. */
  take(): (Omit<TappedFrame, 'bytes'> & { readonly data: string })[];
  isOn: boolean;
}

interface EncodedStreams {
  readable: ReadableStream<EncodedFrame>;
  writable: WritableStream<EncodedFrame>;
}
type EncodedFrame = RTCEncodedAudioFrame | RTCEncodedVideoFrame;

declare global {
  interface Window {
    aparteTap: Tap;
    /** Set before this script: also attach a pass-through to every receiver (a plain page would not). */
    aparteTapReceivers?: boolean;
  }
  interface RTCRtpReceiver {
    createEncodedStreams(): EncodedStreams;
  }
  interface RTCRtpSender {
    createEncodedStreams(): EncodedStreams;
  }
}

const maxFrames = 20_000;
let frames: TappedFrame[] = [];

function keep(side: string, frame: EncodedFrame): void {
  if (!window.aparteTap.isOn || frame.data.byteLength === 0 || frames.length >= maxFrames) return;
  const isVideo = frame instanceof RTCEncodedVideoFrame;
  frames.push({
    side,
    kind: isVideo ? 'video' : 'audio',
    type: isVideo ? frame.type : '',
    mimeType: frame.getMetadata().mimeType ?? '',
    atMs: Date.now(),
    bytes: new Uint8Array(frame.data.slice(0)),
  });
}

window.aparteTap = {
  isOn: true,
  take() {
    const taken = frames;
    frames = [];
    return taken.map(({ bytes, ...rest }) => ({ ...rest, data: toBase64(bytes) }));
  },
};

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** The streams with a copy taken of each frame read. */
function teed(side: string, streams: EncodedStreams): EncodedStreams {
  const copy = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      keep(side, frame);
      controller.enqueue(frame);
    },
  });
  return { readable: streams.readable.pipeThrough(copy), writable: streams.writable };
}

function wrap(prototype: RTCRtpSender | RTCRtpReceiver, side: string): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const create = prototype.createEncodedStreams;
  prototype.createEncodedStreams = function (this: RTCRtpSender & RTCRtpReceiver) {
    return teed(side, create.call(this));
  };
}

/** A plain page: pass-through transforms on everything, so that there is something to copy. */
function tapPlainPage(): void {
  const Plain = RTCPeerConnection;
  const attach = (peer: RTCRtpSender | RTCRtpReceiver): void => {
    const { readable, writable } = peer.createEncodedStreams();
    void readable.pipeTo(writable).catch(() => undefined);
  };
  const seen = new WeakSet<object>();
  const attachOnce = (peer: RTCRtpSender | RTCRtpReceiver): void => {
    if (seen.has(peer)) return;
    seen.add(peer);
    attach(peer);
  };
  class Tapped extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, encodedInsertableStreams: true } as RTCConfiguration);
      this.addEventListener('track', (event) => attachOnce(event.receiver));
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration({ ...configuration, encodedInsertableStreams: true } as RTCConfiguration);
    }
    override addTransceiver(...args: Parameters<RTCPeerConnection['addTransceiver']>): RTCRtpTransceiver {
      const transceiver = super.addTransceiver(...args);
      attachOnce(transceiver.sender);
      return transceiver;
    }
    override addTrack(...args: Parameters<RTCPeerConnection['addTrack']>): RTCRtpSender {
      const sender = super.addTrack(...args);
      attachOnce(sender);
      return sender;
    }
  }
  window.RTCPeerConnection = Tapped;
}

wrap(RTCRtpSender.prototype, 'send');
wrap(RTCRtpReceiver.prototype, 'receive');
if (window.aparteTapReceivers === true) tapPlainPage();
