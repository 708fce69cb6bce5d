// What a tap asks of the service, one thing at a time: a form's work is dropped while other work is under way (its button is busy then),
// changes of a group wait their turn. What fails becomes the notice. app.svelte.ts holds one.
import type { Wish } from '../groups/changes.ts';
import type { Core } from './core.ts';
import type { Changing } from './people.ts';
import { problemOf } from './problems.ts';
import type { Problem } from './view.ts';

export class Work {
  readonly #core: () => Core | null;
  #notice: Problem | null = $state.raw(null);
  #isBusy = $state(false);
  #changing: Changing | null = $state.raw(null);
  /** Changes that were tapped while something else was under way, in order. */
  #next: (() => void)[] = [];

  /** Nothing is done before there is a `core`. */
  constructor(core: () => Core | null) {
    this.#core = core;
  }

  get notice(): Problem | null {
    return this.#notice;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get changing(): Changing | null {
    return this.#changing;
  }

  dismiss(): void {
    this.#notice = null;
  }

  /** What was thrown is told. */
  readonly fail = (error: unknown): void => {
    this.#notice = problemOf(error);
  };

  /** Runs a form's work; dropped while something else is under way. */
  submit(work: (core: Core) => Promise<void>): void {
    const core = this.#core();
    if (!core || this.#isBusy) return;
    this.#isBusy = true;
    this.#notice = null;
    work(core)
      .catch((error: unknown) => {
        this.fail(error);
        // What followed may have been meant to follow this.
        this.#next = [];
      })
      .finally(() => {
        this.#isBusy = false;
        this.#next.shift()?.();
      });
  }

  /** On the screen at once as under way; what comes of it is in the group, or the notice says why not. */
  change(changing: Changing, wish: Wish): void {
    this.perform(changing, async ({ groups, doors }) => {
      await groups.change(changing.groupId, wish).finally(() => doors.refresh(changing.groupId));
    });
  }

  perform(changing: Changing, work: (core: Core) => Promise<void>): void {
    if (this.#isBusy) {
      this.#next.push(() => this.perform(changing, work));
      return;
    }
    this.#changing = changing;
    this.submit((core) => work(core).finally(() => (this.#changing = null)));
  }
}
