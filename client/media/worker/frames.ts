// What the worker needs of WebRTC's encoded frames, as one small shape that tests can make by hand.
import { codecOf, type Codec } from '../../../crypto/sframe/index.ts';

/** RTCEncodedAudioFrame or RTCEncodedVideoFrame. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Video only; audio frames have none. */
  readonly type?: string;
  getMetadata(): { readonly mimeType?: string | undefined };
}

/** What the browser says of the frame, else what we were told of the track; null for a codec that has no shim. */
export function frameCodec(frame: EncodedFrame, told: Codec): Codec | null {
  // Sound has no shim whatever its codec is, and asking costs more than sealing does.
  if (told === 'opus') return told;
  const mimeType = frame.getMetadata().mimeType;
  return mimeType === undefined ? told : codecOf(mimeType);
}
