// welcome.json: opening a Welcome (RFC 9420 §12.4.3.1): group secrets by the init key, GroupInfo by the joiner secret, its signature
// and its confirmation tag. There is no tree in these vectors: passive-client.ts joins for real.
import { fromHex, toHex } from '../../../bytes.ts';
import { verifyGroupInfo } from '../../group-info.ts';
import { confirmationTag, epochSecrets } from '../../key-schedule.ts';
import { pskSecret } from '../../psk.ts';
import { openGroupInfo, openSecrets } from '../../welcome.ts';
import { validateKeyPackage } from '../../key-package.ts';
import { is, isHex, isRefused, suiteOf } from './check.ts';
import { messageOf } from './message-of.ts';

interface WelcomeVector {
  readonly cipher_suite: number;
  readonly init_priv: string;
  readonly key_package: string;
  readonly signer_pub: string;
  readonly welcome: string;
}

export async function welcome(vector: WelcomeVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const { keyPackage } = messageOf('key_package', vector.key_package);
  await validateKeyPackage(suite, keyPackage);
  const message = messageOf('welcome', vector.welcome);
  const initPrivateKey = fromHex(vector.init_priv);
  isHex('init_priv', suite.kem.publicKeyOf(initPrivateKey), toHex(keyPackage.initKey));
  // The vectors have no other private key, and a Welcome is opened with none.
  const none = new Uint8Array(0);
  const keys = { initPrivateKey, encryptionPrivateKey: none, signaturePrivateKey: none };
  const given = { welcome: message.welcome, keyPackage, secrets: keys };
  const { joinerSecret, psks } = openSecrets(suite, given);
  is('psks', psks.length, 0);
  const secrets = { joinerSecret, pskSecret: pskSecret(suite, []) };
  const info = openGroupInfo(suite, message.welcome, secrets);
  await verifyGroupInfo(suite, info, fromHex(vector.signer_pub));
  const other = { ...info, signer: info.signer + 1 };
  await isRefused('a GroupInfo of another signer', () =>
    verifyGroupInfo(suite, other, fromHex(vector.signer_pub)),
  );
  const { groupContext: context } = info;
  const epoch = epochSecrets(suite, secrets, context);
  const tag = confirmationTag(suite, epoch, context.confirmedTranscriptHash);
  isHex('confirmation_tag', tag, toHex(info.confirmationTag));
}
