// One run of a work at a time for each name, and one more after it where somebody asked meanwhile. Groups are refreshed so.
interface Running {
  done: Promise<void>;
  isWantedAgain: boolean;
}

export class Turns {
  readonly #running = new Map<string, Running>();

  /** Who comes while a run is under way waits for a second one, since the first may not know yet. */
  take(name: string, work: () => Promise<void>): Promise<void> {
    const running = this.#running.get(name);
    if (running) {
      running.isWantedAgain = true;
      return running.done;
    }
    const first: Running = { done: Promise.resolve(), isWantedAgain: true };
    this.#running.set(name, first);
    first.done = runAll(first, work).finally(() => this.#running.delete(name));
    return first.done;
  }
}

async function runAll(running: Running, work: () => Promise<void>): Promise<void> {
  while (running.isWantedAgain) {
    running.isWantedAgain = false;
    await work();
  }
}
