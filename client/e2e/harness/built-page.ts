// A page of its own for tests and benchmarks, a folder with an `index.html`, built in memory with everything that it imports; and how a
// server answers with it. The bare page is one (bare-server.ts).
import { fileURLToPath } from 'node:url';
import type { ServerResponse } from 'node:http';
import { build } from 'vite';

/** By path, `/index.html` among them. */
export type PageFiles = ReadonlyMap<string, string | Uint8Array>;

export async function buildPage(folder: URL): Promise<PageFiles> {
  const result = await build({
    ...{ configFile: false, logLevel: 'warn', root: fileURLToPath(folder) },
    build: { write: false, target: 'esnext', chunkSizeWarningLimit: 2000, assetsInlineLimit: 0 },
    worker: { format: 'es' },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !('output' in output)) throw new Error(`${folder.href} was not built`);
  return new Map(
    output.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
}

/** The file at `pathname`, or 404. */
export function answerWith(files: PageFiles, pathname: string, response: ServerResponse): void {
  const path = pathname === '/' ? '/index.html' : pathname;
  const body = files.get(path);
  response.statusCode = body === undefined ? 404 : 200;
  response.setHeader('content-type', typeOf(path));
  response.end(body);
}

function typeOf(path: string): string {
  if (path.endsWith('.js')) return 'text/javascript';
  return path.endsWith('.wasm') ? 'application/wasm' : 'text/html; charset=utf-8';
}
