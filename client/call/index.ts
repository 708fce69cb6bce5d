// The chunk that a call needs: the session and the key agreement. Imported dynamically, since the
// start page needs none of it. Types come from types.ts.
import { engine } from '../../crypto/call/index.ts';
import { callCode } from '../../crypto/safety/index.ts';
import { CallSession } from './session.ts';
import type { SessionParts } from './types.ts';

export { callCode };

/** A session over the built-in engine, not yet running. */
export function createCallSession(parts: Omit<SessionParts, 'engine'>): CallSession {
  return new CallSession({ ...parts, engine });
}

export type { CallSession };
