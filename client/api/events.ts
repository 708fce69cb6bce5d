// The service's events (docs/service.md, GET /api/events) over fetch, because EventSource cannot carry a token. One
// connection for the whole page: reconnects for ever with back-off, at once when the network comes back, and when the
// service's heartbeat (a comment every 15 s) stays away.
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import * as v from 'valibot';
import { backoffMs, wait, type Clock, type Timer } from './clock.ts';
import { ApiError } from './errors.ts';
import { refusal, type Line } from './http.ts';
import { doorbellSchema, groupEventSchema, type GroupEvent } from './schemas.ts';
import type { Session } from './session.ts';
import type { Bytes } from '../../crypto/bytes.ts';

const reconnectBackoff = { firstMs: 500, maxMs: 15_000 };
/** Two heartbeats and some. */
const silenceMs = 40_000;
const maxEventCharacters = 1 << 20;

export interface EventListeners {
  onGroup(event: GroupEvent): void;
  onGone(groupId: Bytes): void;
  /** Somebody came to wait at a door that I may open, or waits no more. */
  onKnock(groupId: Bytes): void;
  /** What I wait for at a door was answered. */
  onAnswer(groupId: Bytes): void;
  /** True once connected, false when the connection is lost. */
  onConnected(isConnected: boolean): void;
}

export interface EventsHandle {
  /** Tries again at once: the network is back, the page is visible again. */
  wake(): void;
  close(): void;
}

/** Follows the events until `close`. */
export function followEvents(line: Line, session: Session, listeners: EventListeners): EventsHandle {
  const stop = new AbortController();
  let nap = new AbortController();
  const isStopped = () => stop.signal.aborted;
  const run = async () => {
    for (let attempt = 0; !isStopped(); attempt++) {
      if (await connectOnce(line, session, { listeners, stop: stop.signal })) attempt = 0;
      if (isStopped()) return;
      listeners.onConnected(false);
      nap = new AbortController();
      const delayMs = backoffMs(reconnectBackoff, attempt, line.random);
      await wait(line.clock, delayMs, AbortSignal.any([nap.signal, stop.signal]));
      if (nap.signal.aborted) attempt = -1;
    }
  };
  void run();
  return { wake: () => nap.abort(), close: () => stop.abort() };
}

/** One connection from first byte to last. Answers whether it was accepted at all; never throws. */
async function connectOnce(
  line: Line,
  session: Session,
  run: { listeners: EventListeners; stop: AbortSignal },
): Promise<boolean> {
  const abort = new AbortController();
  const watchdog = new Watchdog(line.clock, () => abort.abort());
  const signal = AbortSignal.any([abort.signal, run.stop]);
  let isOpen = false;
  try {
    const token = await session.token();
    watchdog.feed();
    const response = await line.fetch(`${line.baseUrl}/api/events`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (response.status === 401) session.refuse(token);
    if (!response.ok || !response.body) throw refusal(response, undefined);
    isOpen = true;
    run.listeners.onConnected(true);
    await readEvents(response.body, watchdog, run.listeners);
  } catch (error) {
    // A lost line, a refusal or a broken stream all mean the same here: connect again later.
    if (!(error instanceof ApiError) && !(error instanceof Error)) throw error;
  } finally {
    watchdog.stop();
    abort.abort();
  }
  return isOpen;
}

async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watchdog: Watchdog,
  listeners: EventListeners,
): Promise<void> {
  const parser = createParser({
    onEvent: (event) => deliver(event, listeners),
    maxBufferSize: maxEventCharacters,
  });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    watchdog.feed();
    parser.feed(value);
  }
}

/** Hands a well-formed event on; anything else is dropped, since the next read of the group tells the truth anyway. */
function deliver(event: EventSourceMessage, listeners: EventListeners): void {
  let data: unknown;
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  if (event.event === 'group') {
    const group = v.safeParse(groupEventSchema, data);
    if (group.success) listeners.onGroup(group.output);
    return;
  }
  const bell = v.safeParse(doorbellSchema, data);
  if (!bell.success) return;
  const { groupId } = bell.output;
  if (event.event === 'gone') listeners.onGone(groupId);
  else if (event.event === 'knock') listeners.onKnock(groupId);
  else if (event.event === 'answer') listeners.onAnswer(groupId);
}

/** Runs `bite` when nobody fed it for `silenceMs`. */
class Watchdog {
  readonly #clock: Clock;
  readonly #bite: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, bite: () => void) {
    this.#clock = clock;
    this.#bite = bite;
  }

  feed(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(silenceMs, this.#bite);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
