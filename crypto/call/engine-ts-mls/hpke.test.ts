// hpke.ts against @hpke/core, an independent implementation on WebCrypto, in both directions (RFC 9180; protocol.md C1).
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { describe, expect, it } from 'vitest';
import { random, toHex, utf8 } from '../../bytes.ts';
import { deriveKeyPair, open, receiveExport, seal, sendExport } from './hpke.ts';

const theirs = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
const [info, aad, plaintext] = [utf8('an info'), utf8('some data'), utf8('Salut Ben, ici Ada')];
const hex = (bytes: ArrayBuffer | Uint8Array): string => toHex(new Uint8Array(bytes));

describe('HPKE', () => {
  it('[C1] derives the same key pairs from the same secret', async () => {
    for (const length of [32, 64]) {
      const ikm = random(length);
      const ours = deriveKeyPair(ikm);
      const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
      expect(hex(ours.privateKey)).toBe(hex(await theirs.kem.serializePrivateKey(pair.privateKey)));
      expect(hex(ours.publicKey)).toBe(hex(await theirs.kem.serializePublicKey(pair.publicKey)));
    }
  });

  it('[C1] opens what the other implementation sealed, and the other way round', async () => {
    const ikm = random(32);
    const ours = deriveKeyPair(ikm);
    const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
    const sealed = await theirs.seal(
      { recipientPublicKey: pair.publicKey, info: info.buffer },
      plaintext.buffer,
      aad.buffer,
    );
    const [enc, ct] = [new Uint8Array(sealed.enc), new Uint8Array(sealed.ct)];
    expect(hex(open(ours.privateKey, { enc, ct, info, aad }))).toBe(hex(plaintext));
    const mine = seal(ours.publicKey, { plaintext, info, aad });
    const recipient = { recipientKey: pair.privateKey, enc: mine.enc.buffer, info: info.buffer };
    expect(hex(await theirs.open(recipient, mine.ct.buffer, aad.buffer))).toBe(hex(plaintext));
  });

  it('[C1] exports the same secrets in both directions', async () => {
    const ikm = random(32);
    const ours = deriveKeyPair(ikm);
    const pair = await theirs.kem.deriveKeyPair(ikm.buffer);
    const context = utf8('external init');
    const sent = sendExport(ours.publicKey, { context, bytes: 32, info });
    const receiver = await theirs.createRecipientContext({
      recipientKey: pair.privateKey,
      enc: sent.enc.buffer,
      info: info.buffer,
    });
    expect(hex(await receiver.export(context.buffer, 32))).toBe(hex(sent.secret));
    const sender = await theirs.createSenderContext({
      recipientPublicKey: pair.publicKey,
      info: info.buffer,
    });
    const secret = receiveExport(ours.privateKey, {
      enc: new Uint8Array(sender.enc),
      context,
      bytes: 32,
      info,
    });
    expect(hex(await sender.export(context.buffer, 32))).toBe(hex(secret));
  });

  it('[O1] opens nothing that was changed, and takes no key of small order', () => {
    const pair = deriveKeyPair(random(32));
    const { enc, ct } = seal(pair.publicKey, { plaintext, info, aad });
    const flip = (bytes: Uint8Array): Uint8Array =>
      Uint8Array.from(bytes, (byte, at) => (at === 3 ? byte ^ 1 : byte));
    for (const change of [{ ct: flip(ct) }, { enc: flip(enc) }, { info: flip(info) }, { aad: flip(aad) }]) {
      expect(() => open(pair.privateKey, { enc, ct, info, aad, ...change })).toThrow();
    }
    expect(() => seal(new Uint8Array(32), { plaintext, info, aad })).toThrow();
    expect(() => open(pair.privateKey, { enc: new Uint8Array(32), ct, info, aad })).toThrow();
  });
});
