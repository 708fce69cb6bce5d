// Minting (L1, L2): the token that lets one place into one room. Opaque identity, no name, no metadata, no attributes,
// and every grant written out, because for LiveKit an absent publish, subscribe or data grant means "allowed".
import { randomBytes } from 'node:crypto';
import { AccessToken, TrackSource, type VideoGrant } from 'livekit-server-sdk';
import type { Config } from '../config.ts';

/** Long enough to connect; LiveKit itself renews the token of who is connected. */
export const ticketSeconds = 120;

export interface LivekitTicket {
  readonly url: string;
  readonly token: string;
  readonly identity: string;
  readonly room: string;
}

/** A new LiveKit identity: 16 random bytes as base64url (L1). */
export function createLivekitIdentity(): string {
  return randomBytes(16).toString('base64url');
}

/** A ticket for `identity` to `room`. */
export async function mint(
  livekit: Config['livekit'],
  { maySpeak, ...place }: { room: string; identity: string; maySpeak: boolean },
): Promise<LivekitTicket> {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, {
    identity: place.identity,
    ttl: ticketSeconds,
  });
  token.addGrant(grantFor(place.room, maySpeak));
  return { url: livekit.publicUrl, token: await token.toJwt(), ...place };
}

/** What somebody in a room may send (G9, L2): data always, sound and pictures unless they only listen. */
export function permissionFor(maySpeak: boolean) {
  const sources = maySpeak
    ? [TrackSource.MICROPHONE, TrackSource.CAMERA, TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO]
    : [];
  return {
    canPublish: maySpeak,
    canPublishSources: sources,
    canSubscribe: true,
    canPublishData: true,
    canUpdateMetadata: false,
    canSubscribeMetrics: false,
    canManageAgentSession: false,
    hidden: false,
  };
}

function grantFor(room: string, maySpeak: boolean): Required<Omit<VideoGrant, 'destinationRoom'>> {
  const { canUpdateMetadata: canUpdateOwnMetadata, ...permission } = permissionFor(maySpeak);
  return {
    room,
    roomJoin: true,
    ...permission,
    canUpdateOwnMetadata,
    roomCreate: false,
    roomList: false,
    roomRecord: false,
    roomAdmin: false,
    ingressAdmin: false,
    recorder: false,
    agent: false,
  };
}
