// Mutations that know the grammar: a decoded message is a tree of structs, vectors, numbers and bytes. One part of it is changed, left out,
// doubled, or replaced by a part of the same name from another message, so that what comes out can be encoded again.
import type { Choices } from './seeded.ts';

type Path = readonly (string | number)[];

interface Place {
  readonly path: Path;
  readonly value: unknown;
}

/** Parts of messages by the name of the field that they stand in. */
export class Parts {
  readonly #byName = new Map<string, unknown[]>();

  /** Learns every part of `message`. */
  add(message: unknown): void {
    for (const { path, value } of placesOf(message)) {
      const name = nameOf(path);
      const known = this.#byName.get(name);
      if (known === undefined) this.#byName.set(name, [value]);
      else if (known.length < 200) known.push(value);
    }
  }

  named(name: string): readonly unknown[] {
    return this.#byName.get(name) ?? [];
  }
}

/** `message` with one part changed. */
export function mutated<T>(message: T, parts: Parts, choices: Choices): T {
  const { path, value } = choices.pick(placesOf(message));
  return replaceAt(message, path, changed(value, { name: nameOf(path), parts, choices })) as T;
}

/** Every bytes, number, bigint, vector, struct and absent value of a message. Tags (text) change with their struct only. */
function placesOf(value: unknown, path: Path = []): Place[] {
  const inner = isPlain(value)
    ? Object.entries(value).flatMap(([name, part]) => placesOf(part, [...path, name]))
    : Array.isArray(value)
      ? value.flatMap((part, at) => placesOf(part, [...path, at]))
      : [];
  const isHere = path.length > 0 && typeof value !== 'string';
  return isHere ? [{ path, value }, ...inner] : inner;
}

/** The field's name; elements of a vector are named apart from the vector. */
function nameOf(path: Path): string {
  const name = path.filter((step) => typeof step === 'string').at(-1) ?? '';
  return typeof path.at(-1) === 'number' ? `${name}[]` : name;
}

interface Around {
  readonly name: string;
  readonly parts: Parts;
  readonly choices: Choices;
}

function changed(value: unknown, around: Around): unknown {
  const { name, parts, choices } = around;
  const others = parts.named(name);
  if (choices.oneIn(3) && others.length > 0) return choices.pick(others);
  if (value instanceof Uint8Array) return changedBytes(value, choices);
  if (typeof value === 'number') return changedNumber(value, choices);
  if (typeof value === 'bigint') return changedBigint(value, choices);
  if (Array.isArray(value)) return changedVector(value, choices);
  return choices.oneIn(4) || others.length === 0 ? undefined : choices.pick(others);
}

/** One or several bytes of a message or field: flipped, cut, grown, all equal. */
export function changedBytes(value: Uint8Array, choices: Choices): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(value);
  switch (choices.below(7)) {
    case 0:
      return out.slice(0, choices.below(out.length + 1));
    case 1:
      return new Uint8Array([...out, ...choices.bytes(1 + choices.below(4))]);
    case 2:
      return out.fill(choices.pick([0, 1, 0x7f, 0x80, 0xff]));
    case 3:
      return choices.bytes(out.length);
    case 4:
      return new Uint8Array(0);
    default:
      for (let times = 1 + choices.below(3); times > 0 && out.length > 0; times--) {
        const at = choices.below(out.length);
        out[at] = (out[at] as number) ^ (1 << choices.below(8));
      }
      return out;
  }
}

const boundaries = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  255,
  256,
  2 ** 14,
  2 ** 15,
  2 ** 16 - 1,
  2 ** 16,
  2 ** 31,
  2 ** 32 - 1,
];

function changedNumber(value: number, choices: Choices): number {
  return choices.oneIn(2) ? choices.pick(boundaries) : Math.max(0, value + choices.pick([-1, 1, 2]));
}

function changedBigint(value: bigint, choices: Choices): bigint {
  const near = [value + 1n, value === 0n ? 0n : value - 1n];
  return choices.pick([...near, 0n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]);
}

function changedVector(value: readonly unknown[], choices: Choices): unknown[] {
  if (value.length === 0) return [];
  const [at, other] = [choices.below(value.length), choices.below(value.length)];
  switch (choices.below(4)) {
    case 0:
      return value.toSpliced(at, 1);
    case 1:
      return value.toSpliced(at, 0, value[other]);
    case 2:
      return value.with(at, value[other]);
    default:
      return value.toReversed();
  }
}

function replaceAt(value: unknown, path: Path, part: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return part;
  if (Array.isArray(value))
    return (value as unknown[]).with(step as number, replaceAt(value[step as number], rest, part));
  const fields = value as Record<string, unknown>;
  return { ...fields, [step]: replaceAt(fields[step], rest, part) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
