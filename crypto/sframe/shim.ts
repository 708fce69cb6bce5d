// The clear bytes in front of a sealed frame by which packetizer and SFU find key frames (F2). They are outside the encryption,
// unauthenticated, and mean nothing to the receiver, who strips them and nothing more. One accepted form per codec.
import type { Bytes } from '../bytes.ts';
import type { Sealed } from './frame.ts';
import { unwrapAv1, wrapAv1 } from './shims/av1.ts';
import { unwrapH264, wrapH264 } from './shims/h264.ts';
import { unwrapVp8, unwrapVp9, wrapVp8, wrapVp9 } from './shims/vpx.ts';

export type Codec = 'opus' | 'vp8' | 'vp9' | 'h264' | 'av1';

/**
 * `sealed` as it goes on the wire. `frame` is the encoder's own frame, of which key frames copy what the table in
 * docs/protocol.md says and nothing else. Null if `frame` is not what its codec makes: then it is not sent.
 */
export function wrap(
  codec: Codec,
  { isKey, frame }: { isKey: boolean; frame: Uint8Array },
  sealed: Sealed,
): Bytes | null {
  switch (codec) {
    case 'opus':
      return join(sealed);
    case 'vp8':
      return wrapVp8(isKey, frame, sealed);
    case 'vp9':
      return wrapVp9(isKey, sealed);
    case 'h264':
      return wrapH264(isKey, frame, sealed);
    case 'av1':
      return wrapAv1(isKey, frame, sealed);
  }
}

/**
 * The sealed bytes of what came off the wire, as a view where they stand in one piece, or null where it has not the shim of its
 * codec. Never throws (O3).
 */
export function unwrap(codec: Codec, bytes: Bytes): Bytes | null {
  switch (codec) {
    case 'opus':
      return bytes;
    case 'vp8':
      return unwrapVp8(bytes);
    case 'vp9':
      return unwrapVp9(bytes);
    case 'h264':
      return unwrapH264(bytes);
    case 'av1':
      return unwrapAv1(bytes);
  }
}

/** The codec of a MIME type as WebRTC names it (`video/VP8`), or null for one that has no shim. */
export function codecOf(mimeType: string): Codec | null {
  switch (mimeType.toLowerCase()) {
    case 'audio/opus':
      return 'opus';
    case 'video/vp8':
      return 'vp8';
    case 'video/vp9':
      return 'vp9';
    case 'video/h264':
      return 'h264';
    case 'video/av1':
      return 'av1';
    default:
      return null;
  }
}

function join({ header, body }: Sealed): Bytes {
  const out = new Uint8Array(header.length + body.length);
  out.set(header);
  out.set(body, header.length);
  return out;
}
