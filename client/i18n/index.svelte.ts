// The words on the page: one reactive object that components read (`i18n.t.start.title`). The language is the stored choice,
// else the browser's; `<html lang>` follows. Catalogues: en.ts (the type, and there from the first), fr.ts (fetched where it is wanted).
import { en, type Words } from './en.ts';
import type { Language } from './plural.ts';

const catalogues: Record<Language, () => Promise<Words>> = {
  en: () => Promise.resolve(en),
  fr: async () => (await import('./fr.ts')).fr,
};
const storageKey = 'aparte.language';

export const languages: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'fr', name: 'Français' },
];

class Catalogue {
  language = $state<Language>('en');
  t = $state.raw<Words>(en);
  /** The last wish: an earlier one may be fetched later. */
  private wanted: Language = 'en';

  /** Called once; the first screen waits for it. */
  start(): Promise<void> {
    return this.show(stored() ?? preferred(navigator.languages));
  }

  /** The person chose: kept on this device. */
  choose(language: Language): Promise<void> {
    try {
      localStorage.setItem(storageKey, language);
    } catch {
      // A browser that keeps nothing still changes the words now.
    }
    return this.show(language);
  }

  /** Where the words do not come, the former ones stay. */
  private async show(language: Language): Promise<void> {
    this.wanted = language;
    const words = await catalogues[language]().catch(() => null);
    if (words === null || this.wanted !== language) return;
    this.language = language;
    this.t = words;
    document.documentElement.lang = language;
  }
}

export const i18n = new Catalogue();

/** Words for a code of the service or of the client, with what to do; `unknown` for any other. */
export function errorWords(words: Words, code: string): string {
  const known: Record<string, string> = words.errors;
  return Object.hasOwn(known, code) ? (known[code] ?? words.errors.unknown) : words.errors.unknown;
}

function stored(): Language | null {
  try {
    return known(localStorage.getItem(storageKey));
  } catch {
    return null;
  }
}

function preferred(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = known(tag.slice(0, 2).toLowerCase());
    if (language !== null) return language;
  }
  return 'en';
}

function known(code: string | null): Language | null {
  return code === 'en' || code === 'fr' ? code : null;
}
