// The one error that the crypto module throws for anything a peer, a server or stored bytes got wrong, and its closed
// set of codes. Misuse by our own code is a TypeError or RangeError instead (see docs/protocol.md, "Outcomes").
// Only `client/ui` turns a code into words.

/**
 * Why bytes from outside were refused. Closed: a new reason needs a new line here and in docs/protocol.md.
 *
 * - `malformed`      not the canonical encoding: wrong length, version, label, trailing bytes, bad base64url
 * - `bad_signature`  an Ed25519 signature does not verify, or the key or signature is not canonical
 * - `bad_mac`        a MAC under a key of the group secret does not verify
 * - `not_opened`     an AEAD did not open: wrong key, wrong context (AAD) or changed bytes
 * - `wrong_group`    a statement or message of another group
 * - `wrong_call`     a message of another call
 * - `wrong_epoch`    a message of another generation or epoch than the state's
 * - `wrong_version`  a statement of another version of the group secret, or a change out of its order
 * - `wrong_secret`   a group secret that is not the one that the group's history names
 * - `not_member`     an identity that is not in the verified roster
 * - `bad_credential` a leaf credential that does not bind identity, leaf key, LiveKit identity and call
 * - `duplicate_leaf` an identity or key that already has a leaf
 * - `not_allowed`    a commit that holds something its sender may not do
 * - `bad_commit`     MLS refused the message (invalid proposal, path, tag, tree or signature)
 * - `out_of_range`   an index, counter or size outside its bounds
 * - `unsupported`    a part of MLS that calls never use: another version, suite, credential, proposal or extension type
 * - `replayed`       a message whose key was used already or thrown away
 * - `expired`        a key package outside its lifetime
 * - `missing_psk`    a pre-shared key that a commit or Welcome names and that is not here
 * - `removed`        this state was removed from the group: it can go no further
 */
export type CryptoErrorCode =
  | 'malformed'
  | 'bad_signature'
  | 'bad_mac'
  | 'not_opened'
  | 'wrong_group'
  | 'wrong_call'
  | 'wrong_epoch'
  | 'wrong_version'
  | 'wrong_secret'
  | 'not_member'
  | 'bad_credential'
  | 'duplicate_leaf'
  | 'not_allowed'
  | 'bad_commit'
  | 'out_of_range'
  | 'unsupported'
  | 'replayed'
  | 'expired'
  | 'missing_psk'
  | 'removed';

/** Bytes from outside were refused. `message` is for developers and never holds secrets or raw remote text. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.name = 'CryptoError';
    this.code = code;
  }
}
