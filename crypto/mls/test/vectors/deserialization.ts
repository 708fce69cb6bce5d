// deserialization.json: the variable-size lengths of RFC 9420 §2.1.2, read and written. The official rows are all valid; from each
// the forms that must be refused are made: longer than needed, cut short, and the prefix that is none.
import { fromHex, type Bytes } from '../../../bytes.ts';
import { Reader, Writer } from '../../codec.ts';
import { is, isHex, isRefused } from './check.ts';

interface DeserializationVector {
  readonly vlbytes_header: string;
  readonly length: number;
}

export async function deserialization(vector: DeserializationVector): Promise<void> {
  const { length } = vector;
  const header = fromHex(vector.vlbytes_header);
  const reader = new Reader(header);
  is('length', reader.length(), length);
  is('bytes that are left', reader.rest().length, 0);
  const writer = new Writer();
  writer.length(length);
  isHex('vlbytes_header', writer.bytes(), vector.vlbytes_header);
  for (const [what, bytes] of refusedForms(header, length)) {
    await isRefused(what, () => new Reader(bytes).length());
  }
}

function refusedForms(header: Bytes, length: number): [string, Bytes][] {
  const invalid = header.slice();
  invalid[0] = (header[0] as number) | 0xc0;
  const longer = [2, 4].filter((size) => size > header.length);
  return [
    ['a header that is cut short', header.slice(0, -1)],
    ['the prefix 11', invalid],
    ...longer.map((size): [string, Bytes] => [`a header of ${size} bytes`, withSize(length, size)]),
  ];
}

/** The same length in a form that is longer than it needs. */
function withSize(length: number, size: number): Bytes {
  const writer = new Writer();
  writer.uint(length + (size === 2 ? 2 ** 14 : 2 ** 31), size);
  return writer.bytes();
}
