// Values by JSON Schema, from a seeded source of chance: ones that fit, and ones that are wrong in one place. What the service's schemas
// use is covered; anything else is an error here, so that a new kind of schema is not passed over in silence.
import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import type { JsonSchema } from '../web/openapi.ts';

/** Chance that repeats from its seed. */
export class Dice {
  readonly #next: (most: number) => number;

  constructor(seed: number) {
    let state = seed >>> 0 || 1;
    // xorshift32 (Marsaglia 2003): it only has to be even and repeatable.
    this.#next = (most) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % most;
    };
  }

  below(most: number): number {
    return this.#next(most);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** True once in so many. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }
}

const symbols = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const patterned = new Map<string, readonly string[]>();

/** A value that fits `schema`. `known` gives values of the running service by the name of a field, so that some of them mean something. */
export function fitting(schema: JsonSchema, from: Source): unknown {
  const { dice, known, name } = from;
  const real = known.get(name);
  if (real !== undefined && real.length > 0 && !dice.once(3)) return dice.one(real);
  if (schema.anyOf !== undefined) return fitting(dice.one(schema.anyOf), from);
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return dice.one(schema.enum);
  switch (schema.type) {
    case 'object': {
      const required = new Set(schema.required);
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => required.has(key) || dice.once(2))
          .map(([key, inner]) => [key, fitting(inner, { ...from, name: key })]),
      );
    }
    case 'array': {
      const least = schema.minItems ?? 0;
      const most = Math.min(schema.maxItems ?? 4, least + 4);
      const items = schema.items ?? {};
      return Array.from({ length: least + dice.below(most - least + 1) }, () => fitting(items, from));
    }
    case 'integer':
    case 'number': {
      const least = schema.minimum ?? 0;
      const most = Math.min(schema.maximum ?? 2 ** 32, Number.MAX_SAFE_INTEGER);
      return dice.one([least, most, Math.min(most, least + 1), Math.min(most, least + dice.below(1000))]);
    }
    case 'boolean':
      return dice.once(2);
    case 'null':
      return null;
    case 'string':
      return text(schema, dice);
    default:
      throw new TypeError(`no values for ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

/** Values by the name of a field. */
export type Known = ReadonlyMap<string, readonly unknown[]>;

export interface Source {
  readonly dice: Dice;
  readonly known: Known;
  /** Of the field that the value is for. */
  readonly name: string;
}

function text({ pattern, minLength = 0, maxLength = 40 }: JsonSchema, dice: Dice): string {
  if (pattern === undefined)
    return letters(minLength + dice.below(Math.min(maxLength, minLength + 40) - minLength + 1), dice);
  // Patterns with lengths beside them are canonical base64url of any length.
  if (minLength > 0) return base64url(Math.ceil((minLength * 3) / 4) + dice.below(8));
  let drawn = patterned.get(pattern);
  if (drawn === undefined) {
    drawn = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 40, seed: 1 });
    patterned.set(pattern, drawn);
  }
  return dice.one(drawn);
}

function letters(length: number, dice: Dice): string {
  return Array.from({ length }, () => symbols[dice.below(symbols.length)]).join('');
}

function base64url(bytes: number): string {
  return randomFillSync(Buffer.alloc(bytes)).toString('base64url');
}

const strange: readonly unknown[] = [
  ...[null, true, -1, 0.5, 2 ** 53, 1e308, '', ' ', '\u0000', '=', 'A'.repeat(70_000), '../../etc/passwd'],
  ...[
    "' or 1=1 --",
    '${jndi:ldap://x}',
    '\ud800',
    '😀',
    [],
    [[]],
    {},
    { toString: 1 },
    [null],
    { length: 3 },
  ],
];

/** `value` with one place of it made wrong: another type, a field more or less, a text a little longer, shorter or spelled otherwise. */
export function spoilt(value: unknown, dice: Dice): unknown {
  if (Array.isArray(value) && value.length > 0 && !dice.once(3)) {
    const at = dice.below(value.length);
    return (value as unknown[]).map((item, i) => (i === at ? spoilt(item, dice) : item));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !dice.once(6))
    return spoiltObject(value as Readonly<Record<string, unknown>>, dice);
  if (typeof value === 'string' && dice.once(2))
    return dice.one([
      `${value}A`,
      value.slice(1),
      `${value}=`,
      `${value} `,
      value.toUpperCase() + '!',
      `\u0000${value}`,
    ]);
  if (typeof value === 'number' && dice.once(2))
    return dice.one([-value - 1, value + 0.5, String(value), 2 ** 60]);
  return dice.one(strange);
}

function spoiltObject(value: Readonly<Record<string, unknown>>, dice: Dice): unknown {
  const keys = Object.keys(value);
  const kind = dice.below(4);
  if (kind === 0 || keys.length === 0)
    return { ...value, [dice.one(['more', '__proto__', 'constructor', 'a.b', ''])]: dice.one(strange) };
  const key = dice.one(keys);
  if (kind === 1) {
    const { [key]: _, ...rest } = value;
    return rest;
  }
  return { ...value, [key]: spoilt(value[key], dice) };
}
