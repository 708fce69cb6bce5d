// Bytes from an opened envelope as MLS structures (RFC 9420 §6, §12.4.3), each in its one encoding (protocol.md C10): what
// was decoded is encoded again and must give the same bytes. That refuses trailing bytes, lengths that are not the
// shortest and odd presence octets, which the library reads past. check-commit.ts and check-group-info.ts go on from here.
import type { GroupInfo, MLSMessage } from 'ts-mls';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import type { PublicMessage } from 'ts-mls/publicMessage.js';
import { decodeRatchetTree, encodeRatchetTree, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { equal, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { maxLeaves } from './tree.ts';

/** A PublicMessage that holds a commit; other wire formats and contents are `not_allowed` (C4, C5). */
export function decodeCommit(bytes: Bytes): PublicMessage {
  const message = strictly(bytes, decodeMlsMessage, encodeMlsMessage);
  if (message.wireformat !== 'mls_public_message') {
    throw new CryptoError('not_allowed', `a ${message.wireformat} where a commit belongs`);
  }
  const { publicMessage } = message;
  if (publicMessage.content.contentType !== 'commit') {
    throw new CryptoError('not_allowed', `a public ${publicMessage.content.contentType}`);
  }
  return publicMessage;
}

/** A GroupInfo message; anything else is `not_allowed`. */
export function decodeGroupInfo(bytes: Bytes): GroupInfo {
  const message = strictly(bytes, decodeMlsMessage, encodeMlsMessage);
  if (message.wireformat !== 'mls_group_info') {
    throw new CryptoError('not_allowed', `a ${message.wireformat} where a GroupInfo belongs`);
  }
  return message.groupInfo;
}

/** A ratchet tree extension: leaves at even, parents at odd positions, at most 1024 leaves. */
export function decodeTree(bytes: Uint8Array): RatchetTree {
  const tree = strictly(bytes, decodeRatchetTree, encodeRatchetTree);
  if (tree.length > 2 * maxLeaves - 1)
    throw new CryptoError('out_of_range', `a tree of ${tree.length} nodes`);
  for (const [at, node] of tree.entries()) {
    if (node !== undefined && node.nodeType !== (at % 2 === 0 ? 'leaf' : 'parent')) {
      throw new CryptoError('out_of_range', `a ${node.nodeType} at node ${at}`);
    }
  }
  return tree;
}

/** The MLSMessage bytes to seal. */
export function encodeMessage(message: MLSMessage): Bytes {
  return encodeMlsMessage(message) as Bytes;
}

function strictly<T>(bytes: Uint8Array, decode: Decoder<T>, encode: (value: T) => Uint8Array): T {
  try {
    const decoded = decode(bytes, 0);
    if (decoded !== undefined && equal(encode(decoded[0]), bytes)) return decoded[0];
  } catch {
    // The library throws CodecError, RangeError or TypeError on bytes it cannot read: all the same to us.
  }
  throw new CryptoError('malformed', 'not an MLS message in its one encoding');
}
