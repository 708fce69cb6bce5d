// A script for the browsers of the crowd: what their decoders had to make up, and which frames came under which key. It looks at
// receivers from outside and knows nothing of the product. listeners.ts reads it.

/** Runs before the page's own code. */
export const crowdScript = `(() => {
  const peers = new Set();
  const Peer = RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) { super(...args); peers.add(this); }
  };
  const sum = (reports, name) => reports.reduce((total, report) => total + (report[name] ?? 0), 0);
  window.aparteCrowd = {
    async sound() {
      const stats = await Promise.all([...peers].filter((peer) => peer.signalingState !== 'closed').map((peer) => peer.getStats()));
      const inbound = stats.flatMap((one) => [...one.values()]).filter((one) => one.type === 'inbound-rtp' && one.kind === 'audio');
      return {
        atMs: performance.timeOrigin + performance.now(),
        receivers: inbound.length,
        concealedSamples: sum(inbound, 'concealedSamples'),
        silentConcealedSamples: sum(inbound, 'silentConcealedSamples'),
        totalSamples: sum(inbound, 'totalSamplesReceived'),
        packetsLost: sum(inbound, 'packetsLost'),
      };
    },
    epochs() {
      return performance.getEntriesByName('aparte:epoch').map(({ startTime, detail }) => ({ ...detail, atMs: performance.timeOrigin + startTime }));
    },
  };
})();`;

export interface Sound {
  readonly atMs: number;
  readonly receivers: number;
  readonly concealedSamples: number;
  readonly silentConcealedSamples: number;
  readonly totalSamples: number;
  readonly packetsLost: number;
}

export interface PageEpoch {
  readonly generation: number;
  readonly epoch: number;
  readonly atMs: number;
}

declare global {
  interface Window {
    aparteCrowd: {
      sound(): Promise<Sound>;
      epochs(): readonly PageEpoch[];
    };
  }
}
