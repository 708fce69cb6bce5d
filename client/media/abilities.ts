// Which codecs this device can decode as they come, and encode in hardware (M7), by the browser's own word. Where it says nothing, or
// takes long, the answer is VP8 alone. codec-choice.ts makes a choice of it.
import { supportsAV1, supportsVP9 } from 'livekit-client';
import {
  betterCodecs,
  onlyVp8,
  type Abilities,
  type BetterCodec,
  type PictureSource,
} from './codec-choice.ts';

/** A call does not wait longer for it. */
const withinMs = 300;

type Asked = Pick<MediaCapabilities, 'decodingInfo' | 'encodingInfo'>;

/** The browser, as far as it is asked. */
export interface CodecWorld {
  /** MIME types that a receiver can be offered. */
  readonly received: () => readonly string[];
  /** livekit-client publishes it from this browser: not from Firefox, whose layers are broken. */
  readonly canPublish: (codec: BetterCodec) => boolean;
  readonly capabilities: Partial<Asked> | undefined;
}

const mimeTypes: Readonly<Record<BetterCodec, string>> = { av1: 'video/AV1', vp9: 'video/VP9' };

/** As camera.ts and screen.ts send them at the most usual: layers in one stream, as livekit-client makes them of these codecs. */
const sent = {
  camera: { width: 1280, height: 720, bitrate: 1_700_000, framerate: 30, scalabilityMode: 'L3T3_KEY' },
  screen: { width: 1920, height: 1080, bitrate: 2_500_000, framerate: 15, scalabilityMode: 'L1T3' },
} as const satisfies Record<PictureSource, unknown>;

let asked: Promise<Abilities> | null = null;

/** The browser is asked once a page. Never rejects. */
export function abilities(): Promise<Abilities> {
  asked ??= findAbilities(thisBrowser());
  return Promise.race([asked, giveUp()]);
}

/** Never rejects. */
export async function findAbilities(world: CodecWorld): Promise<Abilities> {
  const [decodes, camera, screen] = await Promise.all([
    those((codec) => canDecode(world, codec)),
    those((codec) => canEncode(world, codec, 'camera')),
    those((codec) => canEncode(world, codec, 'screen')),
  ]);
  return { decodes, encodes: { camera, screen } };
}

async function canDecode({ received, capabilities }: CodecWorld, codec: BetterCodec): Promise<boolean> {
  const contentType = mimeTypes[codec];
  if (!received().some((mimeType) => mimeType.toLowerCase() === contentType.toLowerCase())) return false;
  if (capabilities?.decodingInfo === undefined) return true;
  const { scalabilityMode: _, ...video } = sent.camera;
  try {
    const info = await capabilities.decodingInfo({ type: 'webrtc', video: { contentType, ...video } });
    return info.supported && info.smooth;
  } catch {
    // It does not know of calls: what receivers are offered is all that there is.
    return true;
  }
}

async function canEncode(
  { canPublish, capabilities }: CodecWorld,
  codec: BetterCodec,
  source: PictureSource,
): Promise<boolean> {
  if (!canPublish(codec) || capabilities?.encodingInfo === undefined) return false;
  try {
    const info = await capabilities.encodingInfo({
      type: 'webrtc',
      video: { contentType: mimeTypes[codec], ...sent[source] },
    });
    return info.supported && info.smooth && info.powerEfficient;
  } catch {
    return false;
  }
}

async function those(is: (codec: BetterCodec) => Promise<boolean>): Promise<BetterCodec[]> {
  const isOne = await Promise.all(betterCodecs.map((codec) => is(codec).catch(() => false)));
  return betterCodecs.filter((_, i) => isOne[i]);
}

function thisBrowser(): CodecWorld {
  const { mediaCapabilities } = navigator as { mediaCapabilities?: MediaCapabilities };
  return {
    received: () => {
      const { RTCRtpReceiver: Receiver } = globalThis as { RTCRtpReceiver?: typeof RTCRtpReceiver };
      if (Receiver === undefined || !('getCapabilities' in Receiver)) return [];
      return Receiver.getCapabilities('video')?.codecs.map(({ mimeType }) => mimeType) ?? [];
    },
    canPublish: (codec) => (codec === 'av1' ? supportsAV1() : supportsVP9()),
    capabilities: mediaCapabilities,
  };
}

function giveUp(): Promise<Abilities> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(onlyVp8), withinMs);
  });
}
