// The official RFC 9420 vectors (crypto/vectors/mls, whose README says where they come from): every entry passes, and no entry does
// with one of its values changed, so no value goes unchecked.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runEntry, runners, runVectors } from './test/vectors/index.ts';

/** How many entries a file has, and which of them makes use of all its values. */
const kept: Readonly<Record<string, { entries: number; spoiled: number }>> = {
  'tree-math': { entries: 10, spoiled: 2 },
  deserialization: { entries: 14, spoiled: 4 },
  'crypto-basics': { entries: 1, spoiled: 0 },
  'secret-tree': { entries: 3, spoiled: 0 },
  'message-protection': { entries: 1, spoiled: 0 },
  'key-schedule': { entries: 1, spoiled: 0 },
  psk_secret: { entries: 11, spoiled: 3 },
  'transcript-hashes': { entries: 1, spoiled: 0 },
  welcome: { entries: 1, spoiled: 0 },
  'tree-operations': { entries: 5, spoiled: 2 },
  'tree-validation': { entries: 14, spoiled: 1 },
  treekem: { entries: 11, spoiled: 1 },
  messages: { entries: 20, spoiled: 0 },
  'passive-client-welcome': { entries: 8, spoiled: 0 },
  'passive-client-handling-commit': { entries: 13, spoiled: 6 },
};

function load(name: string): unknown[] {
  const url = new URL(`../vectors/mls/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as unknown[];
}

describe.each(Object.entries(kept))('the official vectors of %s', (name, { entries, spoiled }) => {
  it(`pass, all ${entries} of them`, { timeout: 120_000 }, async () => {
    const outcomes = await runVectors(name, load(name));
    expect(outcomes).toEqual(Array.from({ length: entries }, () => ({ result: 'passed' })));
  });

  it('do not pass with any one value changed', { timeout: 120_000 }, async () => {
    const changed = [...changes(load(name)[spoiled])];
    expect(changed.length).toBeGreaterThan(1);
    for (const { path, value } of changed) {
      expect((await runEntry(runners.get(name)!, value)).result, path).not.toBe('passed');
    }
  });
});

/** The entry with one value changed, for each of its values: a number one higher, a text without its first byte, null a number. */
function* changes(value: unknown, path = ''): Generator<{ path: string; value: unknown }> {
  if (typeof value === 'number') yield { path, value: value + 1 };
  else if (typeof value === 'string') yield { path, value: value.slice(2) };
  else if (value === null) yield { path, value: 0 };
  else if (Array.isArray(value)) {
    for (const [at, element] of value.entries()) {
      for (const inner of changes(element, `${path}[${at}]`))
        yield { path: inner.path, value: value.with(at, inner.value) };
    }
  } else if (typeof value === 'object') {
    for (const [name, field] of Object.entries(value)) {
      for (const inner of changes(field, `${path}.${name}`))
        yield { path: inner.path, value: { ...value, [name]: inner.value } };
    }
  }
}
