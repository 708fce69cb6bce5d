// Scanning the code of an invite: open or not, and what the last code was, if none of ours. app.svelte.ts opens what is.
import { readScanned } from '../router/scanned-link.ts';
import type { ScanView } from './view.ts';

export class Scanning {
  readonly #origin: string;
  readonly #onInvite: (payload: string) => void;
  view: ScanView | null = $state.raw(null);

  constructor(origin: string, onInvite: (payload: string) => void) {
    this.#origin = origin;
    this.#onInvite = onInvite;
  }

  open(): void {
    this.view = { found: null };
  }

  close(): void {
    this.view = null;
  }

  /** A code that was read while it was open. */
  take(bytes: Uint8Array): void {
    if (this.view === null) return;
    const found = readScanned(bytes, this.#origin);
    if (found.kind !== 'invite') {
      this.view = { found };
      return;
    }
    this.close();
    this.#onInvite(found.payload);
  }
}
