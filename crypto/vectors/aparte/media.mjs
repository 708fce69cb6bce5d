// What make.mjs writes about sound and pictures: K1, K2 and F1 from the text of docs/protocol.md and RFC 9605 alone, with node:crypto.
import assert from 'node:assert/strict';
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

const text = (string) => Buffer.from(string, 'utf8');
const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** Big-endian; as long as it needs to be, unless a length is given. */
function uint(value, length) {
  let digits = BigInt(value).toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  return Buffer.from(length === undefined ? digits : digits.padStart(2 * length, '0'), 'hex');
}

// --- RFC 9605, suite 4 ---
const suite = 4;
/** §4.3: X, K (3 bits), Y, C (3 bits), then what did not fit. */
function header(kid, ctr) {
  const part = (value) => (BigInt(value) < 8n ? [Number(value), Buffer.alloc(0)] : [8 | (uint(value).length - 1), uint(value)]);
  const [k, kidBytes] = part(kid);
  const [c, ctrBytes] = part(ctr);
  return Buffer.concat([Buffer.from([(k << 4) | c]), kidBytes, ctrBytes]);
}
/** §4.4.2. */
function derive(baseKey, kid) {
  const info = (what) => Buffer.concat([text(`SFrame 1.0 Secret ${what} `), uint(kid, 8), uint(suite, 2)]);
  const expand = (what, length) => Buffer.from(hkdfSync('sha256', baseKey, Buffer.alloc(0), info(what), length));
  return { key: expand('key', 16), salt: expand('salt', 12) };
}
/** §4.4.3. */
function seal({ key, salt }, { kid, ctr, metadata = Buffer.alloc(0) }, plaintext) {
  const counter = uint(ctr, 12);
  const nonce = Buffer.from(salt.map((byte, i) => byte ^ counter[i]));
  const front = header(kid, ctr);
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(Buffer.concat([front, metadata]));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { front, nonce, sealed: Buffer.concat([front, body]) };
}
// The official vector of the suite, so that this script is not its own judge.
const official = JSON.parse(readFileSync(new URL('../sframe/test-vectors.json', import.meta.url), 'utf8')).sframe.find(
  (row) => row.cipher_suite === suite,
);
const ofOfficial = derive(Buffer.from(official.base_key, 'hex'), official.kid);
assert.deepEqual([hex(ofOfficial.key), hex(ofOfficial.salt)], [official.sframe_key, official.sframe_salt]);
const { kid: officialKid, ctr: officialCtr } = official;
const place = { kid: officialKid, ctr: officialCtr, metadata: Buffer.from(official.metadata, 'hex') };
assert.equal(hex(seal(ofOfficial, place, Buffer.from(official.pt, 'hex')).sealed), official.ct);

// --- K1, K2 ---
const contexts = { microphone: 0, camera: 1, screen: 2, screenAudio: 3 };
/** Epoch, and of each frame: source, leaf, counter. */
const epochs = [
  [0n, ['microphone', 0, 0], ['microphone', 0, 7], ['microphone', 0, 8], ['camera', 1, 255]],
  [7n, ['microphone', 0, 1], ['screen', 5, 256], ['screenAudio', 1023, 65_536]],
  [255n, ['microphone', 1, 0], ['screenAudio', 1023, 2 ** 48 - 2]],
  [256n, ['microphone', 0, 0], ['camera', 511, 2 ** 32]],
  [2n ** 64n - 1n, ['screen', 1023, 1]],
];

export function media({ mediaKey, sample }) {
  return {
    mediaKey: hex(mediaKey),
    epochs: epochs.map(([epoch, ...frames]) => {
      const exported = sample(`exported in epoch ${epoch}`);
      const baseKey = createHmac('sha256', mediaKey).update(exported).digest();
      return {
        epoch: String(epoch),
        exported: hex(exported),
        baseKey: hex(baseKey),
        frames: frames.map(([source, leaf, counter], i) => {
          const kid = contexts[source] * 2 ** 18 + leaf * 2 ** 8 + Number(epoch % 256n);
          const keys = derive(baseKey, kid);
          const plaintext = sample(`frame ${i} of epoch ${epoch}`, 20 + i);
          const { front, nonce, sealed } = seal(keys, { kid, ctr: counter }, plaintext);
          const of = { source, context: contexts[source], leaf, counter, kid };
          return { ...of, key: hex(keys.key), salt: hex(keys.salt), nonce: hex(nonce), header: hex(front), plaintext: hex(plaintext), sealed: hex(sealed) };
        }),
      };
    }),
  };
}
