// A media server that does not do as it is told: stands between the service and LiveKit's room API and answers "removed" without
// removing, and "may only listen" without taking anything from anybody. The service takes strangers out of a room within a second (L4); who wants to know what a stranger could get must keep it in.
import { request as forward, type IncomingMessage } from 'node:http';
import { listenOnLoopback, type LoopbackServer } from './loopback-server.ts';

/** Its address is for the service's LIVEKIT_URL. */
export function startDisobedientSfu(livekitUrl: string): Promise<LoopbackServer> {
  const target = new URL(livekitUrl.replace(/^ws/, 'http'));
  return listenOnLoopback((incoming, answer) => {
    if (/\/(RemoveParticipant|UpdateParticipant)$/.test(incoming.url ?? '')) {
      incoming.resume();
      answer.setHeader('content-type', 'application/json');
      answer.end('{}');
      return;
    }
    const { method, headers, url: path } = incoming;
    const outgoing = forward(
      { host: target.hostname, port: target.port, method, headers, path },
      (response: IncomingMessage) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
}
