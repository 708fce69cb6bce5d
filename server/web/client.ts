// The built client as static files: what has its hash in the name is kept for ever, everything else is asked for again.
// Without a built client, `/` says how to get one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { errorResponses } from '../errors.ts';

const missingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Aparté: the client is not built</title>
<h1>The client is not built</h1>
<p>Run <code>npm run build</code> and start the service again, or set <code>APARTE_CLIENT</code> to the folder of a built client.</p>
</html>
`;
/** Vite's names of built files: `assets/name-HASH.ext`. */
const hashedName = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+(?:\.br|\.gz)?$/;

export async function serveClient(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/', { schema: { response: errorResponses } }, async (_request, reply) => {
      return reply.code(503).type('text/html; charset=utf-8').serializer(String).send(missingPage);
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    dotfiles: 'deny',
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const lasting = hashedName.test(path);
      void reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
