// My own leaf for a call, fresh at every join (protocol.md C1, C2): signature keys with my credential for them, and where somebody else
// puts the leaf into the tree, or nobody was there before, a key package around it. engine.ts and join-request.ts use it.
import { wipe, type Bytes } from '../bytes.ts';
import {
  createKeyPackage,
  suiteX25519 as suite,
  type Capabilities,
  type Credential,
  type KeyPair,
} from '../mls/index.ts';
import { createCredential } from './credential.ts';
import type { CallContext, Me } from './types.ts';

/** Suite 1, basic credentials, and nothing that RFC 9420 does not ask of everybody. */
export const capabilities: Capabilities = {
  versions: [1],
  cipherSuites: [suite.id],
  extensions: [],
  proposals: [],
  credentials: [1],
};

/** C11: a key package must name a lifetime. Nobody reads it: crypto has no clock, and the credential is for one call only. */
const lifetime = { notBefore: 0n, notAfter: (1n << 64n) - 1n };

export type OwnKeyPackage = ReturnType<typeof createKeyPackage>;

/** Fresh signature keys and my credential for them. The private key is the caller's to wipe. */
export async function newLeaf(
  context: CallContext,
  me: Me,
): Promise<{ readonly credential: Credential; readonly signatureKeys: KeyPair }> {
  const signatureKeys = suite.signature.generateKeyPair();
  const identity = await createCredential(me, { context, leafKey: signatureKeys.publicKey });
  return { credential: { type: 'basic', identity }, signatureKeys };
}

/** A key package of a fresh leaf. Its secrets are the caller's to wipe: see `wipeKeyPackage`. */
export async function newKeyPackage(context: CallContext, me: Me): Promise<OwnKeyPackage> {
  const { credential, signatureKeys } = await newLeaf(context, me);
  const made = createKeyPackage(suite, { credential, signatureKeys }, { capabilities, lifetime });
  wipe(signatureKeys.privateKey);
  return made;
}

export function wipeKeyPackage({ secrets }: OwnKeyPackage): void {
  wipe(...Object.values<Bytes>({ ...secrets }));
}
