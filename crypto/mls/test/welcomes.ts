// Welcomes taken apart with the keys of the key package that they are for, and put together again from any parts.
import type { Bytes } from '../../bytes.ts';
import { decode, encode } from '../codec.ts';
import { resolvePsks } from '../epoch.ts';
import { groupInfo, signGroupInfo, type GroupInfo } from '../group-info.ts';
import { keyPackageRef } from '../key-package.ts';
import { welcomeSecret } from '../key-schedule.ts';
import { decryptWithLabel, encryptWithLabel, expandWithLabel } from '../labels.ts';
import type { AeadKeys } from '../suite.ts';
import { groupSecrets, type GroupSecrets, type Welcome } from '../welcome-message.ts';
import { application, suite, type KeptKeyPackage } from './people.ts';

const label = 'Welcome';
const nothing = new Uint8Array(0);

export interface OpenWelcome {
  readonly secrets: GroupSecrets;
  readonly info: GroupInfo;
}

export function openWelcome(welcome: Welcome, mine: KeptKeyPackage): OpenWelcome {
  const ref = Buffer.from(keyPackageRef(suite, mine.keyPackage));
  const found = welcome.secrets.find(({ newMember }) => ref.equals(newMember));
  if (found === undefined) throw new TypeError('a Welcome for somebody else');
  const keys = { privateKey: mine.secrets.initPrivateKey, publicKey: mine.keyPackage.initKey };
  const given = { label, context: welcome.encryptedGroupInfo, ...found.encryptedGroupSecrets };
  const secrets = decode(groupSecrets, decryptWithLabel(suite, keys, given));
  const info = suite.aead.open(keysOf(secrets), welcome.encryptedGroupInfo, nothing);
  return { secrets, info: decode(groupInfo, info) };
}

/** For the owner of `mine` alone. `pskSecret` is that of the named keys, or zeros where they cannot be had. */
export function sealWelcome(mine: KeptKeyPackage, { secrets, info }: OpenWelcome): Welcome {
  const encryptedGroupInfo = suite.aead.seal(keysOf(secrets), encode(groupInfo, info), nothing);
  const given = { label, context: encryptedGroupInfo, text: encode(groupSecrets, secrets) };
  const encryptedGroupSecrets = encryptWithLabel(suite, mine.keyPackage.initKey, given);
  const newMember = keyPackageRef(suite, mine.keyPackage);
  return { cipherSuite: suite.id, secrets: [{ newMember, encryptedGroupSecrets }], encryptedGroupInfo };
}

/** Another GroupInfo, signed again by the private key of its signer. */
export function resign(info: GroupInfo, change: Partial<GroupInfo>, signaturePrivateKey: Bytes): GroupInfo {
  const { signature: _, ...content } = { ...info, ...change };
  return signGroupInfo(suite, content, signaturePrivateKey);
}

function keysOf(secrets: GroupSecrets): AeadKeys {
  const secret = welcomeSecret(suite, {
    joinerSecret: secrets.joinerSecret,
    pskSecret: pskSecretOf(secrets),
  });
  const key = expandWithLabel(suite, secret, { label: 'key', context: nothing, length: suite.aead.keyBytes });
  const nonce = expandWithLabel(suite, secret, {
    label: 'nonce',
    context: nothing,
    length: suite.aead.nonceBytes,
  });
  return { key, nonce };
}

function pskSecretOf({ psks }: GroupSecrets): Bytes {
  try {
    return resolvePsks(suite, psks, { application });
  } catch {
    return new Uint8Array(suite.hashBytes);
  }
}
