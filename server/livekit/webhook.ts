// LiveKit's webhook (L3): verified over the raw body, and then only a hint to look now. Nothing it says is believed, so a
// replayed or late event does nothing but one more look.
import type { FastifyPluginCallback } from 'fastify';
import { WebhookReceiver } from 'livekit-server-sdk';
import type { Config } from '../config.ts';
import { AppError, errorResponses } from '../errors.ts';
import type { Reconciler } from './reconcile.ts';

/** Participants with many tracks make long events. */
const mostBytes = 256 * 1024;

export interface WebhookParts {
  readonly livekit: Config['livekit'];
  readonly reconciler: Pick<Reconciler, 'hint'>;
}

/** An encapsulated scope of its own: its parser keeps the body as text, for the signature. */
export const webhookRoute: FastifyPluginCallback<WebhookParts> = (app, { livekit, reconciler }, done) => {
  const receiver = new WebhookReceiver(livekit.apiKey, livekit.apiSecret);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/webhook+json',
    { parseAs: 'string', bodyLimit: mostBytes },
    (_request, body, parsed) => {
      parsed(null, body);
    },
  );

  app.post('/livekit/webhook', { schema: { response: errorResponses } }, async (request, reply) => {
    const { body } = request;
    if (typeof body !== 'string') throw new AppError('invalid_request');
    try {
      await receiver.receive(body, request.headers.authorization);
    } catch {
      throw new AppError('bad_signature');
    }
    reconciler.hint();
    return reply.code(200).send();
  });
  done();
};
