// Knocks at the service (G15, docs/service.md): who waits to be let in, and what became of the own one. Part of service.ts, which has the
// session; knocking itself is joining, there.
import * as v from 'valibot';
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { bytes, count, identity, sealedText, signedProfileSchema } from './fields.ts';
import type { Session } from './session.ts';

export const knockStatusSchema = v.object({
  state: v.picklist(['waiting', 'declined', 'outdated', 'open', 'admitted']),
  knockedAtMs: count,
  untilMs: count,
});

export const knocksSchema = v.object({
  knocks: v.pipe(
    v.array(
      v.object({
        identity,
        inboxKey: bytes(32),
        mac: bytes(32),
        signature: bytes(64),
        sealedName: sealedText,
        profile: v.nullable(signedProfileSchema),
        secretVersion: count,
        knockedAtMs: count,
      }),
    ),
    v.maxLength(1024),
  ),
});

export type KnockStatus = v.InferOutput<typeof knockStatusSchema>;
export type KnockRecord = v.InferOutput<typeof knocksSchema>['knocks'][number];

/** Every method throws `ApiError`. */
export class Knocks {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Who waits, for admins. */
  async list(groupId: Bytes): Promise<readonly KnockRecord[]> {
    const path = `/api/groups/${toBase64url(groupId)}/knocks`;
    const { knocks } = await this.#session.send({ method: 'GET', path, answer: knocksSchema, isRead: true });
    return knocks;
  }

  /** What became of my own: `me`. */
  status(groupId: Bytes, me: Bytes): Promise<KnockStatus> {
    const path = pathOf(groupId, me);
    return this.#session.send({ method: 'GET', path, answer: knockStatusSchema, isRead: true });
  }

  /** Takes the own back, or declines somebody else's. Fine if there is none. */
  async end(groupId: Bytes, whose: Bytes): Promise<void> {
    await this.#session.send({
      method: 'DELETE',
      path: pathOf(groupId, whose),
      answer: null,
      isRepeatable: true,
    });
  }
}

function pathOf(groupId: Bytes, whose: Bytes): string {
  return `/api/groups/${toBase64url(groupId)}/knocks/${toBase64url(whose)}`;
}
