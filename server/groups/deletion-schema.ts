// Shapes of a group's deletion (docs/service.md).
import { Type, type Static } from 'typebox';
import { bytes, closed, identity, signature } from '../web/schema.ts';

const version = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
export const DeleteGroup = Type.Object({ version, signature }, closed);
const Deletion = Type.Object({ author: identity, version, head: bytes(32), signature }, closed);

/** Null: nothing is known of one, whatever became of the group. */
export const ToldDeletion = Type.Object({ deletion: Type.Union([Deletion, Type.Null()]) }, closed);

export type DeleteGroupShape = Static<typeof DeleteGroup>;
export type ToldDeletionShape = Static<typeof ToldDeletion>;
