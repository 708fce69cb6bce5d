// What make.mjs writes about a group's history and a rotation of its secret: G8–G14 from the text of docs/protocol.md alone, HPKE from
// that of RFC 9180, with node:crypto.
import assert from 'node:assert/strict';
import { createCipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
const text = (string) => Buffer.from(string, 'utf8');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (string) => Buffer.from(string, 'hex');
const u8 = (value) => Buffer.from([value]);
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const u32 = (value) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
const u64 = (value) => Buffer.concat([u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32)]);
const v16 = (value) => Buffer.concat([u16(value.length), value]);
const none = Buffer.alloc(0);

// --- HPKE, RFC 9180: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM ---
function x25519(seed) {
  const der = Buffer.concat([bytes('302e020100300506032b656e04220420'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32) };
}
const spki = (raw) =>
  createPublicKey({ key: Buffer.concat([bytes('302a300506032b656e032100'), raw]), format: 'der', type: 'spki' });
const kemSuite = Buffer.concat([text('KEM'), u16(0x20)]);
const suite = Buffer.concat([text('HPKE'), u16(0x20), u16(1), u16(1)]);
const extract = (id, salt, label, ikm) =>
  hmac(salt.length === 0 ? Buffer.alloc(32) : salt, text('HPKE-v1'), id, text(label), ikm);
const expand = (id, prk, label, info, length) =>
  hmac(prk, u16(length), text('HPKE-v1'), id, text(label), info, u8(1)).subarray(0, length);

function keysFor(ephemeral, recipient, info) {
  const dh = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: spki(recipient) });
  const kemContext = Buffer.concat([ephemeral.publicKey, recipient]);
  const shared = expand(kemSuite, extract(kemSuite, none, 'eae_prk', dh), 'shared_secret', kemContext, 32);
  const context = Buffer.concat([u8(0), extract(suite, none, 'psk_id_hash', none), extract(suite, none, 'info_hash', info)]);
  const secret = extract(suite, shared, 'secret', none);
  return { shared, key: expand(suite, secret, 'key', context, 16), nonce: expand(suite, secret, 'base_nonce', context, 12) };
}
// RFC 9180 A.1.1, so that this script is not its own judge.
const given = keysFor(
  x25519(bytes('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736')),
  bytes('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  text('Ode on a Grecian Urn'),
);
assert.equal(hex(given.shared), 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc');
assert.equal(hex(given.key), '4531685d41d65f03dc48f6b8302c05b0');
assert.equal(hex(given.nonce), '56d890e5accaaf011cff4b7d');

function sealTo(recipient, ephemeral, info, plain) {
  const { key, nonce } = keysFor(ephemeral, recipient, info);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([u8(1), ephemeral.publicKey, body, cipher.getAuthTag()]);
}

/** `people`: key pairs of Ada, Ben, Cyd, Dan; `secrets`: make.mjs's group in versions 1 and 2; `seal`: its XChaCha20-Poly1305. */
export function history({ people, groupId, nonce, callId, secrets, profile, seal, sample }) {
  const { ada, ben, cyd, dan } = people;
  const [first, second] = secrets;
  const doorHash = sha256(second.keys.door);
  const steps = [
    [ada, 'policy', u8(1), u8(1), u8(0), u8(1), u8(0), u8(2), u16(1), ben.publicKey],
    [ada, 'role', u8(2), ben.publicKey, u8(2)],
    [ben, 'speaker', u8(10), callId, cyd.publicKey, u8(1)],
    [ben, 'lock', u8(9), callId, u8(1)],
    [ben, 'removal', u8(3), cyd.publicKey, u8(1)],
    [ben, 'rotation', u8(7), u32(2), doorHash],
    [ada, 'pardon', u8(4), cyd.publicKey],
    [ada, 'admission', u8(5), cyd.publicKey],
    [ada, 'handover', u8(6), ben.publicKey],
    [cyd, 'departure', u8(8)],
    [cyd, 'return', u8(11)],
    [dan, 'departure', u8(8)],
    [ada, 'profile', u8(12), profile],
  ];
  let head = sha256(text('Aparté/1 history'), groupId);
  const genesisHead = head;
  const entries = steps.map(([author, kind, ...parts], at) => {
    const version = at + 1;
    const atMs = 1_799_999_999_999 + at;
    const action = Buffer.concat(parts);
    const fields = [text('Aparté/1 change'), groupId, u32(version), head, author.publicKey, u64(atMs), action];
    const statement = Buffer.concat(fields.map(v16));
    const signature = author.sign(statement);
    head = sha256(statement);
    const entry = Buffer.concat([u8(1), u32(version), author.publicKey, u64(atMs), v16(action), signature]);
    return { kind, version, atMs, author: hex(author.publicKey), action: hex(action), statement: hex(statement), head: hex(head), entry: hex(entry) };
  });
  const byName = (...some) => some.map((one) => one.publicKey).sort(Buffer.compare);
  const state = Buffer.concat([
    ...[u8(2), groupId, u32(13), head, ben.publicKey, u8(1), u8(0), u8(1), u8(0), u8(2), u32(2)],
    ...[u8(1), doorHash, u8(1), callId, u8(1), callId, u32(0)],
    ...[u32(1), ada.publicKey, u8(2)],
    ...[u32(2), ...byName(ada, ben)],
    ...[u32(1), dan.publicKey, u8(0), u32(2), u32(12)],
    profile,
  ]);
  const inboxSeed = sample('inbox seed of Ben');
  const inboxKey = x25519(inboxSeed).publicKey;
  const info = Buffer.concat([v16(text('Aparté/1 rotation')), groupId, u32(2), ben.publicKey]);
  const sealNonce = sample('nonce of the previous keys', 24);
  const sealAad = Buffer.concat([v16(text('Aparté/1 previous keys')), groupId, u32(1)]);
  return {
    groupId: hex(groupId),
    owner: hex(ada.publicKey),
    nonce: hex(nonce),
    genesisHead: hex(genesisHead),
    entries,
    state: hex(state),
    rotation: {
      member: hex(ben.publicKey),
      inboxSeed: hex(inboxSeed),
      inboxKey: hex(inboxKey),
      info: hex(info),
      secret: hex(second.secret),
      sealedSecret: hex(sealTo(inboxKey, x25519(sample('ephemeral seed')), info, second.secret)),
      carriedMac: hex(hmac(second.keys.member, groupId, u32(2), ben.publicKey, inboxKey)),
      firstKeys: { seal: hex(first.keys.seal), handshake: hex(first.keys.handshake), media: hex(first.keys.media) },
      sealNonce: hex(sealNonce),
      previousSeal: hex(seal(second.keys.seal, sealNonce, sealAad, Buffer.concat([first.keys.seal, first.keys.handshake, first.keys.media]))),
    },
  };
}
