// A media server that does not do as it is told: stands between the service and LiveKit's room API and answers "removed" without
// removing. The service takes strangers out of a room within a second (L4); who wants to know what a stranger could get must keep it in.
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DisobedientSfu {
  /** For the service's LIVEKIT_URL. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startDisobedientSfu(livekitUrl: string): Promise<DisobedientSfu> {
  const target = new URL(livekitUrl.replace(/^ws/, 'http'));
  const server = createServer((incoming, answer) => {
    if (incoming.url?.endsWith('/RemoveParticipant') === true) {
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
