// Changed bytes at every layer of a message: in the envelope, where the service could change them, and inside it, where only
// a member could (protocol.md E1, C10, O1). Each is refused with a code, and the state it met stays as it was.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { Call, viewOf } from '../test/call.ts';
import '../test/fuzz.ts';
import { engine, type Proposed } from './index.ts';
import { people } from './test/attack.ts';
import { infoBytes, sealInfo } from './test/forge-info.ts';
import { commitBytes, sealCommit } from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
let honest: Record<'update' | 'removal' | 'join', Proposed>;
let info: Bytes;
beforeAll(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd);
  honest = {
    update: await call.state(mal).selfUpdate(),
    removal: await call.state(mal).remove([1]),
    join: await call.proposeJoin(cyd),
  };
  info = infoBytes(call.context, call.epoch, call.groupInfo);
});

const kinds = ['update', 'removal', 'join'] as const;
const runs = Number(process.env['FUZZ_RUNS'] ?? 120);

/** One change: a flipped bit, a cut, a byte more, two regions swapped, a 32-bit word made huge. */
interface Change {
  readonly how: 'flip' | 'cut' | 'insert' | 'append' | 'swap' | 'huge';
  readonly at: number;
  readonly bit: number;
}
const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('flip', 'flip', 'flip', 'cut', 'insert', 'append', 'swap', 'huge'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  bit: fc.nat(7),
});

function changed(bytes: Bytes, { how, at, bit }: Change): Bytes {
  const place = Math.floor(at * bytes.length);
  const out = bytes.slice();
  switch (how) {
    case 'flip':
      out[place] = out[place]! ^ (1 << bit);
      return out;
    case 'cut':
      return out.slice(0, place);
    case 'insert':
      return new Uint8Array([...out.subarray(0, place), bit, ...out.subarray(place)]);
    case 'append':
      return new Uint8Array([...out, bit]);
    case 'swap':
      return new Uint8Array([...out.subarray(place), ...out.subarray(0, place)]);
    case 'huge':
      out.fill(0xff, place, place + 4);
      return out;
  }
}

async function refusesAll(original: Bytes, act: (bytes: Bytes) => Promise<unknown>): Promise<Set<string>> {
  const codes = new Set<string>();
  const before = await viewOf(call.state(ada));
  const property = fc.asyncProperty(change, async (how) => {
    const bytes = changed(original, how);
    if (toHex(bytes) === toHex(original)) return;
    const error: unknown = await act(bytes).then(
      () => 'accepted',
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CryptoError);
    codes.add((error as CryptoError).code);
  });
  await fc.assert(property, { numRuns: runs });
  expect(await viewOf(call.state(ada))).toBe(before);
  return codes;
}

describe('changed bytes', () => {
  it.each(kinds)('[E1] of a sealed commit (%s) do not open', async (kind) => {
    const codes = await refusesAll(honest[kind].message, (bytes) =>
      call.state(ada).apply(bytes, call.isMember),
    );
    for (const code of codes) expect(['not_opened', 'malformed']).toContain(code);
  });

  it.each(kinds)('[O1] inside a commit (%s) are refused and change nothing', async (kind) => {
    const bytes = commitBytes(call.context, honest[kind]);
    const codes = await refusesAll(bytes, (inner) => applyInner(inner));
    expect(codes.size).toBeGreaterThan(1);
    await expect(call.state(ada).apply(honest[kind].message, call.isMember)).resolves.toBeDefined();
  });

  it('[O1] inside a GroupInfo are refused', async () => {
    const codes = await refusesAll(info, (inner) => joinInner(inner));
    expect(codes.size).toBeGreaterThan(1);
    await expect(joinInner(info)).resolves.toBeDefined();
  });

  it.each(kinds)('[C10] include every truncation of a commit (%s)', async (kind) => {
    const bytes = commitBytes(call.context, honest[kind]);
    for (let length = 0; length < bytes.length; length++) {
      await expect(applyInner(bytes.slice(0, length))).rejects.toMatchObject({ code: 'malformed' });
    }
  });

  it('[C10] include every truncation of a GroupInfo', async () => {
    for (let length = 0; length < info.length; length++) {
      await expect(joinInner(info.slice(0, length))).rejects.toMatchObject({ code: 'malformed' });
    }
  });
});

function applyInner(inner: Bytes): Promise<unknown> {
  return call.state(ada).apply(sealCommit(call.state(ada), inner), call.isMember);
}

function joinInner(inner: Bytes): Promise<unknown> {
  return engine.join(call.context, cyd, call.epoch, sealInfo(call.context, call.epoch, inner), call.isMember);
}

it('[C10] refuses what decodes but is not the one encoding: longer lengths, odd presence octets', async () => {
  const bytes = commitBytes(call.context, honest.update);
  // Version (2), wire format (2), then the group id with its length in one byte: here in two.
  expect(bytes[4]).toBe(20);
  const longer = new Uint8Array([...bytes.subarray(0, 4), 0x40, 20, ...bytes.subarray(5)]);
  await expect(applyInner(longer)).rejects.toMatchObject({ code: 'malformed' });
  // Behind the group id epoch (8), sender (1 + 4), authenticated data (1), content type (1), proposals (1): whether there is a path.
  const presence = 5 + 20 + 8 + 5 + 1 + 1 + 1;
  expect([...bytes.subarray(presence - 3, presence + 1)]).toEqual([0, 3, 0, 1]);
  const odd = Uint8Array.from(bytes, (byte, at) => (at === presence ? 2 : byte));
  await expect(applyInner(odd)).rejects.toMatchObject({ code: 'malformed' });
});
