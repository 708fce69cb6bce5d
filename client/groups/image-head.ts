// What an image file says of itself in its first bytes, read before anything is decoded (protocol.md G20): somebody in the group made
// it, and a few kilobytes can claim to be a picture of any size. state/show-picture.ts asks.
import type { Bytes } from '../../crypto/bytes.ts';

export interface ImageHead {
  readonly type: 'image/webp' | 'image/jpeg';
  readonly width: number;
  readonly height: number;
}

/** Of each side. Ours are much smaller; what others make may be. */
const mostPixels = 1024;

/** The head of one still WebP or JPEG of at most 1024 by 1024; null for anything else. */
export function imageHead(bytes: Bytes): ImageHead | null {
  const size = webpSize(bytes) ?? jpegSize(bytes);
  if (size === null) return null;
  const isInBounds = [size.width, size.height].every((side) => side >= 1 && side <= mostPixels);
  return isInBounds ? size : null;
}

/** RFC 9649. One that moves is none. */
function webpSize(bytes: Bytes): ImageHead | null {
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP' || bytes.length < 30) return null;
  const type = 'image/webp';
  switch (textAt(bytes, 12, 4)) {
    case 'VP8 ':
      return { type, width: little(bytes, 26, 2) & 0x3fff, height: little(bytes, 28, 2) & 0x3fff };
    case 'VP8L': {
      const bits = little(bytes, 21, 4);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const isMoving = (little(bytes, 20, 1) & 0x02) !== 0;
      return isMoving ? null : { type, width: little(bytes, 24, 3) + 1, height: little(bytes, 27, 3) + 1 };
    }
    default:
      return null;
  }
}

/** ITU-T T.81, B.1.1: segments up to the first frame header. */
function jpegSize(bytes: Bytes): ImageHead | null {
  if (big(bytes, 0, 3) !== 0xffd8ff) return null;
  for (let at = 2; at + 9 < bytes.length; at += 2 + big(bytes, at + 2, 2)) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'image/jpeg', width: big(bytes, at + 7, 2), height: big(bytes, at + 5, 2) };
    // The picture itself, before any frame header; and a segment too short to lead on.
    if (marker === 0xda || big(bytes, at + 2, 2) < 2) return null;
  }
  return null;
}

function textAt(bytes: Bytes, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function big(bytes: Bytes, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduce((value, byte) => value * 256 + byte, 0);
}

function little(bytes: Bytes, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduceRight((value, byte) => value * 256 + byte, 0);
}
