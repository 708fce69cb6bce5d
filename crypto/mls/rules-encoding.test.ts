// Rules of the presentation language (RFC 9420 §2.1): one encoding for every value, nothing behind it, lengths that are there, and memory
// by what is there instead of what is claimed.
import { describe, expect, it } from 'vitest';
import { concat, fromHex, random, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { refusal } from '../test/fuzz.ts';
import { decode, encode, maxElements, opaque, optional, u16, vector } from './codec.ts';
import { decodeMessage, encodeMessage, propose, receive, sendApplication } from './index.ts';
import { maxMessageBytes } from './framing.ts';
import { forgeCommit } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { application, keyPackageOf, person, sharedPskId } from './test/people.ts';
import { expectRefusal, expectRefused } from './test/refusal.ts';

const { group, ada, mal } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const messages: Readonly<Record<string, Bytes>> = {
  commit: forgeCommit(mals),
  'private commit': forgeCommit(mals, { wireFormat: 'private_message' }),
  proposal: propose(mals, { type: 'psk', psk: sharedPskId() }).message,
  'application data': sendApplication(mals, random(20)).message,
  GroupInfo: encodeMessage({ wireFormat: 'group_info', groupInfo: group.groupInfo() }),
  'key package': encodeMessage({
    wireFormat: 'key_package',
    keyPackage: keyPackageOf(person('Dot')).keyPackage,
  }),
};

/** Header of a private message, up to the length of its group id. */
const head = fromHex('00010002');

describe('lengths', () => {
  it.each([
    ['4000', 0],
    ['403f', 63],
    ['80000000', 0],
    ['80000040', 64],
    ['80003fff', 2 ** 14 - 1],
  ])('[C10] refuses the long form %s of %d', async (hex, length) => {
    const claimed = concat(fromHex(hex), random(length));
    await expectRefusal(() => decode(opaque, claimed), ['malformed', 'not the shortest']);
  });

  it.each(['c0', 'c000000000000000', 'ffffffffffffffff'])(
    '[C10] refuses the prefix of %s, which is none',
    async (hex) => {
      const claimed = concat(fromHex(hex), random(64));
      await expectRefusal(() => decode(opaque, claimed), ['malformed', 'an invalid prefix']);
    },
  );

  it('[C10] takes each length in its shortest form', () => {
    for (const length of [0, 1, 63, 64, 2 ** 14 - 1, 2 ** 14, 2 ** 16]) {
      const value = random(length);
      expect(decode(opaque, encode(opaque, value))).toEqual(value);
    }
  });

  it('[C10] refuses a vector that claims 2³⁰ − 1 or 2³² bytes without making room for it', () => {
    const claims = ['bfffffff', 'ffffffff', 'c000000100000000'].map((hex) =>
      concat(head, fromHex(hex), random(40)),
    );
    const before = process.memoryUsage();
    for (let i = 0; i < 2000; i++) {
      for (const claim of claims) expect(refusal(() => decodeMessage(claim))).toBe('malformed');
    }
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 2 ** 20);
    expect(after.rss - before.rss).toBeLessThan(256 * 2 ** 20);
  });

  it('[C10] refuses a message of more than 8 MiB before it reads it', () => {
    expect(refusal(() => decodeMessage(new Uint8Array(maxMessageBytes + 1)))).toBe('out_of_range');
    expect(refusal(() => decodeMessage(new Uint8Array(maxMessageBytes)))).toBe('unsupported');
  });

  it('[C10] takes no more memory for a message of 8 MiB of tiny elements than its bound', () => {
    const certificates = new Array<{ data: Bytes }>(maxMessageBytes - 1000).fill({ data: new Uint8Array(0) });
    const { keyPackage } = keyPackageOf(person('Dot'));
    const leafNode = { ...keyPackage.leafNode, credential: { type: 'x509', certificates } as const };
    const bytes = encodeMessage({ wireFormat: 'key_package', keyPackage: { ...keyPackage, leafNode } });
    certificates.length = 0;
    const before = process.memoryUsage.rss();
    expect(refusal(() => decodeMessage(bytes))).toBe('out_of_range');
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 2 ** 20);
    const few = encode(vector(u16), new Array<number>(maxElements).fill(7));
    expect(decode(vector(u16), few)).toHaveLength(maxElements);
    const many = encode(vector(u16), new Array<number>(maxElements + 1).fill(7));
    expect(refusal(() => decode(vector(u16), many))).toBe('out_of_range');
  });

  it('[C10] refuses an element that ends behind its vector, and half of one', () => {
    expect(refusal(() => decode(vector(opaque), fromHex('020241')))).toBe('malformed');
    expect(refusal(() => decode(vector(u16), fromHex('03000100')))).toBe('malformed');
    expect(decode(vector(u16), fromHex('0400010002'))).toEqual([1, 2]);
  });

  it('[C10] refuses an optional that is neither there nor not', () => {
    for (let presence = 2; presence < 256; presence++) {
      expect(refusal(() => decode(optional(u16), concat(uint(presence, 1), uint(7, 2))))).toBe('malformed');
    }
  });
});

describe.each(Object.entries(messages))('%s', (_, bytes) => {
  it('[C10] is the only encoding of what it holds', () => {
    expect(encodeMessage(structuredClone(decodeMessage(bytes)))).toEqual(bytes);
  });

  it('[C10] is refused with bytes behind it, and at every length short of its own', async () => {
    for (const more of [1, 2, 32])
      await expectRefused(adas, concat(bytes, new Uint8Array(more)), ['malformed', '']);
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(() => decodeMessage(bytes.slice(0, length)))).toBe('malformed');
    }
  });

  it('[C10] is refused as another version and as a wire format that does not exist', async () => {
    for (const version of [0, 2, 0xff00]) {
      const other = concat(uint(version, 2), bytes.slice(2));
      await expectRefused(adas, other, ['unsupported', 'version']);
    }
    for (const wireFormat of [0, 6, 0x0a0a, 0xffff]) {
      const other = concat(bytes.slice(0, 2), uint(wireFormat, 2), bytes.slice(4));
      await expectRefused(adas, other, ['malformed', 'names nothing here']);
    }
  });

  it('[O1] never throws anything but a CryptoError, whichever byte of it is another', async () => {
    let refusals = 0;
    for (let at = 0; at < bytes.length; at++) {
      const other = bytes.slice();
      other[at] = (bytes[at] as number) ^ (1 + (at % 255));
      await receive(adas, other, application).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CryptoError);
        refusals++;
      });
    }
    expect(refusals).toBe(bytes.length);
  });
});
