// Scripts for the browsers of the crowd: what their decoders had to make up, and under which keys frames arrived. They look at receivers
// from outside and know nothing of the product but its mark `aparte:epoch`. listeners.ts reads them.

/**
 * Noise stays in: taking it out costs each of the three pages a part of the cores that are to be measured with two hundred others, and says
 * nothing of keys.
 */
export const noisyScript = `try { localStorage.setItem('aparte.devices', '{"noise":"off"}'); } catch {}`;

/** Runs before the page's own code. */
export const soundScript = `(() => {
  const now = () => performance.timeOrigin + performance.now();
  const peers = new Set();
  const Peer = RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) { super(...args); peers.add(this); }
  };
  const sum = (reports, name) => reports.reduce((total, report) => total + (report[name] ?? 0), 0);
  window.aparteCrowd = {
    async sound() {
      const open = [...peers].filter((peer) => peer.signalingState !== 'closed');
      const stats = (await Promise.all(open.map((peer) => peer.getStats()))).flatMap((one) => [...one.values()]);
      const inbound = stats.filter((one) => one.type === 'inbound-rtp' && one.kind === 'audio');
      const names = ['concealedSamples', 'silentConcealedSamples', 'totalSamplesReceived', 'packetsLost'];
      const sums = Object.fromEntries(names.map((name) => [name, sum(inbound, name)]));
      return { atMs: now(), receivers: inbound.length, ...sums };
    },
    epochs() {
      return performance.getEntriesByName('aparte:epoch').map(({ startTime, detail }) => ({ ...detail, atMs: performance.timeOrigin + startTime }));
    },
    arrivals: [],
  };
})();`;

/**
 * After `soundScript`: notes the first sound frame of every leaf in every epoch as it comes from the network, by the key id in its SFrame
 * header (RFC 9605 §4.3; K2). It puts a step into every frame's way, so the sound is not judged in the same pages.
 */
export const arrivalScript = `(() => {
  const seen = new Set();
  const note = (data) => {
    const bytes = new Uint8Array(data);
    if (bytes.length < 2) return;
    let kid = (bytes[0] >> 4) & 7;
    if (bytes[0] & 0x80) {
      const length = kid + 1;
      kid = 0;
      for (let i = 1; i <= length; i++) kid = kid * 256 + bytes[i];
    }
    if (kid >= 2 ** 18 || seen.has(kid)) return;
    seen.add(kid);
    window.aparteCrowd.arrivals.push({ leaf: kid >> 8, epochByte: kid & 255, atMs: performance.timeOrigin + performance.now() });
  };
  const create = RTCRtpReceiver.prototype.createEncodedStreams;
  RTCRtpReceiver.prototype.createEncodedStreams = function () {
    const { readable, writable } = create.call(this);
    if (this.track.kind !== 'audio') return { readable, writable };
    const look = new TransformStream({ transform(frame, out) { note(frame.data); out.enqueue(frame); } });
    return { readable: readable.pipeThrough(look), writable };
  };
})();`;

export interface Sound {
  readonly atMs: number;
  readonly receivers: number;
  readonly concealedSamples: number;
  readonly silentConcealedSamples: number;
  readonly totalSamplesReceived: number;
  readonly packetsLost: number;
}

export interface PageEpoch {
  readonly generation: number;
  readonly epoch: number;
  readonly atMs: number;
}

/** The first frame of a leaf under an epoch's key. */
export interface Arrival {
  readonly leaf: number;
  readonly epochByte: number;
  readonly atMs: number;
}

declare global {
  interface Window {
    aparteCrowd: {
      sound(): Promise<Sound>;
      epochs(): readonly PageEpoch[];
      readonly arrivals: readonly Arrival[];
    };
  }
}
