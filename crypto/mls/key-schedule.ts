// The key schedule (RFC 9420 §8): from the secret of the epoch before, what the commit brought and what was shared beforehand to
// every secret of the new epoch. Who calls it owns what comes out and wipes it (state.ts).
import { wipe, type Bytes } from '../bytes.ts';
import { encode } from './codec.ts';
import { groupContext, type GroupContext } from './group-context.ts';
import { receiveExport, sendExport } from './hpke.ts';
import { deriveSecret, expandWithLabel } from './labels.ts';
import type { CipherSuite, KeyPair } from './suite.ts';

/** Table 4 of §8, each `suite.hashBytes` long. */
export interface EpochSecrets {
  readonly senderData: Bytes;
  readonly encryption: Bytes;
  readonly exporter: Bytes;
  readonly external: Bytes;
  readonly confirmation: Bytes;
  readonly membership: Bytes;
  readonly resumption: Bytes;
  readonly authentication: Bytes;
  readonly init: Bytes;
}

const labels: Readonly<Record<keyof EpochSecrets, string>> = {
  senderData: 'sender data',
  encryption: 'encryption',
  exporter: 'exporter',
  external: 'external',
  confirmation: 'confirm',
  membership: 'membership',
  resumption: 'resumption',
  authentication: 'authentication',
  init: 'init',
};

/** The label of the export that makes an external commit's init secret (§8.3). */
const externalInitLabel = 'MLS 1.0 external init secret';

/** `joiner_secret` of the epoch that `context` describes. */
export function joinerSecret(
  suite: CipherSuite,
  given: { readonly initSecret: Bytes; readonly commitSecret: Bytes },
  context: GroupContext,
): Bytes {
  const extracted = suite.extract(given.initSecret, given.commitSecret);
  const joiner = expandWithLabel(suite, extracted, {
    label: 'joiner',
    context: encode(groupContext, context),
    length: suite.hashBytes,
  });
  wipe(extracted);
  return joiner;
}

/** What both the epoch and the Welcome come from: `joiner_secret` with the PSKs mixed in. */
function memberSecret(suite: CipherSuite, given: { joinerSecret: Bytes; pskSecret: Bytes }): Bytes {
  return suite.extract(given.joinerSecret, given.pskSecret);
}

/** `welcome_secret`. */
export function welcomeSecret(suite: CipherSuite, given: { joinerSecret: Bytes; pskSecret: Bytes }): Bytes {
  const member = memberSecret(suite, given);
  const secret = deriveSecret(suite, member, 'welcome');
  wipe(member);
  return secret;
}

/** All secrets of the epoch that `context` describes. */
export function epochSecrets(
  suite: CipherSuite,
  given: { joinerSecret: Bytes; pskSecret: Bytes },
  context: GroupContext,
): EpochSecrets {
  const member = memberSecret(suite, given);
  const epoch = expandWithLabel(suite, member, {
    label: 'epoch',
    context: encode(groupContext, context),
    length: suite.hashBytes,
  });
  const secrets = secretsFrom(suite, epoch);
  wipe(member, epoch);
  return secrets;
}

/** The secrets of a new group, whose epoch secret is drawn at random (§11). */
export function secretsFrom(suite: CipherSuite, epochSecret: Bytes): EpochSecrets {
  const derived = (name: keyof EpochSecrets): Bytes => deriveSecret(suite, epochSecret, labels[name]);
  return {
    senderData: derived('senderData'),
    encryption: derived('encryption'),
    exporter: derived('exporter'),
    external: derived('external'),
    confirmation: derived('confirmation'),
    membership: derived('membership'),
    resumption: derived('resumption'),
    authentication: derived('authentication'),
    init: derived('init'),
  };
}

/** `confirmation_tag` (§6.1). */
export function confirmationTag(
  suite: CipherSuite,
  secrets: Pick<EpochSecrets, 'confirmation'>,
  confirmedTranscriptHash: Bytes,
): Bytes {
  return suite.mac(secrets.confirmation, confirmedTranscriptHash);
}

/** MLS-Exporter (§8.5). `length` in bytes, at most 255 × `suite.hashBytes`. */
export function exportSecret(
  suite: CipherSuite,
  exporterSecret: Bytes,
  given: { readonly label: string; readonly context: Bytes; readonly length: number },
): Bytes {
  const derived = deriveSecret(suite, exporterSecret, given.label);
  const context = suite.hash(given.context);
  const secret = expandWithLabel(suite, derived, { label: 'exported', context, length: given.length });
  wipe(derived);
  return secret;
}

/** The key pair that external commits of an epoch are made to (§8.3). */
export function externalKeys(suite: CipherSuite, secrets: Pick<EpochSecrets, 'external'>): KeyPair {
  return suite.kem.deriveKeyPair(secrets.external);
}

/** A joiner's init secret and the `kem_output` that tells it to the members (§8.3). */
export function sendExternalInit(
  suite: CipherSuite,
  externalPublicKey: Bytes,
): { kemOutput: Bytes; secret: Bytes } {
  return sendExport(suite, externalPublicKey, externalInitLabel);
}

/** The members' side. Throws `CryptoError('malformed')`. */
export function receiveExternalInit(
  suite: CipherSuite,
  secrets: Pick<EpochSecrets, 'external'>,
  kemOutput: Bytes,
): Bytes {
  const keys = externalKeys(suite, secrets);
  try {
    return receiveExport(suite, keys, { kemOutput, label: externalInitLabel });
  } finally {
    wipe(keys.privateKey);
  }
}
