// A set of public keys, for the rule that none stands twice in a tree: by their first four bytes, so that 2000 comparisons cost
// less than one hash. Nothing secret is in it: it need not be constant-time.
import type { Bytes } from '../bytes.ts';

export class KeySet {
  readonly #keys = new Map<number, Bytes[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: Bytes): boolean {
    return this.#keys.get(prefixOf(key))?.some((other) => isSame(other, key)) ?? false;
  }

  /** False where the key was there already. */
  add(key: Bytes): boolean {
    if (this.has(key)) return false;
    const prefix = prefixOf(key);
    const others = this.#keys.get(prefix);
    if (others === undefined) this.#keys.set(prefix, [key]);
    else others.push(key);
    this.#size++;
    return true;
  }
}

function prefixOf(key: Bytes): number {
  let prefix = 0;
  for (let at = 0; at < 4; at++) prefix = prefix * 256 + (key[at] ?? 0);
  return prefix;
}

/** Whether two public values are the same, in no constant time. */
export function isSame(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
