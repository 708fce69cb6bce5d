// Transcript hashes (RFC 9420 §8.2): what all members of an epoch agree has happened so far.
import { concat, type Bytes } from '../bytes.ts';
import { encode, opaque, struct, type Codec } from './codec.ts';
import { contentWireFormat, framedContent, type FramedContent, type WireFormat } from './framing.ts';
import type { CipherSuite } from './suite.ts';

/** A commit without its confirmation tag, which comes from the epoch that the hash leads to. */
export interface TranscriptEntry {
  readonly wireFormat: WireFormat;
  readonly framed: FramedContent;
  readonly signature: Bytes;
}

const confirmedInput: Codec<TranscriptEntry> = struct({
  wireFormat: contentWireFormat,
  framed: framedContent,
  signature: opaque,
});

const interimInput: Codec<{ readonly confirmationTag: Bytes }> = struct({ confirmationTag: opaque });

/** `confirmed_transcript_hash` after a commit. */
export function confirmedTranscriptHash(
  suite: CipherSuite,
  interimBefore: Bytes,
  entry: TranscriptEntry,
): Bytes {
  return suite.hash(concat(interimBefore, encode(confirmedInput, entry)));
}

/** `interim_transcript_hash` of an epoch. */
export function interimTranscriptHash(suite: CipherSuite, confirmed: Bytes, confirmationTag: Bytes): Bytes {
  return suite.hash(concat(confirmed, encode(interimInput, { confirmationTag })));
}
