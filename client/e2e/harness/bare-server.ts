// Serves the bare page (client/bench/bare, built in memory) on a free port and mints it tokens with livekit-server-sdk alone:
// the baseline of the benchmarks, and the outsider whom the operator of the service could send into any call.
import { AccessToken } from 'livekit-server-sdk';
import { answerWith, buildPage } from './built-page.ts';
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts';

/** Where a LiveKit server is and what opens it. */
export interface LivekitAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface BareServer extends LoopbackServer {
  /** Address that mints a token for this room and identity. */
  ticketUrl(room: string, identity: string): string;
}

/** A token that may publish and subscribe to everything, as only who holds the API key can make it. */
export async function mintOutsiderToken(
  access: LivekitAccess,
  room: string,
  identity: string,
): Promise<string> {
  const token = new AccessToken(access.apiKey, access.apiSecret, { identity, ttl: '10m' });
  token.addGrant({ room, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true });
  return token.toJwt();
}

export async function startBareServer(access: LivekitAccess): Promise<BareServer> {
  const files = await buildPage(new URL('../../bench/bare/', import.meta.url));
  const server = await listenOnLoopback((request, response) => {
    const address = new URL(request.url ?? '/', 'http://bare');
    if (address.pathname === '/ticket') {
      void mintOutsiderToken(
        access,
        address.searchParams.get('room')!,
        address.searchParams.get('identity')!,
      ).then((token) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ url: access.url, token }));
      });
      return;
    }
    answerWith(files, address.pathname, response);
  });
  return {
    ...server,
    ticketUrl: (room, identity) =>
      `${server.url}/ticket?${new URLSearchParams({ room, identity }).toString()}`,
  };
}
