// Namesakes are found whatever alphabet, size or marks their names are written in; people with other names are left alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../crypto/bytes.ts';
import { idOf } from './ids.ts';
import { namesakesIn, skeletonOf } from './namesakes.ts';

const named = (...names: readonly string[]) => names.map((name) => ({ name, identity: random(32) }));
const found = (...names: readonly string[]): string[] => {
  const members = named(...names);
  const ids = namesakesIn(members);
  return members.filter(({ identity }) => ids.has(idOf(identity))).map(({ name }) => name);
};

test.each([
  ['another size', 'Ada', 'ADA'],
  ['Cyrillic', 'Ada', 'Аdа'],
  ['Greek', 'Zoe', 'Zοe'],
  ['full width', 'Ben', 'Ｂｅｎ'],
  ['mathematical letters', 'Ben', '𝐁𝐞𝐧'],
  ['marks', 'Andre', 'André'],
  ['something invisible', 'Ada', 'A\u200Bda'],
  ['spaces', 'Ada Lovelace', 'Ada  Lovelace'],
  ['a dot', 'Ada L', 'Ada L.'],
  ['digits for letters', 'Lilo', 'L1l0'],
  ['a pair of letters', 'Mira', 'rnira'],
])('[S5] %s does not make another name', (_, one, other) => {
  expect(found(one, 'Cyd', other)).toEqual([one, other]);
});

test('[S5] other names are other names, and who has one alone is no namesake', () => {
  expect(found('Ada', 'Adam', 'Ben', 'Anna', 'Hannah', 'Олег', 'Ольга', '王', '玉', '🌿', '🔥')).toEqual([]);
});

test('[S5] a name is its own namesake, twice in a list or three times', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      expect(skeletonOf(name)).toBe(skeletonOf(name.normalize('NFC')));
      expect(found(name, name, name)).toHaveLength(3);
    }),
  );
});
