// Who in a group could be taken for somebody else by name: the same letters, in another size, with other marks, or from another alphabet
// that looks alike. Such people are told apart on the screen by digits of their safety number. Not every trick is known here: what proves
// who somebody is, is the number itself (S1, S3).
import type { Member } from '../../crypto/group/index.ts';
import { idOf } from './ids.ts';

type Named = Pick<Member, 'identity' | 'name'>;

/** Lower-case Cyrillic, Greek and others that a reader of Latin letters takes for one of them; and digits for letters. */
const alike = new Map(
  Object.entries({
    a: 'аαɑ',
    b: 'ьвβ',
    c: 'сϲᴄ',
    d: 'ԁ',
    e: 'еєεҽ',
    g: 'ɡ',
    h: 'һн',
    i: 'іιıl1|!ӏ',
    j: 'јϳ',
    k: 'кκ',
    m: 'м',
    n: 'ηпո',
    o: 'оοσ0օ',
    p: 'рρ',
    q: 'ԛ',
    r: 'гᴦ',
    s: 'ѕꜱ5$',
    t: 'тτ',
    u: 'υսᴜ',
    v: 'νѵ',
    w: 'ѡωԝ',
    x: 'хχ×',
    y: 'уγү',
    z: 'ᴢ2',
  }).flatMap(([letter, others]) => Array.from(others, (other) => [other, letter] as const)),
);

/** What is left of a name when all that a quick look passes over is gone. Two names with the same are namesakes. */
export function skeletonOf(name: string): string {
  const bare = name
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .normalize('NFKD');
  const letters = Array.from(bare, (letter) => alike.get(letter) ?? letter).join('');
  return letters
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll(/[\s\p{P}]+/gu, '');
}

const known = new WeakMap<readonly Named[], ReadonlySet<string>>();

/** Ids of those whose name somebody else has, too. */
export function namesakesIn(members: readonly Named[]): ReadonlySet<string> {
  const found = known.get(members) ?? find(members);
  known.set(members, found);
  return found;
}

function find(members: readonly Named[]): ReadonlySet<string> {
  const bySkeleton = new Map<string, Named[]>();
  for (const member of members) {
    const skeleton = skeletonOf(member.name);
    bySkeleton.set(skeleton, [...(bySkeleton.get(skeleton) ?? []), member]);
  }
  const shared = [...bySkeleton.values()].filter((some) => some.length > 1).flat();
  return new Set(shared.map(({ identity }) => idOf(identity)));
}
