// Deleting a group at the service, and the owner's word that it was (G17, docs/service.md). Part of service.ts, which has the session.
import * as v from 'valibot';
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { bytes, count, identity } from './fields.ts';
import type { Session } from './session.ts';

const deletionSchema = v.object({ author: identity, version: count, head: bytes(32), signature: bytes(64) });
const toldSchema = v.object({ deletion: v.nullable(deletionSchema) });

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
    await this.#session.send({
      method: 'DELETE',
      path: pathOf(groupId),
      body,
      answer: null,
      isRepeatable: true,
    });
  }

  /** Null where the service knows of none. */
  async read(groupId: Bytes): Promise<Deletion | null> {
    const path = `${pathOf(groupId)}/deletion`;
    const told = await this.#session.send({ method: 'GET', path, answer: toldSchema, isRead: true });
    return told.deletion;
  }
}

function pathOf(groupId: Bytes): string {
  return `/api/groups/${toBase64url(groupId)}`;
}
