// passive-client-*.json: a member that joins by Welcome (RFC 9420 §12.4.3.1) and follows every proposal and commit (§12.1, §12.4.2), up
// to the epoch authenticator of each epoch.
import { fromHex, toHex, type Bytes } from '../../../bytes.ts';
import type { Application } from '../../application.ts';
import type { KeyPackage, KeyPackageSecrets } from '../../key-package.ts';
import { pskName } from '../../psk.ts';
import { receive } from '../../receive.ts';
import type { GroupState } from '../../state.ts';
import type { CipherSuite } from '../../suite.ts';
import { treeHash } from '../../tree-hash.ts';
import { joinByWelcome } from '../../welcome.ts';
import { is, isHex, suiteOf } from './check.ts';
import { messageOf } from './message-of.ts';
import { treeOf } from './tree-of.ts';

/** 3 July 2024: valid for everybody where the member's own key package is so for ever. */
const clockOfEndless = 1_720_000_000n;
const day = 24n * 3600n;

interface PassiveClientVector {
  readonly cipher_suite: number;
  readonly external_psks: readonly { readonly psk_id: string; readonly psk: string }[];
  readonly key_package: string;
  readonly signature_priv: string;
  readonly encryption_priv: string;
  readonly init_priv: string;
  readonly welcome: string;
  /** Where the Welcome brings none. */
  readonly ratchet_tree: string | null;
  readonly initial_epoch_authenticator: string;
  readonly epochs: readonly {
    readonly proposals: readonly string[];
    readonly commit: string;
    readonly epoch_authenticator: string;
  }[];
}

export async function passiveClient(vector: PassiveClientVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const { keyPackage } = messageOf('key_package', vector.key_package);
  const secrets = secretsOf(suite, keyPackage, vector);
  const { welcome } = messageOf('welcome', vector.welcome);
  const psks = new Map(
    vector.external_psks.map(({ psk_id: id, psk }) => [
      nameOf({ kind: 'external', pskId: fromHex(id) }),
      fromHex(psk),
    ]),
  );
  const application: Application = {
    authenticate: () => undefined,
    psk: (id) => psks.get(nameOf(id)),
    nowSeconds: clockFor(keyPackage),
    maxLifetimeSeconds: 2n ** 64n,
  };
  const tree = vector.ratchet_tree === null ? {} : { tree: treeOf('ratchet_tree', vector.ratchet_tree) };
  let state = await joinByWelcome(suite, { welcome, keyPackage, secrets, ...tree }, application);
  isEpoch('initial_epoch_authenticator', state, vector.initial_epoch_authenticator);
  for (const [at, epoch] of vector.epochs.entries()) {
    const { groupId: pskGroupId, epoch: pskEpoch } = state.context;
    const resumption = { kind: 'resumption', usage: 'application', pskGroupId, pskEpoch } as const;
    psks.set(nameOf(resumption), state.secrets.resumption.slice());
    for (const proposal of epoch.proposals) {
      const received = await receive(state, fromHex(proposal), application);
      is(`epochs[${at}]: kind of a proposal`, received.kind, 'proposal');
      ({ state } = received);
    }
    const received = await receive(state, fromHex(epoch.commit), application);
    is(`epochs[${at}]: kind of the commit`, received.kind, 'commit');
    is(`epochs[${at}]: number`, `${received.state.context.epoch}`, `${pskEpoch + 1n}`);
    ({ state } = received);
    isEpoch(`epochs[${at}].epoch_authenticator`, state, epoch.epoch_authenticator);
  }
}

const nameOf = (psk: Parameters<typeof pskName>[0]['psk']): string =>
  pskName({ psk, nonce: new Uint8Array(0) });

function secretsOf(
  suite: CipherSuite,
  { initKey, leafNode }: KeyPackage,
  vector: PassiveClientVector,
): KeyPackageSecrets {
  const secrets = {
    initPrivateKey: fromHex(vector.init_priv),
    encryptionPrivateKey: fromHex(vector.encryption_priv),
    signaturePrivateKey: fromHex(vector.signature_priv),
  };
  const { kem, signature } = suite;
  const isKey = (what: string, publicKey: Bytes, expected: Bytes): void =>
    isHex(what, publicKey, toHex(expected));
  isKey('init_priv', kem.publicKeyOf(secrets.initPrivateKey), initKey);
  isKey('encryption_priv', kem.publicKeyOf(secrets.encryptionPrivateKey), leafNode.encryptionKey);
  isKey('signature_priv', signature.publicKeyOf(secrets.signaturePrivateKey), leafNode.signatureKey);
  return secrets;
}

/** A day after the key package began to be valid: the official lifetimes are a year, begun within seconds of each other. */
function clockFor({ leafNode: { source } }: KeyPackage): bigint {
  if (source.kind !== 'key_package') throw new Error('a key package whose leaf has no lifetime');
  const { notBefore } = source.lifetime;
  return notBefore === 0n ? clockOfEndless : notBefore + day;
}

/** Also that the tree is the one whose hash all members agreed on. */
function isEpoch(what: string, { suite, context, tree, secrets }: GroupState, authenticator: string): void {
  isHex(what, secrets.authentication, authenticator);
  isHex(`${what}: tree hash`, treeHash(suite, tree), toHex(context.treeHash));
}
