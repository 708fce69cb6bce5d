// Views are made anew with every change; who reads them is drawn again only where something is not the same as before.

/** Whether two parts of a view say the same: plain objects and lists by what is in them, all else by identity. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}

/** `items` with the objects of `before` for who is as before; all of `before` where nobody changed. */
export function withSame<T extends { readonly id: string }>(
  before: readonly T[],
  items: readonly T[],
): readonly T[] {
  const known = new Map(before.map((item) => [item.id, item]));
  const kept = items.map((item) => {
    const old = known.get(item.id);
    return old !== undefined && isSame(old, item) ? old : item;
  });
  return kept.length === before.length && kept.every((item, i) => item === before[i]) ? before : kept;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}
