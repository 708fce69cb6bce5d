// `fetch` for a headless member, on Node's own HTTP client: the one that Node offers does for each request what a browser does in another
// process, and that would be counted as the member's work. Streams of events go its way.
import { Agent, request, type IncomingMessage } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export const nodeFetch: typeof fetch = (input, init = {}) => {
  const headers = new Headers(init.headers);
  if (typeof input !== 'string' || headers.get('accept') !== 'application/json') return fetch(input, init);
  return new Promise((resolve, reject) => {
    const { method = 'GET', signal, body } = init;
    const fail = (error: Error): void => reject(new TypeError('fetch failed', { cause: error }));
    const call = request(
      input,
      { agent, method, headers: Object.fromEntries(headers), ...(signal && { signal }) },
      (incoming) => {
        textOf(incoming).then((text) => resolve(answer(incoming, text)), fail);
      },
    );
    call.on('error', fail);
    call.end(typeof body === 'string' ? body : undefined);
  });
};

async function textOf(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const chunk of incoming) text += chunk as string;
  return text;
}

function answer({ statusCode = 500, headers }: IncomingMessage, text: string): Response {
  const hasBody = statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? text : null, {
    status: statusCode,
    headers: headers as Record<string, string>,
  });
}
