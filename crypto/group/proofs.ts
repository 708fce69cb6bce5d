// Signatures that were found good once and need not be checked again. A signature is good or not by three things alone: who signed, what,
// and its bytes. So what is remembered is a hash of all three, and nothing else: what depends on the secret, the history or
// anybody's standing is judged anew each time (members.ts, profile.ts).
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, type Bytes } from '../bytes.ts';
import { verify } from '../identity/index.ts';

/** Hashes of good signatures, 32 bytes each, as text of one character a byte. */
export type Proofs = ReadonlySet<string>;

export const noProofs: Proofs = new Set();

const hashBytes = 32;

/** Checks signatures in one go over a list, and notes the good ones. */
export class Prover {
  readonly #known: Proofs;
  readonly #good = new Set<string>();

  constructor(known: Proofs) {
    this.#known = known;
  }

  /** The good ones of those that were asked for: what is to be known next time. */
  get good(): Proofs {
    return this.#good;
  }

  /** As `verify`. */
  async verify(publicKey: Bytes, statement: Bytes, signature: Bytes): Promise<boolean> {
    // Fixed lengths are what makes the plain concatenation unambiguous.
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const proof = textOf(sha256(concat(publicKey, signature, statement)));
    const isGood = this.#known.has(proof) || (await verify(publicKey, statement, signature));
    if (isGood) this.#good.add(proof);
    return isGood;
  }
}

/** As they are kept. */
export function encodeProofs(proofs: Proofs): Bytes {
  const bytes = new Uint8Array(proofs.size * hashBytes);
  let at = 0;
  for (const proof of proofs) for (let i = 0; i < hashBytes; i++) bytes[at++] = proof.charCodeAt(i);
  return bytes;
}

/** From what was kept. Whatever is damaged stands for no signature, which is then checked again. */
export function decodeProofs(kept: unknown): Proofs {
  if (!(kept instanceof Uint8Array)) return noProofs;
  const proofs = new Set<string>();
  for (let at = 0; at + hashBytes <= kept.length; at += hashBytes)
    proofs.add(textOf(kept.subarray(at, at + hashBytes)));
  return proofs;
}

function textOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}
