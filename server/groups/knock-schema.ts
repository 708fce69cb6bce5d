// Shapes of knocks (docs/service.md): who came by the link and waits to be let in.
import { Type, type Static } from 'typebox';
import { closed, groupId, identity, timeMs } from '../web/schema.ts';
import { MemberRecord, secretVersion, SignedProfile } from './schema.ts';

/** What its knocker is told. `open`: nobody has to let them in any more; `admitted`: they are inside. */
export const KnockStatus = Type.Object(
  {
    state: Type.Union([
      Type.Literal('waiting'),
      Type.Literal('declined'),
      Type.Literal('outdated'),
      Type.Literal('open'),
      Type.Literal('admitted'),
    ]),
    knockedAtMs: timeMs,
    untilMs: timeMs,
  },
  closed,
);
/** What admins are shown. */
const Knock = Type.Object(
  {
    ...MemberRecord.properties,
    profile: Type.Union([SignedProfile, Type.Null()]),
    secretVersion,
    knockedAtMs: timeMs,
    untilMs: timeMs,
  },
  closed,
);
export const Knocks = Type.Object({ knocks: Type.Array(Knock) }, closed);
export const KnockParams = Type.Object({ groupId, identity }, closed);

export type KnockStatusShape = Static<typeof KnockStatus>;
export type KnocksShape = Static<typeof Knocks>;
