// Invite links that end, at the service (G16, docs/service.md). Part of service.ts, which has the session.
import * as v from 'valibot';
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { bytes, count, identity } from './fields.ts';
import { previewSchema } from './schemas.ts';
import type { Session } from './session.ts';

const sealedKey = bytes(73);

export const invitesSchema = v.object({
  invites: v.pipe(
    v.array(
      v.object({
        inviteId: bytes(32),
        madeBy: identity,
        expiresAtMs: count,
        uses: v.nullable(count),
        used: count,
        sealedInvite: sealedKey,
      }),
    ),
    v.maxLength(1024),
  ),
});
export const takenSchema = v.object({ secretVersion: v.pipe(count, v.minValue(1)), sealedSecret: sealedKey });

export type InviteRecord = v.InferOutput<typeof invitesSchema>['invites'][number];
/** Without the group's face, which opens for who is inside. */
const invitePreviewSchema = v.omit(previewSchema, ['sealedFace', 'picture']);

type TakenInvite = v.InferOutput<typeof takenSchema>;
type Preview = v.InferOutput<typeof invitePreviewSchema>;

export interface NewInvite {
  readonly door: Bytes;
  readonly secretVersion: number;
  readonly lifetimeMs: number;
  /** null: as many as come. */
  readonly uses: number | null;
  readonly sealedSecret: Bytes;
  readonly sealedName: Bytes;
  readonly sealedInvite: Bytes;
}

/** Every method throws `ApiError`. */
export class Invites {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Answers all that open something then. */
  async make(groupId: Bytes, invite: NewInvite): Promise<readonly InviteRecord[]> {
    const { door, secretVersion, lifetimeMs, uses, sealedSecret, sealedName, sealedInvite } = invite;
    const body = {
      ...{ door: toBase64url(door), secretVersion, lifetimeMs, uses },
      sealedSecret: toBase64url(sealedSecret),
      sealedName: toBase64url(sealedName),
      sealedInvite: toBase64url(sealedInvite),
    };
    const path = pathOf(groupId);
    return (
      await this.#session.send({ method: 'POST', path, body, answer: invitesSchema, isRepeatable: true })
    ).invites;
  }

  async list(groupId: Bytes): Promise<readonly InviteRecord[]> {
    const path = pathOf(groupId);
    return (await this.#session.send({ method: 'GET', path, answer: invitesSchema, isRead: true })).invites;
  }

  async revoke(groupId: Bytes, inviteId: Bytes): Promise<void> {
    const path = `${pathOf(groupId)}/${toBase64url(inviteId)}`;
    await this.#session.send({ method: 'DELETE', path, answer: null, isRepeatable: true });
  }

  /** What stands behind a link; nothing is counted. */
  preview(groupId: Bytes, door: Bytes): Promise<Preview> {
    const body = { door: toBase64url(door) };
    const path = `${pathOf(groupId)}/preview`;
    return this.#session.send({ method: 'POST', path, body, answer: invitePreviewSchema, isRead: true });
  }

  /** Uses it; once more by the same identity counts once. */
  take(groupId: Bytes, door: Bytes): Promise<TakenInvite> {
    const body = { door: toBase64url(door) };
    return this.#session.send({
      method: 'POST',
      path: `${pathOf(groupId)}/take`,
      body,
      answer: takenSchema,
      isRepeatable: true,
    });
  }
}

function pathOf(groupId: Bytes): string {
  return `/api/groups/${toBase64url(groupId)}/invites`;
}
