// An MLSMessage (RFC 9420 §6) of a vector: of the kind that it must be, and the same bytes again when it is encoded anew.
import { fromHex } from '../../../bytes.ts';
import { decodeMessage, encodeMessage, type MlsMessage } from '../../framing.ts';
import { is, isHex } from './check.ts';

type Format = MlsMessage['wireFormat'];

/** The clone forgets what the codec remembered of the bytes it read. */
export function messageOf<F extends Format>(format: F, hex: string): Extract<MlsMessage, { wireFormat: F }> {
  const message = decodeMessage(fromHex(hex));
  is('wire_format', message.wireFormat, format);
  isHex(`${format}, encoded again`, encodeMessage(structuredClone(message)), hex);
  return message as Extract<MlsMessage, { wireFormat: F }>;
}
