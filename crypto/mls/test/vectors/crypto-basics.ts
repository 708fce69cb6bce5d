// crypto-basics.json: the labelled operations of RFC 9420 §5.1.2, §5.1.3, §5.2, §8 and §9.1.
import { fromHex, toHex } from '../../../bytes.ts';
import {
  decryptWithLabel,
  deriveSecret,
  deriveTreeSecret,
  encryptWithLabel,
  expandWithLabel,
  refHash,
  signWithLabel,
  verifyWithLabel,
} from '../../labels.ts';
import type { CipherSuite } from '../../suite.ts';
import { isHex, isRefused, suiteOf } from './check.ts';

interface CryptoBasicsVector {
  readonly cipher_suite: number;
  readonly ref_hash: Labelled & { readonly value: string; readonly out: string };
  readonly expand_with_label: Derived & { readonly context: string; readonly length: number };
  readonly derive_secret: Derived;
  readonly derive_tree_secret: Derived & { readonly generation: number; readonly length: number };
  readonly sign_with_label: Labelled & Keys & { readonly content: string; readonly signature: string };
  readonly encrypt_with_label: Encrypted;
}

interface Labelled {
  readonly label: string;
}

interface Keys {
  readonly priv: string;
  readonly pub: string;
}

interface Derived extends Labelled {
  readonly secret: string;
  readonly out: string;
}

interface Encrypted extends Labelled, Keys {
  readonly context: string;
  readonly plaintext: string;
  readonly kem_output: string;
  readonly ciphertext: string;
}

export async function cryptoBasics(vector: CryptoBasicsVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const ref = vector.ref_hash;
  isHex('ref_hash', refHash(suite, ref.label, fromHex(ref.value)), ref.out);
  const { derive_secret: derived } = vector;
  isHex('derive_secret', deriveSecret(suite, fromHex(derived.secret), derived.label), derived.out);
  const expand = vector.expand_with_label;
  const expanded = expandWithLabel(suite, fromHex(expand.secret), {
    ...expand,
    context: fromHex(expand.context),
  });
  isHex('expand_with_label', expanded, expand.out);
  const tree = vector.derive_tree_secret;
  isHex('derive_tree_secret', deriveTreeSecret(suite, fromHex(tree.secret), tree), tree.out);
  await signing(suite, vector.sign_with_label);
  await encrypting(suite, vector.encrypt_with_label);
}

async function signing(suite: CipherSuite, vector: CryptoBasicsVector['sign_with_label']): Promise<void> {
  const privateKey = fromHex(vector.priv);
  const { label } = vector;
  const content = fromHex(vector.content);
  const publicKey = fromHex(vector.pub);
  isHex('sign_with_label.pub', suite.signature.publicKeyOf(privateKey), vector.pub);
  const given = { publicKey, label, content, signature: fromHex(vector.signature) };
  await verifyWithLabel(suite, given);
  const signature = signWithLabel(suite, privateKey, { label, content });
  isHex('sign_with_label.signature', signature, vector.signature);
  await isRefused('a signature with another label', () =>
    verifyWithLabel(suite, { ...given, label: `${label}.` }),
  );
}

async function encrypting(suite: CipherSuite, vector: Encrypted): Promise<void> {
  const { label } = vector;
  const keys = { privateKey: fromHex(vector.priv), publicKey: fromHex(vector.pub) };
  isHex('encrypt_with_label.pub', suite.kem.publicKeyOf(keys.privateKey), vector.pub);
  const [context, text] = [fromHex(vector.context), fromHex(vector.plaintext)];
  const sealed = { kemOutput: fromHex(vector.kem_output), ciphertext: fromHex(vector.ciphertext) };
  const opened = decryptWithLabel(suite, keys, { label, context, ...sealed });
  isHex('encrypt_with_label.plaintext', opened, vector.plaintext);
  const own = encryptWithLabel(suite, keys.publicKey, { label, context, text });
  const openedOwn = decryptWithLabel(suite, keys, { label, context, ...own });
  isHex('encrypt_with_label, encrypted here', openedOwn, vector.plaintext);
  await isRefused('a ciphertext with another label', () =>
    decryptWithLabel(suite, keys, { label: `${label}.`, context, ...sealed }),
  );
  await isRefused('a ciphertext in another context', () =>
    decryptWithLabel(suite, keys, { label, context: fromHex(`${toHex(context)}00`), ...sealed }),
  );
}
