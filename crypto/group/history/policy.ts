// How a group wants things done (protocol.md G9): who comes in, who speaks on joining, with what. Five bytes, in a change
// (action.ts) and in a stored state (state-bytes.ts). What a picture or codec ceiling means for media is the client's part.
import { concat, uint, type Bytes, type Reader } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';

const admissions = ['open', 'approval'] as const;
const speakings = ['everybody', 'listen'] as const;
const codecs = ['any', 'vp8'] as const;
const pictures = ['any', '720p', '360p'] as const;

export interface Policy {
  /** `approval`: a member counts only once an admin or the owner admitted the identity. */
  readonly admission: (typeof admissions)[number];
  /** `listen`: who has no role of their own is a listener. */
  readonly speaking: (typeof speakings)[number];
  /** Media is sent only while everybody in the call is verified by the sender. */
  readonly isVerifiedOnly: boolean;
  readonly codec: (typeof codecs)[number];
  readonly picture: (typeof pictures)[number];
}

/** Of a new group. */
export const firstPolicy: Policy = {
  admission: 'open',
  speaking: 'everybody',
  isVerifiedOnly: false,
  codec: 'any',
  picture: 'any',
};

export function encodePolicy(policy: Policy): Bytes {
  return concat(
    uint(admissions.indexOf(policy.admission), 1),
    uint(speakings.indexOf(policy.speaking), 1),
    uint(policy.isVerifiedOnly ? 1 : 0, 1),
    uint(codecs.indexOf(policy.codec), 1),
    uint(pictures.indexOf(policy.picture), 1),
  );
}

/** Throws `CryptoError('malformed')`. */
export function readPolicy(from: Reader): Policy {
  return {
    admission: readChoice(from, admissions),
    speaking: readChoice(from, speakings),
    isVerifiedOnly: readFlag(from),
    codec: readChoice(from, codecs),
    picture: readChoice(from, pictures),
  };
}

/** One byte, 0 or 1. */
export function readFlag(from: Reader): boolean {
  return readChoice(from, [false, true]);
}

/** One byte that stands for one of `choices`, from 0. */
export function readChoice<T>(from: Reader, choices: readonly T[]): T {
  const code = from.uint(1);
  if (code >= choices.length) throw new CryptoError('malformed', `no choice ${code}`);
  return choices[code] as T;
}
