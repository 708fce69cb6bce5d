// What a page still holds after many turns of what people do often: 50 × camera on and off in one call, 20 × join and leave; against the
// same page after the first of them. And the page of somebody who stays while another shares a screen, leaves and comes back. Memory is what
// the collector leaves of the page's objects, without the code that V8 compiles the more of the more often something runs; listeners and nodes
// are the browser's own count, and workers, tracks, AudioContexts and connections are counted by a script that wraps what makes them.
import type { CDPSession, Page } from 'playwright-core';
import { startAparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada, ben } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { until } from '../e2e/harness/wait.ts';
import type { Measure } from './report.ts';

const cameraTurns = 50;
const callTurns = 20;
const shareTurns = 10;
const reach = 1.1;
/** What the product keeps for a moment after a call: goodbyes, sounds, the last statistics. */
const settleMs = 3_000;

/** Runs before the page's own code: what is made, and not ended. */
const countScript = `(() => {
  // Weakly: what is counted must not be kept by the counting.
  const made = { workers: new Set(), contexts: new Set(), tracks: new Set(), connections: new Set() };
  const wrap = (name, refs) => {
    const Original = window[name];
    window[name] = class extends Original {
      constructor(...args) { super(...args); refs.add(new WeakRef(this)); }
    };
  };
  wrap('Worker', made.workers);
  wrap('AudioContext', made.contexts);
  wrap('RTCPeerConnection', made.connections);
  const ended = new WeakSet();
  const terminate = Worker.prototype.terminate;
  Worker.prototype.terminate = function () { ended.add(this); terminate.call(this); };
  const note = (stream) => { for (const track of stream.getTracks()) made.tracks.add(new WeakRef(track)); return stream; };
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => note(await capture(wish));
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const copy = clone.call(this);
    made.tracks.add(new WeakRef(copy));
    return copy;
  };
  const count = (refs, isThere) => [...refs].filter((ref) => { const it = ref.deref(); return it !== undefined && isThere(it); }).length;
  window.aparteHeld = () => ({
    workers: count(made.workers, (worker) => !ended.has(worker)),
    contexts: count(made.contexts, ({ state }) => state !== 'closed'),
    tracks: count(made.tracks, ({ readyState }) => readyState === 'live'),
    connections: count(made.connections, ({ connectionState }) => connectionState !== 'closed'),
  });
})();`;

interface Held {
  readonly workers: number;
  readonly contexts: number;
  readonly tracks: number;
  readonly connections: number;
}

interface Sample extends Held {
  readonly heapMb: number;
  readonly listeners: number;
  readonly nodes: number;
}

declare global {
  interface Window {
    aparteHeld(): Held;
  }
}

export async function measureLeaks(): Promise<readonly Measure[]> {
  const aparte = await startAparte();
  const browsers = await Promise.all([launchBrowser(ada), launchBrowser(ben)]);
  try {
    const [a, b] = await Promise.all(
      [ada, ben].map((persona, i) =>
        Person.sitDown(persona, {
          browser: browsers[i]!,
          aparte,
          isProbeless: true,
          initScripts: [countScript],
        }),
      ),
    );
    await a!.openApp();
    await a!.createGroup('The room');
    await b!.joinByLink(await a!.copyLink());
    await b!.startVoiceChat();
    const [look, lookAtOther] = await Promise.all([looker(a!), looker(b!)]);

    await a!.joinVoiceChat();
    await cameraTurn(a!, b!);
    const onceSeen = await look();
    for (let turn = 1; turn < cameraTurns; turn++) await cameraTurn(a!, b!);
    const oftenSeen = await look();

    await shareTurn(a!, b!);
    const onceShared = await lookAtOther();
    for (let turn = 1; turn < shareTurns; turn++) await shareTurn(a!, b!);
    const oftenShared = await lookAtOther();
    await a!.leave();

    await callTurn(a!);
    const [onceIn, onceStayed] = [await look(), await lookAtOther()];
    for (let turn = 1; turn < callTurns; turn++) await callTurn(a!);
    const [oftenIn, oftenStayed] = [await look(), await lookAtOther()];
    return [
      ...grown(`after ${cameraTurns} × camera on and off`, onceSeen, oftenSeen),
      ...grown(`after ${callTurns} × join and leave`, onceIn, oftenIn),
      ...grown(`after ${shareTurns} × another’s screen`, onceShared, oftenShared),
      ...grown(`after ${callTurns} × another joins and leaves`, onceStayed, oftenStayed),
    ];
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await aparte.close();
  }
}

async function cameraTurn(person: Person, other: Person): Promise<void> {
  await person.turnOnCamera();
  await other.page
    .getByRole('figure', { name: `${person.name}’s video` })
    .locator('video')
    .waitFor();
  await person.turnOffCamera();
}

async function shareTurn(person: Person, other: Person): Promise<void> {
  await person.shareScreen();
  const shown = other.page.getByRole('figure', { name: `${person.name}’s screen` }).locator('video');
  await shown.waitFor();
  await person.stopSharing();
  await shown.waitFor({ state: 'detached' });
}

async function callTurn(person: Person): Promise<void> {
  await person.joinVoiceChat();
  await person.leave();
}

async function looker({ context, page }: Person): Promise<() => Promise<Sample>> {
  const session = await context.newCDPSession(page);
  await Promise.all([session.send('Performance.enable'), session.send('HeapProfiler.enable')]);
  return () => sample(page, session);
}

async function sample(page: Page, session: CDPSession): Promise<Sample> {
  await page.waitForTimeout(settleMs);
  for (let time = 0; time < 3; time++) await session.send('HeapProfiler.collectGarbage');
  const heapMb = (await objectBytes(session)) / 2 ** 20;
  const { metrics } = await session.send('Performance.getMetrics');
  const valueOf = (name: string): number =>
    metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  const held = await until(() => page.evaluate(() => window.aparteHeld()), {
    what: 'the page says what it holds',
  });
  return {
    ...held,
    heapMb,
    listeners: valueOf('JSEventListeners'),
    nodes: valueOf('Nodes'),
  };
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  readonly nodes: number[];
}

/** What all objects of the page take, by a snapshot of its heap. */
async function objectBytes(session: CDPSession): Promise<number> {
  const chunks: string[] = [];
  const take = ({ chunk }: { readonly chunk: string }): void => void chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', take);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += fields.length)
    if (types[0][nodes[at + type]!] !== 'code') bytes += nodes[at + size]!;
  return bytes;
}

function grown(when: string, once: Sample, often: Sample): Measure[] {
  const ratio = often.heapMb / once.heapMb;
  const counted = ['workers', 'tracks', 'contexts', 'connections'] as const;
  const told = (of: Sample): string => counted.map((name) => `${of[name]} ${name}`).join(', ');
  return [
    {
      what: `memory of the page ${when}, against once`,
      value: `${often.heapMb.toFixed(1)} MB`,
      baseline: `${once.heapMb.toFixed(1)} MB`,
      ...{ ratio, reach: `≤ ${reach}`, isReached: ratio <= reach },
    },
    ...(['listeners', 'nodes'] as const).map((name) => ({
      what: `${name} of the page ${when}`,
      value: String(often[name]),
      baseline: String(once[name]),
      ratio: often[name] / once[name],
      ...{ reach: `≤ ${reach}`, isReached: often[name] <= reach * once[name] },
    })),
    {
      what: `what is not ended ${when}`,
      value: told(often),
      baseline: told(once),
      ...{ reach: 'the same', isReached: counted.every((name) => often[name] <= once[name]) },
    },
  ];
}
