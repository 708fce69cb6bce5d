// transcript-hashes.json: RFC 9420 §8.2 and the confirmation tag of §6.1, from a commit as it was signed.
import { fromHex, toHex } from '../../../bytes.ts';
import { decode, encode } from '../../codec.ts';
import { authenticatedContent } from '../../framing.ts';
import { confirmationTag } from '../../key-schedule.ts';
import { confirmedTranscriptHash, interimTranscriptHash } from '../../transcript.ts';
import { is, isHex, suiteOf } from './check.ts';

interface TranscriptHashesVector {
  readonly cipher_suite: number;
  readonly confirmation_key: string;
  readonly authenticated_content: string;
  readonly interim_transcript_hash_before: string;
  readonly confirmed_transcript_hash_after: string;
  readonly interim_transcript_hash_after: string;
}

export function transcriptHashes(vector: TranscriptHashesVector): void {
  const suite = suiteOf(vector.cipher_suite);
  const content = decode(authenticatedContent, fromHex(vector.authenticated_content));
  isHex(
    'authenticated_content',
    encode(authenticatedContent, structuredClone(content)),
    vector.authenticated_content,
  );
  const { wireFormat, framed, auth } = content;
  is('content type', framed.content.type, 'commit');
  const tag = auth.confirmationTag ?? new Uint8Array(0);
  const entry = { wireFormat, framed, signature: auth.signature };
  const confirmed = confirmedTranscriptHash(suite, fromHex(vector.interim_transcript_hash_before), entry);
  isHex('confirmed_transcript_hash_after', confirmed, vector.confirmed_transcript_hash_after);
  const confirmation = fromHex(vector.confirmation_key);
  isHex('confirmation_tag', confirmationTag(suite, { confirmation }, confirmed), toHex(tag));
  const interim = interimTranscriptHash(suite, confirmed, tag);
  isHex('interim_transcript_hash_after', interim, vector.interim_transcript_hash_after);
}
