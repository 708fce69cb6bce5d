// Numbers, lists and dates in the words of a language: thin over Intl, used by the catalogues en.ts and fr.ts.

export type Language = 'en' | 'fr';

/** English dates read "3 March": the look's own example, hence British. */
const tags: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' };

/** Made once: every row of a long list asks. */
const rules = { en: new Intl.PluralRules(tags.en), fr: new Intl.PluralRules(tags.fr) };

/** The form of `forms` that `count` takes. French counts 0 as one; forms a catalogue lacks fall to `other`. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  return rules[language].select(count) === 'one' ? forms.one : forms.other;
}

/** "Ada, Elif and Cyd"; beyond `most` names the rest is `restWords(rest)`. */
export function listNames(
  language: Language,
  names: readonly string[],
  rest: { most: number; words: (count: number) => string },
): string {
  const shown = names.length > rest.most ? names.slice(0, rest.most - 1) : [...names];
  if (shown.length < names.length) shown.push(rest.words(names.length - shown.length));
  return new Intl.ListFormat(tags[language], { type: 'conjunction' }).format(shown);
}

/** "3 March", with the year when it is not this year's. */
export function dayWords(language: Language, atMs: number, nowMs: number): string {
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  const year = isThisYear ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(tags[language], { day: 'numeric', month: 'long', ...year }).format(atMs);
}

/** "today", "yesterday", else the day. */
export function recentWords(language: Language, atMs: number, nowMs: number): string {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  // Days of 23 and 25 hours, too.
  const days = Math.round((midnight(atMs) - midnight(nowMs)) / 86_400_000);
  if (days !== 0 && days !== -1) return dayWords(language, atMs, nowMs);
  return new Intl.RelativeTimeFormat(tags[language], { numeric: 'auto' }).format(days, 'day');
}

/** "14:12", in the reader's own time zone. */
export function clockWords(language: Language, atMs: number): string {
  return new Intl.DateTimeFormat(tags[language], { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

/** "12:48", or "1:02:03" from an hour on. Never negative: a server's clock may be ahead of ours. */
export function elapsedWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
