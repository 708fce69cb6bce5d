// People who take part in MLS groups of tests: real keys, real key packages, one Application that answers for all of them. Lifetimes
// are judged at `nowSeconds`, so that no test depends on the day it runs on.
import { fromUtf8, random, utf8, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import type { Application } from '../application.ts';
import type { Capabilities, Credential } from '../credential.ts';
import type { KeyPair } from '../suite.ts';
import { createKeyPackage, type KeyPackage, type KeyPackageSecrets } from '../key-package.ts';
import { newExternalPskId, type PskId } from '../psk.ts';
import { suiteX25519 } from '../suite-x25519.ts';

export const suite = suiteX25519;
export const nowSeconds = 1_800_000_000n;

/** What calls list: version, suite and credential, none of the defaults. */
export const capabilities: Capabilities = {
  versions: [1],
  cipherSuites: [suite.id],
  extensions: [],
  proposals: [],
  credentials: [1],
};

export const lifetime = { notBefore: nowSeconds - 3600n, notAfter: nowSeconds + 86_400n };

export interface Person {
  readonly name: string;
  readonly credential: Credential;
  readonly signatureKeys: KeyPair;
}

/** Somebody with a fresh signature key. */
export function person(name: string): Person {
  return {
    name,
    credential: { type: 'basic', identity: utf8(name) },
    signatureKeys: suite.signature.generateKeyPair(),
  };
}

export interface KeptKeyPackage {
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
}

/** A fresh key package of theirs. */
export function keyPackageOf(who: Person, given: Partial<Capabilities> = {}): KeptKeyPackage {
  return createKeyPackage(suite, who, { capabilities: { ...capabilities, ...given }, lifetime });
}

/** An external PSK that everybody has. */
export const sharedPsk: { readonly id: Bytes; readonly key: Bytes } = {
  id: utf8('shared'),
  key: random(32),
};

/** Names it, with a fresh nonce. */
export function sharedPskId(): PskId {
  return newExternalPskId(suite, sharedPsk.id);
}

/** Believes every leaf that carries a name; has one external PSK. */
export const application: Application = {
  authenticate: ({ credential }) => {
    if (credential.type !== 'basic' || fromUtf8(credential.identity) === '') {
      throw new CryptoError('bad_credential', 'a leaf without a name');
    }
  },
  psk: (id) =>
    id.kind === 'external' && fromUtf8(id.pskId) === fromUtf8(sharedPsk.id) ? sharedPsk.key : undefined,
  nowSeconds,
};
