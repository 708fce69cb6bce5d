// The preferences of this device as screens and the call read them: what was kept, and each change at once and for the next time.
import { withVolume, type PreferenceStore, type Preferences } from './preferences.ts';

export class PreferencesModel {
  readonly #store: PreferenceStore;
  #now: Preferences;

  constructor(store: PreferenceStore) {
    this.#store = store;
    this.#now = $state.raw(store.read());
  }

  get now(): Preferences {
    return this.#now;
  }

  set(change: Partial<Pick<Preferences, 'sounds' | 'singleKeys' | 'lowData'>>): void {
    this.#keep({ ...this.#now, ...change });
  }

  /** 0 to 2, of somebody by their identity (base64url). */
  setVolume(id: string, volume: number): void {
    this.#keep(withVolume(this.#now, id, volume));
  }

  #keep(preferences: Preferences): void {
    this.#now = preferences;
    this.#store.write(preferences);
  }
}
