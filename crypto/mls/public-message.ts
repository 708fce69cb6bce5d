// PublicMessage (RFC 9420 §6.2): signed and, from members, tagged; not encrypted. Commits of joiners travel in it.
import { concat, equal, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode } from './codec.ts';
import {
  authentication,
  framedContentTbs,
  type AuthenticatedContent,
  type PublicMessage,
} from './framing.ts';
import type { GroupContext } from './group-context.ts';
import type { CipherSuite } from './suite.ts';

/** What a member tags with. */
export interface Membership {
  readonly context: GroupContext;
  readonly membershipKey: Bytes;
}

/** Tags a member's content; one of a joiner goes as it is. */
export function protectPublic(
  suite: CipherSuite,
  { framed, auth }: AuthenticatedContent,
  by: Membership,
): PublicMessage {
  if (framed.content.type === 'application') throw new TypeError('application data is always private');
  if (framed.sender.kind !== 'member') return { framed, auth };
  return { framed, auth, membershipTag: membershipTag(suite, { framed, auth }, by) };
}

/**
 * The content of a public message whose tag is right. Its signature is still to be checked. Throws `CryptoError`: `bad_mac`,
 * `not_allowed` for application data in the open (§6.2).
 */
export function unprotectPublic(
  suite: CipherSuite,
  message: PublicMessage,
  by: Membership,
): AuthenticatedContent {
  const { framed, auth } = message;
  if (framed.content.type === 'application')
    throw new CryptoError('not_allowed', 'application data in the open');
  if (framed.sender.kind === 'member') {
    const expected = membershipTag(suite, message, by);
    if (!equal(message.membershipTag ?? new Uint8Array(0), expected)) {
      throw new CryptoError('bad_mac', 'a membership tag that is wrong');
    }
  }
  return { wireFormat: 'public_message', framed, auth };
}

/** AuthenticatedContentTBM under the membership key. */
function membershipTag(suite: CipherSuite, { framed, auth }: PublicMessage, by: Membership): Bytes {
  const tbs = framedContentTbs('public_message', framed, by.context);
  return suite.mac(by.membershipKey, concat(tbs, encode(authentication(framed.content.type), auth)));
}
