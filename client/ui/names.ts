// Small derivations from names and ids that several components draw: letters and colour of an avatar, groups of digits.

/** Two-tone avatars of the look; the number of classes `tone-0` … in Avatar.svelte. */
export const toneCount = 8;

/** A steady colour for an id: FNV-1a, because neighbouring ids must not look alike. Decoration, never proof. */
export function toneOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (((hash >>> 8) ^ hash) >>> 0) % toneCount;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter as a reader sees it (a whole grapheme), in capitals; "?" for an empty name. */
export function initialOf(name: string): string {
  const [first] = graphemes.segment(name.trim());
  return first === undefined ? '?' : first.segment.toLocaleUpperCase();
}

/** "Rehearsal room" → "RR": the initials of the first two words. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).slice(0, 2);
  return words.map(initialOf).join('');
}

/** "4821390577" → ["48213", "90577"]: codes are always shown in groups of five. */
export function groupsOfFive(digits: string): string[] {
  return digits.match(/.{1,5}/gu) ?? [];
}
