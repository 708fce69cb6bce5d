// hpke.ts against @hpke/core, an independent implementation on WebCrypto, in both directions (RFC 9180; protocol.md C1).
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, it } from 'vitest';
import { random, toHex, utf8, type Bytes } from '../bytes.ts';
import { refusal } from '../test/fuzz.ts';
import { open, receiveExport, seal, sendExport } from './hpke.ts';
import { suiteX25519 as suite } from './suite-x25519.ts';

const theirs = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
const [info, text] = [utf8('an info'), utf8('Salut Ben, ici Ada')];
const hex = (bytes: ArrayBuffer | Uint8Array): string => toHex(new Uint8Array(bytes));
const flip = (bytes: Bytes): Bytes => Uint8Array.from(bytes, (byte, at) => (at === 3 ? byte ^ 1 : byte));

describe('HPKE', () => {
  it('[C1] derives the same key pairs from the same secret', async () => {
    for (const length of [32, 64]) {
      const ikm = random(length);
      const ours = suite.kem.deriveKeyPair(ikm);
      const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
      expect(hex(ours.privateKey)).toBe(hex(await theirs.kem.serializePrivateKey(pair.privateKey)));
      expect(hex(ours.publicKey)).toBe(hex(await theirs.kem.serializePublicKey(pair.publicKey)));
    }
  });

  it('[C1] opens what the other implementation sealed, and the other way round', async () => {
    const ikm = random(32);
    const ours = suite.kem.deriveKeyPair(ikm);
    const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
    const sealed = await theirs.seal({ recipientPublicKey: pair.publicKey, info: info.buffer }, text.buffer);
    const [kemOutput, ciphertext] = [new Uint8Array(sealed.enc), new Uint8Array(sealed.ct)];
    expect(hex(open(suite, ours, { kemOutput, ciphertext, info }))).toBe(hex(text));
    const mine = seal(suite, ours.publicKey, { text, info });
    const recipient = { recipientKey: pair.privateKey, enc: mine.kemOutput.buffer, info: info.buffer };
    expect(hex(await theirs.open(recipient, mine.ciphertext.buffer))).toBe(hex(text));
  });

  it('[C1] exports the same secrets in both directions', async () => {
    const ikm = random(32);
    const ours = suite.kem.deriveKeyPair(ikm);
    const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
    const label = 'external init';
    const sent = sendExport(suite, ours.publicKey, label);
    const receiver = await theirs.createRecipientContext({
      recipientKey: pair.privateKey,
      enc: sent.kemOutput.buffer,
    });
    expect(hex(await receiver.export(utf8(label).buffer, 32))).toBe(hex(sent.secret));
    const sender = await theirs.createSenderContext({ recipientPublicKey: pair.publicKey });
    const kemOutput = new Uint8Array(sender.enc);
    const secret = receiveExport(suite, ours, { kemOutput, label });
    expect(hex(await sender.export(utf8(label).buffer, 32))).toBe(hex(secret));
  });

  it('[O1] opens nothing that was changed, or that was sealed to somebody else', () => {
    const pair = suite.kem.deriveKeyPair(random(32));
    const { kemOutput, ciphertext } = seal(suite, pair.publicKey, { text, info });
    const changes = [{ ciphertext: flip(ciphertext) }, { kemOutput: flip(kemOutput) }, { info: flip(info) }];
    for (const change of changes) {
      expect(refusal(() => open(suite, pair, { kemOutput, ciphertext, info, ...change }))).toBe('not_opened');
    }
    const other = suite.kem.deriveKeyPair(random(32));
    expect(refusal(() => open(suite, other, { kemOutput, ciphertext, info }))).toBe('not_opened');
    const label = 'external init';
    const sent = sendExport(suite, pair.publicKey, label);
    expect(receiveExport(suite, pair, { kemOutput: flip(sent.kemOutput), label })).not.toEqual(sent.secret);
    expect(receiveExport(suite, pair, { kemOutput: sent.kemOutput, label: 'another' })).not.toEqual(
      sent.secret,
    );
  });

  it('[C10] takes no key of small order or another size, to seal or to open', () => {
    const pair = suite.kem.deriveKeyPair(random(32));
    const { ciphertext } = seal(suite, pair.publicKey, { text, info });
    for (const wrong of [new Uint8Array(32), random(31), random(33), new Uint8Array(0)]) {
      expect(refusal(() => seal(suite, wrong, { text, info }))).toBe('malformed');
      expect(refusal(() => open(suite, pair, { kemOutput: wrong, ciphertext, info }))).toBe('malformed');
      expect(refusal(() => sendExport(suite, wrong, 'a label'))).toBe('malformed');
      expect(refusal(() => receiveExport(suite, pair, { kemOutput: wrong, label: 'a label' }))).toBe(
        'malformed',
      );
    }
  });
});
