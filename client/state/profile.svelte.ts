// The dialog in which a person changes how they, or a group of theirs, are called and look (G18, G19). app.svelte.ts opens and closes it.
import { isSealableText } from '../../crypto/invite/index.ts';
import type { Core } from './core.ts';
import { problemOf } from './problems.ts';
import type { FaceChoice, FaceView, Problem, ProfileView } from './view.ts';

export interface ProfileParts {
  readonly of: ProfileView['of'];
  readonly groupId: string;
  /** Of now; read again with every change, so that the dialog shows what others changed meanwhile. */
  readonly present: () => {
    readonly id: string;
    readonly groupName: string;
    readonly name: string;
    readonly face: FaceView;
  };
  readonly looks: Core['looks'];
  readonly onDone: () => void;
}

export class ProfileModel {
  readonly #parts: ProfileParts;
  #isWorking = $state(false);
  #problem: Problem | null = $state.raw(null);
  readonly view: ProfileView = $derived.by(() => ({
    of: this.#parts.of,
    ...this.#parts.present(),
    isWorking: this.#isWorking,
    problem: this.#problem,
  }));

  constructor(parts: ProfileParts) {
    this.#parts = parts;
  }

  /** Tells the group; closes when it is told. What stands in its way is said in the dialog. */
  async save(name: string, face: FaceChoice): Promise<void> {
    if (this.#isWorking) return;
    if (!isSealableText(name)) {
      this.#problem = { code: 'name_invalid' };
      return;
    }
    const { of, groupId, looks, onDone } = this.#parts;
    this.#isWorking = true;
    this.#problem = null;
    try {
      await (of === 'me' ? looks.showMe(groupId, { name, face }) : looks.showGroup(groupId, { name, face }));
      onDone();
    } catch (error) {
      this.#problem = problemOf(error);
    } finally {
      this.#isWorking = false;
    }
  }
}
