// key-schedule.json: RFC 9420 §8, every secret of every epoch, each epoch from our own init secret of the one before.
import { fromHex, type Bytes } from '../../../bytes.ts';
import { encode } from '../../codec.ts';
import { groupContext } from '../../group-context.ts';
import {
  epochSecrets,
  exportSecret,
  externalKeys,
  joinerSecret,
  welcomeSecret,
  type EpochSecrets,
} from '../../key-schedule.ts';
import { protocolVersion } from '../../key-package.ts';
import type { CipherSuite } from '../../suite.ts';
import { isHex, suiteOf } from './check.ts';

interface KeyScheduleVector {
  readonly cipher_suite: number;
  readonly group_id: string;
  readonly initial_init_secret: string;
  readonly epochs: readonly EpochVector[];
}

/** Hexadecimal. */
type EpochVector = Readonly<Record<keyof typeof secretNames, string>> & {
  readonly tree_hash: string;
  readonly commit_secret: string;
  readonly psk_secret: string;
  readonly confirmed_transcript_hash: string;
  readonly group_context: string;
  readonly joiner_secret: string;
  readonly welcome_secret: string;
  readonly external_pub: string;
  readonly exporter: {
    /** Text, though it looks like hexadecimal. */
    readonly label: string;
    readonly context: string;
    readonly length: number;
    readonly secret: string;
  };
};

/** What the vectors call the secrets of RFC 9420's table 4. */
const secretNames = {
  sender_data_secret: 'senderData',
  encryption_secret: 'encryption',
  exporter_secret: 'exporter',
  external_secret: 'external',
  confirmation_key: 'confirmation',
  membership_key: 'membership',
  resumption_psk: 'resumption',
  epoch_authenticator: 'authentication',
  init_secret: 'init',
} as const satisfies Record<string, keyof EpochSecrets>;

export function keySchedule(vector: KeyScheduleVector): void {
  const suite = suiteOf(vector.cipher_suite);
  let initSecret = fromHex(vector.initial_init_secret);
  for (const [epoch, given] of vector.epochs.entries()) {
    initSecret = checkEpoch(suite, given, { epoch, initSecret, groupId: fromHex(vector.group_id) });
  }
}

/** Returns the epoch's init secret. */
function checkEpoch(
  suite: CipherSuite,
  vector: EpochVector,
  given: { epoch: number; initSecret: Bytes; groupId: Bytes },
): Bytes {
  const what = (name: string): string => `epochs[${given.epoch}].${name}`;
  const context = {
    version: protocolVersion,
    cipherSuite: suite.id,
    groupId: given.groupId,
    epoch: BigInt(given.epoch),
    treeHash: fromHex(vector.tree_hash),
    confirmedTranscriptHash: fromHex(vector.confirmed_transcript_hash),
    extensions: [],
  };
  isHex(what('group_context'), encode(groupContext, context), vector.group_context);
  const commitSecret = fromHex(vector.commit_secret);
  const joiner = joinerSecret(suite, { initSecret: given.initSecret, commitSecret }, context);
  isHex(what('joiner_secret'), joiner, vector.joiner_secret);
  const input = { joinerSecret: joiner, pskSecret: fromHex(vector.psk_secret) };
  isHex(what('welcome_secret'), welcomeSecret(suite, input), vector.welcome_secret);
  const secrets = epochSecrets(suite, input, context);
  for (const [name, key] of Object.entries(secretNames)) {
    isHex(what(name), secrets[key], vector[name as keyof typeof secretNames]);
  }
  isHex(what('external_pub'), externalKeys(suite, secrets).publicKey, vector.external_pub);
  const { exporter } = vector;
  const exported = exportSecret(suite, secrets.exporter, {
    ...exporter,
    context: fromHex(exporter.context),
  });
  isHex(what('exporter.secret'), exported, exporter.secret);
  return secrets.init;
}
