// Shapes of the session routes (docs/service.md).
import { Type } from 'typebox';
import { bytes, closed, identity, signature, timeMs } from '../web/schema.ts';

export const ChallengeRequest = Type.Object({ identity }, closed);
export const ChallengeAnswer = Type.Object({ challenge: bytes(32), expiresAtMs: timeMs }, closed);
export const SessionRequest = Type.Object({ identity, challenge: bytes(32), signature }, closed);
export const SessionAnswer = Type.Object({ token: bytes(32), expiresAtMs: timeMs }, closed);
