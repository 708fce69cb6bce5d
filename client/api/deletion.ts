// Deleting a group at the service, and the owner's word that it was (G17, docs/service.md). Part of service.ts, which has the session.
import * as v from 'valibot';
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { bytes, count, identity } from './fields.ts';
import type { Session } from './session.ts';

export const deletionSchema = v.object({
  author: identity,
  version: count,
  head: bytes(32),
  signature: bytes(64),
});

type Deletion = v.InferOutput<typeof deletionSchema>;

/** Every method throws `ApiError`. */
export class Deletions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async delete(
    groupId: Bytes,
    { version, signature }: Pick<Deletion, 'version' | 'signature'>,
  ): Promise<void> {
    const body = { version, signature: toBase64url(signature) };
    await this.#session.send({ method: 'DELETE', path: pathOf(groupId), body, answer: null });
  }

  /** 404 `group_not_found` where there is none. */
  read(groupId: Bytes): Promise<Deletion> {
    const path = `${pathOf(groupId)}/deletion`;
    return this.#session.send({ method: 'GET', path, answer: deletionSchema, isRead: true });
  }
}

function pathOf(groupId: Bytes): string {
  return `/api/groups/${toBase64url(groupId)}`;
}
