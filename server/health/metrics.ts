// The service's figures, in a registry of its own. No label ever holds an identity, a group, a call or an address.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '../store/store.ts';

export type CountedEvent = 'append_accepted' | 'append_conflict' | 'removed_from_livekit' | 'sweep_failed';

export interface Metrics {
  readonly registry: Registry;
  observe(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  readonly count: (event: CountedEvent) => void;
}

export interface MetricSources {
  readonly store: Store;
  readonly streamCount: () => number;
  readonly waitingCount: () => number;
}

export function createMetrics({ store, streamCount, waitingCount }: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'aparte_request_seconds',
    help: 'Time to answer, by route pattern. Long polls and event streams count until their end.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5, 30],
    registers,
  });
  const events = new Counter({
    name: 'aparte_events_total',
    help: 'What happened, by kind.',
    labelNames: ['kind'],
    registers,
  });
  new Gauge({
    name: 'aparte_calls',
    help: 'Running voice chats, and places in them.',
    labelNames: ['what'],
    registers,
    async collect() {
      const { calls, places } = await store.calls.counts();
      this.set({ what: 'calls' }, calls);
      this.set({ what: 'places' }, places);
    },
  });
  new Gauge({
    name: 'aparte_waiting',
    help: 'Open event streams and long polls.',
    labelNames: ['what'],
    registers,
    collect() {
      this.set({ what: 'streams' }, streamCount());
      this.set({ what: 'polls' }, waitingCount());
    },
  });
  return {
    registry,
    observe: ({ method, route, status, seconds }) => {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    count: (kind) => {
      events.inc({ kind });
    },
  };
}
