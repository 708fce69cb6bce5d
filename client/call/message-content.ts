// What members of a call say to each other inside an epoch (protocol.md A3): bytes and back. Sealing and signing is crypto/call's;
// messages.ts sends and takes them.
import { concat, fromUtf8, Reader, uint, utf8, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';

/** Contexts of K2, by bit and by number. */
export const contexts = ['microphone', 'camera', 'screen', 'screenAudio'] as const;
export type StreamName = (typeof contexts)[number];

/** What a member says it is sending, and under which LiveKit track. */
export type StreamMap = Readonly<Partial<Record<StreamName, string>>>;

/** Codecs of pictures that not everybody can decode, by bit. VP8 everybody can. */
const pictureCodecs = ['vp9', 'av1'] as const;
export type PictureCodec = (typeof pictureCodecs)[number];

export type Content =
  /** The epoch's keys are in my frame worker. */
  | { readonly kind: 'acknowledgement' }
  | {
      readonly kind: 'heartbeat';
      /** 32 bytes, of the epoch that the message is sealed in. Empty in epoch 0. */
      readonly transcriptHash: Bytes;
      readonly isMuted: boolean;
      /** Nothing of mine leaves, since somebody in the call is not verified here (C18). */
      readonly isWithholding: boolean;
      /** What this device can decode besides VP8 (M7), in the order of the bits. */
      readonly decodes: readonly PictureCodec[];
      /** Number of my raised hand, u32; 0: it is down (A7). */
      readonly hand: number;
      readonly streams: StreamMap;
    }
  | { readonly kind: 'text'; readonly text: string }
  /** How far I followed the history of the group (A9): the version, u32, and its head, 32 bytes. */
  | { readonly kind: 'history'; readonly version: number; readonly head: Bytes }
  /** The owner or an admin asks the device of this leaf, or with null everybody's, to mute its microphone (A8). */
  | { readonly kind: 'mute'; readonly leaf: number | null };

const kinds = { acknowledgement: 1, heartbeat: 2, text: 3, mute: 4, history: 5 } as const;
const maxTextBytes = 4096;
const maxTrackSidBytes = 64;

export function encodeContent(content: Content): Bytes {
  const kind = uint(kinds[content.kind], 1);
  switch (content.kind) {
    case 'acknowledgement':
      return kind;
    case 'heartbeat':
      return concat(
        kind,
        vector(content.transcriptHash),
        uint((content.isMuted ? 1 : 0) + (content.isWithholding ? 2 : 0), 1),
        codecByte(content.decodes),
        uint(content.hand, 4),
        streamBytes(content.streams),
      );
    case 'text':
      return concat(kind, text(content.text));
    case 'history':
      return concat(kind, uint(content.version, 4), content.head);
    case 'mute':
      return concat(kind, uint(content.leaf === null ? 0 : content.leaf + 1, 4));
    default:
      return content satisfies never;
  }
}

/** Throws `CryptoError('malformed')` for anything but the one encoding, and `unsupported` for a kind that is not known here. */
export function decodeContent(bytes: Bytes): Content {
  const reader = new Reader(bytes);
  const kind = reader.uint(1);
  const content = readBody(kind, reader);
  reader.end();
  return content;
}

function readBody(kind: number, reader: Reader): Content {
  switch (kind) {
    case kinds.acknowledgement:
      return { kind: 'acknowledgement' };
    case kinds.heartbeat: {
      const transcriptHash = reader.vector(1, 32);
      const flags = reader.uint(1);
      if (flags > 3 || (transcriptHash.length !== 32 && transcriptHash.length !== 0)) {
        throw new CryptoError('malformed', 'a heartbeat of another shape');
      }
      const decodes = readCodecs(reader);
      const hand = reader.uint(4);
      const [isMuted, isWithholding] = [(flags & 1) === 1, flags >= 2];
      const streams = readStreams(reader);
      return { kind: 'heartbeat', transcriptHash, isMuted, isWithholding, decodes, hand, streams };
    }
    case kinds.text: {
      const value = fromUtf8(reader.vector(2, maxTextBytes));
      if (value === '') throw new CryptoError('malformed', 'a text without text');
      return { kind: 'text', text: value };
    }
    case kinds.history: {
      const version = reader.uint(4);
      return { kind: 'history', version, head: reader.take(32) };
    }
    case kinds.mute: {
      const leaf = reader.uint(4) - 1;
      return { kind: 'mute', leaf: leaf < 0 ? null : leaf };
    }
    default:
      throw new CryptoError('unsupported', `a message of kind ${kind}`);
  }
}

function vector(bytes: Bytes): Bytes {
  return concat(uint(bytes.length, 1), bytes);
}

function text(value: string): Bytes {
  const bytes = utf8(value);
  if (bytes.length === 0 || bytes.length > maxTextBytes) {
    throw new RangeError(`text must be 1 to ${maxTextBytes} bytes, got ${bytes.length}`);
  }
  return concat(uint(bytes.length, 2), bytes);
}

function codecByte(decodes: readonly PictureCodec[]): Bytes {
  return uint(
    pictureCodecs.reduce((byte, codec, bit) => byte + (decodes.includes(codec) ? 2 ** bit : 0), 0),
    1,
  );
}

function readCodecs(reader: Reader): PictureCodec[] {
  const byte = reader.uint(1);
  if (byte >= 2 ** pictureCodecs.length) throw new CryptoError('malformed', 'a codec that there is not');
  return pictureCodecs.filter((_, bit) => (byte >> bit) % 2 === 1);
}

/** `u8(count) ‖ (u8(context) ‖ v8(track))*`, contexts ascending. */
function streamBytes(streams: StreamMap): Bytes {
  const entries = contexts.flatMap((name, context) => {
    const track = streams[name];
    return track === undefined ? [] : [concat(uint(context, 1), vector(utf8(track)))];
  });
  return concat(uint(entries.length, 1), ...entries);
}

function readStreams(reader: Reader): StreamMap {
  const streams: Partial<Record<StreamName, string>> = {};
  let last = -1;
  for (let left = reader.uint(1); left > 0; left--) {
    const context = reader.uint(1);
    const name = contexts[context];
    if (name === undefined || context <= last) throw new CryptoError('malformed', 'streams out of order');
    streams[name] = fromUtf8(reader.vector(1, maxTrackSidBytes));
    last = context;
  }
  return streams;
}
