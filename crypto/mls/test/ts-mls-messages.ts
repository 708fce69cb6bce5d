// Messages of ts-mls as bytes and back, and its suite, for ts-mls-member.ts. Reading is strict here: ts-mls leaves it to its caller
// whether anything stands behind a message.
import {
  decodeMlsMessage,
  encodeMlsMessage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type MLSMessage,
  type MlsMessageContent,
  type Proposal,
} from 'ts-mls';
import type { Bytes } from '../../bytes.ts';
import type { ProposalAsked } from './mixed-member.ts';

export const suite = await getCiphersuiteImpl(
  getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'),
);

export function proposalOf(asked: Exclude<ProposalAsked, { type: 'update' }>): Proposal {
  if (asked.type === 'remove') return { proposalType: 'remove', remove: { removed: asked.removed } };
  return { proposalType: 'add', add: read(asked.keyPackage, 'mls_key_package') };
}

export function bytesOf(content: MlsMessageContent): Bytes {
  return Uint8Array.from(encodeMlsMessage({ ...content, version: 'mls10' }));
}

export function decode(bytes: Bytes): MLSMessage {
  const decoded = decodeMlsMessage(bytes, 0);
  if (decoded === undefined || decoded[1] !== bytes.length) throw new TypeError('not an MLSMessage');
  return decoded[0];
}

export function read<W extends MLSMessage['wireformat']>(
  bytes: Bytes,
  wireformat: W,
): Extract<MLSMessage, { wireformat: W }> {
  const message = decode(bytes);
  if (message.wireformat !== wireformat) throw new TypeError(`a ${message.wireformat}`);
  return message as Extract<MLSMessage, { wireformat: W }>;
}
