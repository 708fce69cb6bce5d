// How this person likes calls on this device: sounds, single keys, how loud others are. Kept by the browser beside device-settings.ts; what
// is kept there and makes no sense counts as nothing. Identities are kept as they are everywhere on this device: nothing of it is sent.
import * as v from 'valibot';

const key = 'aparte.preferences';
/** Of so many people at most; who was changed first is forgotten first. */
export const mostVolumes = 200;
export const loudest = 2;

export interface Preferences {
  /** Two notes when somebody comes or goes, and the like. */
  readonly sounds: boolean;
  /** Keys without Ctrl or Cmd do something in a call. */
  readonly singleKeys: boolean;
  /** Voice first: small pictures of everybody, mine too. Screens stay as they are. */
  readonly lowData: boolean;
  /** 0 to 2, by identity (base64url); 1 for who is not in it. */
  readonly volumes: Readonly<Record<string, number>>;
}

export const firstPreferences: Preferences = {
  sounds: true,
  singleKeys: true,
  lowData: false,
  volumes: {},
};

const volume = v.pipe(v.number(), v.minValue(0), v.maxValue(loudest));
const schema = v.object({
  sounds: v.fallback(v.boolean(), true),
  singleKeys: v.fallback(v.boolean(), true),
  lowData: v.fallback(v.boolean(), false),
  volumes: v.fallback(v.record(v.pipe(v.string(), v.regex(/^[\w-]{43}$/)), volume), {}),
});

export class PreferenceStore {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  read(): Preferences {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(key) ?? '{}');
      const found = v.safeParse(schema, kept);
      return found.success ? found.output : firstPreferences;
    } catch {
      return firstPreferences;
    }
  }

  /** A browser that keeps nothing forgets it with the page. */
  write(preferences: Preferences): void {
    try {
      this.#storage.setItem(key, JSON.stringify(preferences));
    } catch {
      // As said.
    }
  }
}

/** `preferences` with somebody as loud as `loudness` (0 to 2). */
export function withVolume(preferences: Preferences, id: string, loudness: number): Preferences {
  const others = Object.entries(preferences.volumes).filter(([other]) => other !== id);
  const bounded = Math.min(loudest, Math.max(0, loudness));
  const kept = bounded === 1 ? others : [...others, [id, bounded] as const];
  return { ...preferences, volumes: Object.fromEntries(kept.slice(-mostVolumes)) };
}
