// Serves the page of the noise benchmark and the sound that it works on, and takes what comes out of it.
import { answerWith, buildPage } from '../../e2e/harness/built-page.ts';
import { listenOnLoopback, type LoopbackServer } from '../../e2e/harness/loopback-server.ts';
import type { Samples } from './snr.ts';

export class Studio {
  readonly #server: LoopbackServer;
  readonly #results: Samples[];

  private constructor(server: LoopbackServer, results: Samples[]) {
    this.#server = server;
    this.#results = results;
  }

  static async open(mixture: Samples): Promise<Studio> {
    const files = await buildPage(new URL('.', import.meta.url));
    const results: Samples[] = [];
    const server = await listenOnLoopback((request, response) => {
      if (request.url === '/mixture') {
        response.end(new Uint8Array(mixture.buffer, mixture.byteOffset, mixture.byteLength));
        return;
      }
      if (request.url !== '/result') {
        answerWith(files, new URL(request.url ?? '/', 'http://noise').pathname, response);
        return;
      }
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        results.push(new Float32Array(new Uint8Array(Buffer.concat(parts)).buffer));
        response.end();
      });
    });
    return new Studio(server, results);
  }

  get url(): string {
    return this.#server.url;
  }

  /** What was sent last. */
  take(): Samples {
    const result = this.#results.pop();
    if (result === undefined) throw new Error('nothing came out');
    return result;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
