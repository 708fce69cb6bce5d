// The catalogues against the code that uses them: nothing missing, nothing left over, nothing half translated.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { backgroundWords } from './backgrounds.ts';
import { detailWords } from './details.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { keyWords } from './keys.ts';
import { clockWords, dayWords, elapsedWords, listNames, plural, recentWords } from './plural.ts';

/** Those that later screens bring with them. */
const apart = { backgroundWords, detailWords, keyWords };

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(root + path, 'utf8');

/** `section.word` of every entry but the error codes. */
function pathsOf(words: object, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' && !Array.isArray(value) && value !== null
      ? pathsOf(value as object, `${before}${key}.`)
      : [before + key],
  );
}

/** What a person reads: texts as they are, functions called with plausible values. */
function textsOf(words: object): string[] {
  const values = Object.values(words) as unknown[];
  return values.flatMap((value): string[] => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return value as string[];
    if (typeof value === 'object' && value !== null) return textsOf(value);
    return [1, 2, 7].flatMap((n) =>
      [n, 'Ada', ['Ada'], ['Ada', 'Ben']].flatMap((first) => {
        try {
          return [String((value as (...values: unknown[]) => unknown)(first, n))];
        } catch {
          return [];
        }
      }),
    );
  });
}

/** Sources below some places, without their tests. */
function sourcesIn(...places: string[]): string[] {
  const files = places.flatMap((place) =>
    /\.\w+$/.test(place)
      ? [place]
      : readdirSync(root + place, { recursive: true, encoding: 'utf8' }).map((file) => `${place}/${file}`),
  );
  return files.filter((file) => /\.(svelte|ts)$/.test(file) && !file.endsWith('.test.ts')).map(read);
}

const screens = sourcesIn('client/App.svelte', 'client/notifier.ts', 'client/ui');

/** Mentioned by name in a file that mentions its section too: `t.word` beside `i18n.t.section`, or `t.section.word`. */
function isUsed(path: string): boolean {
  const [section = '', word] = path.split('.');
  const mention = new RegExp(`\\b(i18n\\.t|words|t)\\.${section}\\b|['{] ?${section}\\b ?['}]`);
  const use = new RegExp(`\\.${word ?? section}\\b`);
  return screens.some((source) => mention.test(source) && use.test(source));
}

describe('catalogues', () => {
  it('French has every entry of English and no other', () => {
    expect(pathsOf(fr).sort()).toEqual(pathsOf(en).sort());
  });

  it('every entry but the error codes is on some screen', () => {
    const paths = pathsOf(en).filter((path) => !path.startsWith('errors.'));
    expect(paths.length).toBeGreaterThan(150);
    expect(paths.filter((path) => !isUsed(path))).toEqual([]);
  });

  it.each(Object.entries(apart))('every word of %s is on some screen', (name, words) => {
    const using = screens.filter((source) => source.includes(`${name}[`));
    const isSaid = (word: string): boolean =>
      using.some((source) => new RegExp(`\\.${word}\\b`).test(source));
    expect(Object.keys(words.en).filter((word) => !isSaid(word))).toEqual([]);
  });

  it('every error code of the service that state passes on has words', () => {
    const served = [...read('docs/operating.md').matchAll(/^\| `([a-z_]+)`\s*\| \d{3}/gm)].map(
      ([, code]) => code,
    );
    const mapped = [...read('client/state/problems.ts').matchAll(/^ {2}([a-z_]+): '([a-z_]+)'/gm)];
    expect(served.length).toBeGreaterThan(20);
    const shown = served.filter((code) => !mapped.some(([, from]) => from === code));
    for (const code of [...shown, ...mapped.map(([, , to]) => to)])
      expect(Object.keys(en.errors)).toContain(code);
  });

  it('no error code is left over', () => {
    const inDocs = read('docs/operating.md');
    const inCode = sourcesIn(
      'client/support.ts',
      'client/api',
      'client/groups',
      'client/call',
      'client/state',
    ).join('\n');
    const known = (code: string): boolean => inDocs.includes(`\`${code}\``) || inCode.includes(`'${code}'`);
    expect(Object.keys(en.errors).filter((code) => code !== 'unknown' && !known(code))).toEqual([]);
  });

  it('the words have no exclamation marks and no straight apostrophes', () => {
    const texts = [...textsOf(en), ...textsOf(fr), ...textsOf(apart)];
    expect(texts.filter((text) => /[!'"]/.test(text))).toEqual([]);
  });

  it('French puts a no-break space before double punctuation and inside guillemets', () => {
    const wrong = [...textsOf(fr), ...Object.values(apart).flatMap((words) => textsOf(words.fr))].filter(
      (text) => /[^\u00a0\u202f][:;?]( |$)|« |[^\u202f]»/.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it('names of the contract for tests from outside stay', () => {
    expect([
      en.start.yourName,
      en.start.groupName,
      en.start.create,
      en.group.copy,
      en.invite.join,
      en.group.start,
      en.group.joinName,
      en.bar.mute,
      en.bar.unmute,
      en.bar.cameraOn,
      en.bar.cameraOff,
      en.bar.shareOn,
      en.bar.shareOff,
      en.bar.leave,
      en.trust.said(''),
      en.group.verifyName('Ben'),
      en.verify.match,
      en.verify.differ,
      en.verify.number,
    ]).toEqual([
      'Your name',
      'Name of the group',
      'Create group',
      'Copy link',
      'Join group',
      'Start voice chat',
      'Join voice chat',
      'Mute microphone',
      'Unmute microphone',
      'Turn on camera',
      'Turn off camera',
      'Share screen',
      'Stop sharing',
      'Leave',
      'Security: ',
      'Verify Ben',
      'They match',
      'They don’t match',
      'Safety number',
    ]);
  });

  it('a name holds the words that are seen, in both languages', () => {
    for (const { bar, group } of [en, fr]) {
      const pairs = [
        [bar.camera, bar.cameraOn],
        [bar.camera, bar.cameraOff],
        [bar.share, bar.shareOn],
        [bar.sharing, bar.shareOff],
        [group.join, group.joinName],
        [group.verify, group.verifyName('Ben')],
      ] as const;
      for (const [seen, name] of pairs) expect(name.toLowerCase()).toContain(seen.toLowerCase());
    }
  });
});

describe('numbers, lists and dates', () => {
  it('French counts nothing as one, English does not', () => {
    const forms = { one: 'one', other: 'other' };
    expect([plural('en', 0, forms), plural('en', 1, forms), plural('en', 2, forms)]).toEqual([
      'other',
      'one',
      'other',
    ]);
    expect([plural('fr', 0, forms), plural('fr', 1, forms), plural('fr', 2, forms)]).toEqual([
      'one',
      'one',
      'other',
    ]);
    expect(plural('fr', 1_000_000, forms)).toBe('other');
  });

  it('long lists of names end in a count', () => {
    const rest = { most: 4, words: (count: number) => `${count} others` };
    expect(listNames('en', ['Ada'], rest)).toBe('Ada');
    expect(listNames('en', ['Ada', 'Ben', 'Cyd'], rest)).toBe('Ada, Ben and Cyd');
    expect(listNames('en', ['Ada', 'Ben', 'Cyd', 'Dora', 'Elif', 'Farid'], rest)).toBe(
      'Ada, Ben, Cyd and 3 others',
    );
    expect(listNames('fr', ['Ada', 'Ben'], rest)).toBe('Ada et Ben');
    expect(listNames('en', [], { most: 3, words: String })).toBe('');
  });

  it('a day has its year only when it is not this year', () => {
    const now = Date.UTC(2031, 5, 1);
    expect(dayWords('en', Date.UTC(2031, 2, 3, 12), now)).toBe('3 March');
    expect(dayWords('en', Date.UTC(2030, 2, 3, 12), now)).toBe('3 March 2030');
    expect(dayWords('fr', Date.UTC(2031, 2, 3, 12), now)).toBe('3 mars');
    const noon = new Date(2031, 9, 28, 12).getTime();
    const words = (day: number, hour: number): string[] =>
      (['en', 'fr'] as const).map((one) => recentWords(one, new Date(2031, 9, day, hour).getTime(), noon));
    expect(words(28, 0)).toEqual(['today', 'aujourd’hui']);
    expect(words(27, 23)).toEqual(['yesterday', 'hier']);
    expect(words(26, 23)).toEqual(['26 October', '26 octobre']);
    expect(clockWords('en', new Date(2031, 2, 3, 14, 5).getTime())).toBe('14:05');
  });

  it('a duration counts up and is never negative', () => {
    expect([-5000, 0, 59_999, 768_000, 3_723_000].map(elapsedWords)).toEqual([
      '0:00',
      '0:00',
      '0:59',
      '12:48',
      '1:02:03',
    ]);
  });
});
