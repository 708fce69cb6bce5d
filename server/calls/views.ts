// One reading of the store for everybody who wakes at the same ring of a call's bell: two hundred long polls want the same page at the
// same moment. A reading is shared until the bell rings again, so nobody sees less than the ring promised. log.ts asks.
import type { CallView, NoAccess, Store, ViewWish } from '../store/store.ts';
import { callOf, type Bells } from './bells.ts';

/** No reading is shared for longer, whatever the bells say. */
const sharedMs = 1_000;

export interface ViewParts {
  readonly store: Pick<Store, 'calls'>;
  readonly bells: Bells;
}

/** What a reader knows already: a reading that shows less is of no use to it. */
export interface Known {
  readonly after: number;
  readonly seen: number | null;
}

interface Reading {
  readonly view: Promise<CallView | NoAccess>;
  readonly atMs: number;
}

export class CallViews {
  readonly #parts: ViewParts;
  /** Readings since the last ring, by call and by what is read. */
  readonly #readings = new Map<string, Map<string, Reading>>();

  constructor(parts: ViewParts) {
    this.#parts = parts;
    parts.bells.watch((key) => this.#readings.delete(callOf(key)));
  }

  /** The call as `identity` may see it (D4). Begins to listen before it reads: call it after `Bells.listen`. */
  async readAs(callId: string, identity: string, wish: ViewWish & Known): Promise<CallView | NoAccess> {
    const own = (): Promise<CallView | NoAccess> => this.#parts.store.calls.readAs(callId, identity, wish);
    // Requests have a bell of their own, and few follow them.
    if (wish.requestsSeen !== null) return own();
    const view = await this.#shared(callId, `${wish.after} ${wish.withWelcomes}`, own);
    if (typeof view === 'string') {
      this.#readings.delete(callId); // what does not exist is not remembered
      return own();
    }
    const isGood =
      view.position >= wish.after &&
      view.participantsVersion >= (wish.seen ?? 0) &&
      view.places.some((place) => place.identity === identity);
    return isGood ? view : own();
  }

  #shared(callId: string, what: string, read: () => Reading['view']): Reading['view'] {
    const readings = this.#readings.get(callId) ?? new Map<string, Reading>();
    this.#readings.set(callId, readings);
    const nowMs = performance.now();
    let reading = readings.get(what);
    if (reading === undefined || nowMs - reading.atMs > sharedMs) {
      reading = { view: read(), atMs: nowMs };
      readings.set(what, reading);
    }
    return reading.view;
  }
}
