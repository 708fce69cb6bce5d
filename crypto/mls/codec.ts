// TLS presentation language as RFC 9420 §2.1 uses it: big-endian integers, vectors behind a variable-size length, optional
// values, structs and selects, declared once and used for reading and writing. Strict: shortest lengths only, nothing past
// the end, nothing left over, no value outside its enumeration. structs of this folder are written with it.
import { fromHex, toHex, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** A type with its one encoding. `read` throws `CryptoError('malformed')`. */
export interface Codec<T> {
  write(to: Writer, value: T): void;
  read(from: Reader): T;
}

/** §2.1.2: a length is at most 30 bits long. */
const maxLength = 2 ** 30 - 1;

/**
 * Elements of all vectors together that are read from one encoding: three times what a full tree has. An element of one byte becomes up
 * to 300 bytes in memory, so nothing that is decoded takes more than 80 MB beside a copy of its bytes.
 */
export const maxElements = 2 ** 18;

/** Collects an encoding. */
export class Writer {
  #bytes: Bytes = new Uint8Array(256);
  #length = 0;

  /** A big-endian integer of `size` bytes (1 to 4). */
  uint(value: number, size: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new RangeError(`value must be an integer that fits ${size} bytes, got ${value}`);
    }
    const at = this.#room(size);
    for (let i = 0; i < size; i++) this.#bytes[at + i] = value >>> (8 * (size - 1 - i));
  }

  uint64(value: bigint): void {
    if (value < 0n || value >= 1n << 64n) throw new RangeError('value must fit 8 bytes');
    const at = this.#room(8);
    new DataView(this.#bytes.buffer).setBigUint64(at, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** §2.1.2: 1, 2 or 4 bytes, the shortest that fits. */
  length(length: number): void {
    if (length > maxLength) throw new RangeError(`a vector holds at most ${maxLength} bytes, got ${length}`);
    if (length < 2 ** 6) this.uint(length, 1);
    else if (length < 2 ** 14) this.uint(length + 2 ** 14, 2);
    else this.uint(length + 2 ** 31, 4);
  }

  /** What `write` writes, behind its length. It is moved by the length's size once that is known: cheaper than a writer of its own. */
  vector(write: () => void): void {
    const from = this.#length;
    write();
    const length = this.#length - from;
    this.length(length);
    const size = this.#length - from - length;
    const prefix = this.#bytes.slice(from + length, this.#length);
    this.#bytes.copyWithin(from + size, from, from + length);
    this.#bytes.set(prefix, from);
  }

  /** A copy of what was written. */
  bytes(): Bytes {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room for `size` bytes and returns where it begins. */
  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes.fill(0);
      this.#bytes = grown;
    }
    return at;
  }
}

/** Reads an encoding front to back. What it allocates is bounded by the bytes that are there, not by the lengths they claim. */
export class Reader {
  readonly #bytes: Bytes;
  readonly #elements: { left: number };
  #at = 0;

  constructor(bytes: Bytes, elements = { left: maxElements }) {
    this.#bytes = bytes;
    this.#elements = elements;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next `length` bytes, as a copy. */
  take(length: number): Bytes {
    const from = this.#skip(length);
    return this.#bytes.slice(from, this.#at);
  }

  /** All that is left, as a copy. */
  rest(): Bytes {
    return this.take(this.#bytes.length - this.#at);
  }

  /** A reader of the next `length` bytes, over the same memory. */
  within(length: number): Reader {
    const from = this.#skip(length);
    return new Reader(this.#bytes.subarray(from, this.#at), this.#elements);
  }

  /** Counts an element of a vector. Throws `CryptoError('out_of_range')` for one too many. */
  count(): void {
    if (--this.#elements.left < 0)
      throw new CryptoError('out_of_range', 'more elements than anything here has');
  }

  /** What was read since `from`, as a copy. */
  since(from: number): Bytes {
    return this.#bytes.slice(from, this.#at);
  }

  uint(size: number): number {
    const from = this.#skip(size);
    let value = 0;
    for (let i = from; i < this.#at; i++) value = value * 256 + (this.#bytes[i] as number);
    return value;
  }

  uint64(): bigint {
    const from = this.#skip(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getBigUint64(from);
  }

  /** §2.1.2. Throws `malformed` for a length that is not the shortest, and for the prefix `11`, which is none. */
  length(): number {
    const first = this.uint(1);
    const prefix = first >> 6;
    if (prefix === 0) return first;
    if (prefix === 3) throw new CryptoError('malformed', 'a length with an invalid prefix');
    const size = prefix === 1 ? 2 : 4;
    const length = (first & 0x3f) * 256 ** (size - 1) + this.uint(size - 1);
    if (length < (size === 2 ? 2 ** 6 : 2 ** 14)) {
      throw new CryptoError('malformed', 'a length that is not the shortest');
    }
    return length;
  }

  #skip(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new CryptoError('malformed', 'ends too early');
    this.#at += length;
    return from;
  }
}

/** The one encoding of `value`. */
export function encode<T>(codec: Codec<T>, value: T): Bytes {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.bytes();
}

/**
 * The value that `bytes` are the encoding of. Throws `CryptoError`: `malformed`, also for bytes behind it, `out_of_range` for more than
 * `elements` elements.
 */
export function decode<T>(codec: Codec<T>, bytes: Bytes, elements = maxElements): T {
  const reader = new Reader(bytes, { left: elements });
  const value = codec.read(reader);
  if (!reader.isAtEnd) throw new CryptoError('malformed', 'trailing bytes');
  return value;
}

const uint = (size: number): Codec<number> => ({
  write: (to, value) => to.uint(value, size),
  read: (from) => from.uint(size),
});

export const u16 = uint(2);
export const u32 = uint(4);
export const u64: Codec<bigint> = {
  write: (to, value) => to.uint64(value),
  read: (from) => from.uint64(),
};

/** `opaque name<V>` (§2.1.2). */
export const opaque: Codec<Bytes> = {
  write: (to, value) => {
    to.length(value.length);
    to.raw(value);
  },
  read: (from) => from.take(from.length()),
};

/** `opaque name[size]`. */
export const fixed = (size: number): Codec<Bytes> => ({
  write: (to, value) => {
    if (value.length !== size) throw new RangeError(`value must be ${size} bytes, got ${value.length}`);
    to.raw(value);
  },
  read: (from) => from.take(size),
});

/** `T name<V>`: elements of `codec` behind the length of all of them in bytes. Every element takes at least one byte. */
export const vector = <T>(codec: Codec<T>): Codec<readonly T[]> => ({
  write: (to, values) => {
    to.vector(() => {
      for (const value of values) codec.write(to, value);
    });
  },
  read: (from) => {
    const inner = from.within(from.length());
    const values: T[] = [];
    while (!inner.isAtEnd) {
      inner.count();
      values.push(codec.read(inner));
    }
    return values;
  },
});

/** `optional<T>` (§2.1.1): a byte that is 0 or 1, then the value if it is 1. */
export const optional = <T>(codec: Codec<T>): Codec<T | undefined> => ({
  write: (to, value) => {
    to.uint(value === undefined ? 0 : 1, 1);
    if (value !== undefined) codec.write(to, value);
  },
  read: (from) => {
    const presence = from.uint(1);
    if (presence > 1) throw new CryptoError('malformed', 'an optional that is neither absent nor present');
    return presence === 1 ? codec.read(from) : undefined;
  },
});

/** `struct { … }`: the fields in the order in which they stand here. */
export const struct = <T extends object>(fields: { [K in keyof T]-?: Codec<T[K]> }): Codec<T> => {
  const inOrder = Object.entries(fields) as [keyof T, Codec<T[keyof T]>][];
  return {
    write: (to, value) => {
      for (const [name, codec] of inOrder) codec.write(to, value[name]);
    },
    read: (from) => {
      const value: Partial<T> = {};
      for (const [name, codec] of inOrder) value[name] = codec.read(from);
      return value as T;
    },
  };
};

/** A struct without fields. */
export const nothing: Codec<object> = struct({});

/** An enumeration of names with their numbers. A number without a name is `code` when it is read. */
export const enumeration = <N extends string>(
  size: 1 | 2,
  numbers: { readonly [K in N]: number },
  code: 'malformed' | 'unsupported' = 'malformed',
): Codec<N> => {
  const names = new Map(Object.entries<number>(numbers).map(([name, number]) => [number, name as N]));
  return {
    write: (to, name) => to.uint(numbers[name], size),
    read: (from) => {
      const number = from.uint(size);
      const name = names.get(number);
      if (name === undefined) throw new CryptoError(code, `${number} names nothing here`);
      return name;
    },
  };
};

/** The fields that a select adds for one value of its tag. */
type Case<T, K extends keyof T, N> = Omit<Extract<T, { readonly [k in K]: N }>, K>;

/** `select (tag)` with the tag in front: `{tag} ‖ the fields of its case`. */
export const select = <T extends object, K extends keyof T & string>(
  tag: K,
  names: Codec<T[K] & string>,
  cases: { readonly [N in T[K] & string]: Codec<Case<T, K, N>> },
): Codec<T> => {
  const caseOf = (name: T[K] & string): Codec<object> => cases[name];
  return {
    write: (to, value) => {
      const name = value[tag] as T[K] & string;
      names.write(to, name);
      caseOf(name).write(to, value);
    },
    read: (from) => {
      const name = names.read(from);
      return { [tag]: name, ...caseOf(name).read(from) } as T;
    },
  };
};

/** A key of a map: bytes as text. */
export const keyOf = toHex;
/** The bytes of such a key. */
export const bytesOfKey = fromHex;
