// Join requests (D6): who has a place asks those who are in to be added. Kept and shown as they are; the store drops what is over,
// the delivery log (log.ts) shows them and carries the Welcome that answers them.
import { AppError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { requestsOf, type Bells } from './bells.ts';
import { refusal } from './log.ts';
import type { RequestShape } from './schema.ts';

/** Whose request: a place in a call. */
export interface PlaceOf {
  readonly callId: string;
  readonly livekitIdentity: string;
}

export class RequestService {
  readonly #store: Store;
  readonly #bells: Bells;

  constructor({ store, bells }: { readonly store: Store; readonly bells: Bells }) {
    this.#store = store;
    this.#bells = bells;
  }

  /** Opens a request in place of the last one. Throws the refusals of D4, and `epoch_conflict` for another generation than the current. */
  async open(place: PlaceOf, identity: string, wish: RequestShape): Promise<void> {
    const outcome = await this.#store.calls.request({ ...place, identity, ...wish });
    if (outcome === 'conflict') throw new AppError('epoch_conflict');
    if (outcome !== 'requested') throw refusal(outcome);
    this.#bells.ring(requestsOf(place.callId));
  }

  /** Withdraws it; fine if there is none. */
  async withdraw({ callId, livekitIdentity }: PlaceOf, identity: string): Promise<void> {
    const outcome = await this.#store.calls.withdraw(callId, identity, livekitIdentity);
    if (outcome === 'none') return;
    if (outcome !== 'withdrawn') throw refusal(outcome);
    this.#bells.ring(requestsOf(callId));
  }
}
