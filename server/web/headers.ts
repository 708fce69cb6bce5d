// Security headers of every answer (T6): the strict Content-Security-Policy with Trusted Types, isolation, and no
// capability that a voice chat does not need. The only address outside this origin is LiveKit's, by name.
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';

const permissions = [
  'camera=(self)',
  'microphone=(self)',
  'display-capture=(self)',
  'autoplay=(self)',
  'fullscreen=(self)',
  'picture-in-picture=(self)',
  'screen-wake-lock=(self)',
  'clipboard-write=(self)',
  'geolocation=()',
  'payment=()',
  'usb=()',
  'serial=()',
  'hid=()',
  'midi=()',
].join(', ');

export async function addSecurityHeaders(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy(config.livekit.publicUrl) },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // Only a service that is known to be reached over HTTPS may say that it always will be.
    strictTransportSecurity: config.origin?.startsWith('https:') ? { maxAge: 365 * 24 * 3600 } : false,
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('permissions-policy', permissions);
    if (request.routeOptions.url?.startsWith('/api/')) void reply.header('cache-control', 'no-store');
    done();
  });
}

/** The Content-Security-Policy by directive; the gallery's screens live under the same one. */
export function contentPolicy(livekitUrl: string): Record<string, string[]> {
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'", "'wasm-unsafe-eval'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'connect-src': ["'self'", ...livekitOrigins(livekitUrl)],
    'worker-src': ["'self'"],
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['svelte-trusted-html', 'default'],
  };
}

/** LiveKit's client opens a WebSocket, and asks over HTTP why one failed: the same host, both schemes. */
function livekitOrigins(livekitUrl: string): string[] {
  const { protocol, host } = new URL(livekitUrl);
  return protocol === 'wss:' ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`];
}
