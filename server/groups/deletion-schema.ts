// Shapes of a group's deletion (docs/service.md).
import { Type, type Static } from 'typebox';
import { bytes, closed, identity, signature } from '../web/schema.ts';

const version = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
export const DeleteGroup = Type.Object({ version, signature }, closed);
export const Deletion = Type.Object({ author: identity, version, head: bytes(32), signature }, closed);

export type DeleteGroupShape = Static<typeof DeleteGroup>;
export type DeletionShape = Static<typeof Deletion>;
