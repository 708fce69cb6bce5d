// What I send is mine to mute (A5): where the service mutes it, which LiveKit's API key can, it is turned on again as I wished, and counted
// so that the screen can say it. microphone.ts, camera.ts and screen.ts notice; the more often it happens, the longer this waits.
import type { SnapshotStore } from './store.ts';

const waitsMs = [0, 250];
const longestMs = 500;
const forgottenAfterMs = 10_000;

export class Overruled {
  readonly #store: SnapshotStore;
  #timesMs: number[] = [];

  constructor(store: SnapshotStore) {
    this.#store = store;
  }

  /**
   * Something of mine was muted, not by me: `again` is to turn it on, if I still wish so then, and answers whether it is on. Where it cannot
   * be, the device went: that is not the service's doing, and not counted.
   */
  undo(again: () => Promise<boolean>): void {
    const nowMs = performance.now();
    this.#timesMs = this.#timesMs.filter((atMs) => nowMs - atMs < forgottenAfterMs);
    const waitMs = waitsMs[this.#timesMs.length] ?? longestMs;
    this.#timesMs.push(nowMs);
    const count = (isOn: boolean): void => {
      if (isOn) this.#store.set({ serverMutes: this.#store.snapshot.serverMutes + 1 });
    };
    setTimeout(() => void again().then(count, () => undefined), waitMs);
  }
}
