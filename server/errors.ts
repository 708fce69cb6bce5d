// The one table of everything the service refuses (T2): code → status and public text. docs/operating.md lists the same
// codes (errors.test.ts compares them); the client's `i18n` has the words people read. `errorHandler` maps whatever a
// handler, a plugin or Fastify itself throws into it.
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { storeFailureOf } from './store/failure.ts';

/** Status and public text of each code. Texts are for developers and logs; they never hold anything a request sent. */
export const errorTable = {
  invalid_request: [400, 'The request does not have the documented shape.'],
  session_required: [401, 'A valid session token is needed.'],
  challenge_refused: [401, 'The challenge is unknown, used or too old: ask for a new one.'],
  bad_signature: [403, 'A signature does not verify.'],
  not_allowed: [403, 'This identity may not do that.'],
  removed_from_group: [403, 'This identity was removed from the group, or left it.'],
  not_admitted: [403, 'An admin of the group has to let this identity in first.'],
  call_locked: [403, 'The voice chat is locked: nobody else comes in.'],
  not_in_call: [403, 'This identity has no place in the voice chat: join it again.'],
  not_found: [404, 'There is nothing at this address.'],
  group_not_found: [404, 'There is no such group for this identity, or the link does not open it.'],
  call_not_found: [404, 'There is no such voice chat for this identity.'],
  group_exists: [409, 'Another group has this id.'],
  history_conflict: [409, 'The group changed meanwhile: take in what was missed and try again.'],
  profile_outdated: [409, 'A later profile of this identity is here already.'],
  epoch_conflict: [409, 'Somebody else was first: apply what was missed and try again.'],
  knock_gone: [409, 'Nobody by this identity waits at the door any more.'],
  group_full: [409, 'The group has as many members as it can have.'],
  too_many_groups: [409, 'This identity is in as many groups as it can be.'],
  too_many_invites: [409, 'The group has as many links that end as it can have.'],
  place_ended: [409, 'The place that this id took is over: take another one.'],
  call_full: [409, 'The voice chat has as many people as it can have.'],
  invite_expired: [410, 'The link was good for a time that is over.'],
  invite_used_up: [410, 'The link was used by as many people as it was made for.'],
  invite_revoked: [410, 'The link was revoked.'],
  call_ended: [410, 'The voice chat is over.'],
  log_behind: [410, 'The log no longer has what comes after this position: join again from the GroupInfo.'],
  payload_too_large: [413, 'The request is too large.'],
  unsupported_media_type: [415, 'The request must be JSON.'],
  wrong_host: [421, 'The service does not answer to this address: see APARTE_ORIGIN.'],
  rate_limited: [429, 'Too many requests: wait as long as Retry-After says.'],
  knock_declined: [429, 'The knock was declined: wait as long as Retry-After says.'],
  too_many_knocks: [429, 'Too many knocks wait in this group, or of this identity or address.'],
  too_many_streams: [429, 'Too many event streams of this identity are open.'],
  internal: [500, 'The service failed. Its log says more.'],
  livekit_unavailable: [503, 'The media server cannot be reached.'],
  store_unavailable: [
    503,
    'The store cannot be used now: full, locked, read-only or out of reach. The log says which.',
  ],
  overloaded: [503, 'The service has too much to do: try again soon.'],
  stopping: [503, 'The service is stopping: try again soon.'],
} as const satisfies Record<string, readonly [status: number, text: string]>;

export type ErrorCode = keyof typeof errorTable;

/** Shape of every error body (T2). */
export const ErrorBody = Type.Object({ error: Type.Object({ code: Type.String(), message: Type.String() }) });

/** For the `response` of every route: whatever goes wrong has this shape. */
export const errorResponses = { '4xx': ErrorBody, '5xx': ErrorBody } as const;

/** A refusal with a code of the table. `retryAfterSeconds` becomes `Retry-After`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(errorTable[code][1], 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The body of an error. `detail` names a field of our own schemas, never a value. */
export function errorBody(code: ErrorCode, detail?: string): { error: { code: ErrorCode; message: string } } {
  const text = errorTable[code][1];
  return { error: { code, message: detail ? `${text} (${detail})` : text } };
}

/** Fastify's error handler: answers with the table's status and body, and logs what the service itself got wrong. */
export function errorHandler(
  thrown: FastifyError | AppError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const error = toAppError(thrown);
  if (error.code === 'internal') request.log.error({ err: thrown }, 'a handler failed');
  if (error.code === 'store_unavailable') {
    request.log.error({ err: thrown, store: storeFailureOf(thrown) }, 'the store failed');
  }
  if (error.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(error.retryAfterSeconds));
  void reply.code(errorTable[error.code][0]).send(errorBody(error.code, whichField(thrown)));
}

/** Fastify's handler for bytes that are not HTTP, or not in time: there is no request to answer, only a connection. */
export function clientErrorHandler(_error: Error, socket: Socket): void {
  const body = JSON.stringify(errorBody('invalid_request'));
  if (socket.writable) {
    const head =
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8';
    socket.end(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  } else socket.destroy();
}

/** Fastify's handler for addresses without a route. */
export function notFoundHandler(_request: FastifyRequest, reply: FastifyReply): void {
  void reply.code(404).send(errorBody('not_found'));
}

function toAppError(thrown: FastifyError | AppError): AppError {
  if (thrown instanceof AppError) return thrown;
  if (storeFailureOf(thrown) !== undefined) {
    return new AppError('store_unavailable', { cause: thrown, retryAfterSeconds: 2 });
  }
  const status = thrown.statusCode ?? 500;
  if (status === 413) return new AppError('payload_too_large');
  if (status === 415) return new AppError('unsupported_media_type');
  if (status === 429) return new AppError('rate_limited');
  if (thrown.validation || (status >= 400 && status < 500)) return new AppError('invalid_request');
  return new AppError('internal', { cause: thrown });
}

/** Where a request failed its schema: path and rule, such as `body/member/mac pattern`. The path is ours, not theirs. */
function whichField(thrown: FastifyError | AppError): string | undefined {
  if (thrown instanceof AppError) return undefined;
  const first = thrown.validation?.[0];
  return first ? `${thrown.validationContext ?? ''}${first.instancePath} ${first.keyword}` : undefined;
}
