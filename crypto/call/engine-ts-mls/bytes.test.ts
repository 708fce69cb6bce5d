// Changed bytes at every layer of a message: in the envelope, where the service could change them, and inside it, where only
// a member could (protocol.md E1, C10, O1). Each is refused with a code, and the state it met stays as it was.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { openEnvelope } from '../../invite/index.ts';
import { Call, viewOf } from '../../test/call.ts';
import '../../test/fuzz.ts';
import { engine, type Proposed } from '../index.ts';
import { people } from './test/attack.ts';
import * as forge from './test/forge.ts';

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
  const place = { ...call.context, epoch: call.epoch, kind: 'groupInfo' } as const;
  info = openEnvelope(call.context.handshakeKey, place, call.groupInfo);
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
    const bytes = forge.commitBytes(call.context, honest[kind]);
    const codes = await refusesAll(bytes, (inner) =>
      call.state(ada).apply(forge.sealCommit(call.state(ada), inner), call.isMember),
    );
    expect(codes).not.toContain('engine');
    await expect(call.state(ada).apply(honest[kind].message, call.isMember)).resolves.toBeDefined();
  });

  it('[O1] inside a GroupInfo are refused', async () => {
    const codes = await refusesAll(info, (inner) =>
      engine.join(
        call.context,
        cyd,
        call.epoch,
        forge.sealInfo(call.context, call.epoch, inner),
        call.isMember,
      ),
    );
    expect(codes).not.toContain('engine');
  });
});

it('[C10] refuses what decodes but is not the one encoding: longer lengths, odd presence octets', async () => {
  const bytes = forge.commitBytes(call.context, honest.update);
  // version (2), wire format (2), then the group id with its length in one byte: here in two.
  expect(bytes[4]).toBe(20);
  const longer = new Uint8Array([...bytes.subarray(0, 4), 0x40, 20, ...bytes.subarray(5)]);
  const sealed = forge.sealCommit(call.state(ada), longer);
  await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject({ code: 'malformed' });
});
