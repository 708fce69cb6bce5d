// Makes the vectors beside it from the text of docs/protocol.md alone: nothing of the code under test and no library,
// only node:crypto. media.mjs and messages.mjs have what is sent in a call, history.mjs what changes a group. `node crypto/vectors/aparte/make.mjs` writes them, with
// `--check` it says whether they are unchanged.
import assert from 'node:assert/strict';
import { createCipheriv, createHash, createHmac, createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { history } from './history.mjs';
import { media } from './media.mjs';
import { messages } from './messages.mjs';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const sha512 = (...parts) => createHash('sha512').update(Buffer.concat(parts)).digest();
const text = (string) => Buffer.from(string, 'utf8');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const uint = (value, length) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out.subarray(8 - length);
};
const v16 = (bytes) => Buffer.concat([uint(bytes.length, 2), bytes]);
/** Sample bytes that anybody can make again. */
const sample = (name, length = 32) => sha512(text(`Aparté vectors: ${name}`)).subarray(0, length);

// --- Ed25519 keys from seeds (RFC 8410's PKCS#8 prefix) ---
function keyPair(name) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sample(`seed of ${name}`)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}
const ada = keyPair('Ada');
const ben = keyPair('Ben');

// --- XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 §2) over node's ChaCha20-Poly1305 ---
function hchacha20(key, nonce16) {
  const state = new Uint32Array(16);
  state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let i = 0; i < 8; i++) state[4 + i] = key.readUInt32LE(4 * i);
  for (let i = 0; i < 4; i++) state[12 + i] = nonce16.readUInt32LE(4 * i);
  const rotate = (x, by) => (x << by) | (x >>> (32 - by));
  const quarter = (a, b, c, d) => {
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 7);
  };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [0, 1, 2, 3, 12, 13, 14, 15].forEach((word, i) => out.writeUInt32LE(state[word], 4 * i));
  return out;
}
// The draft's own vector (§2.2.1), so that this script is not its own judge.
assert.equal(
  hex(hchacha20(Buffer.from(Array.from({ length: 32 }, (_, i) => i)), Buffer.from('000000090000004a0000000031415927', 'hex'))),
  '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc',
);
function seal(key, nonce, aad, plaintext) {
  const inner = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  const cipher = createCipheriv('chacha20-poly1305', hchacha20(key, nonce.subarray(0, 16)), inner, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([uint(1, 1), nonce, body, cipher.getAuthTag()]);
}

// --- Group: G1, G2, G3, G5 ---
const nonce = sample('nonce', 16);
const groupId = sha256(text('Aparté/1 group'), ada.publicKey, nonce).subarray(0, 16);
const callId = sample('call', 16);
function group(version) {
  const secret = sample(`secret ${version}`);
  const derive = (name) =>
    Buffer.from(hkdfSync('sha256', secret, groupId, Buffer.concat([text(`Aparté/1 ${name} `), uint(version, 4)]), 32));
  const keys = Object.fromEntries(['door', 'seal', 'member', 'handshake', 'media'].map((name) => [name, derive(name)]));
  const body = Buffer.concat([uint(1, 1), groupId, uint(version, 4), secret]);
  const invite = Buffer.concat([body, sha256(body).subarray(0, 4)]).toString('base64url');
  const inboxKey = sample('inbox key of Ben');
  const macInput = Buffer.concat([groupId, uint(version, 4), ben.publicKey, inboxKey]);
  const mac = createHmac('sha256', keys.member).update(macInput).digest();
  return { version, secret, keys, invite, inboxKey, mac };
}
const versions = [group(1), group(0x01020304)];
const [first] = versions;

// --- Sealed: G7, G18, G19, G20 ---
function name(what, code, subject, plain) {
  const nonce24 = sample(`nonce ${what}`, 24);
  const aad = Buffer.concat([v16(text('Aparté/1 sealed')), groupId, uint(code, 1), subject]);
  return { what, subject: hex(subject), text: plain, nonce: hex(nonce24), sealed: hex(seal(first.keys.seal, nonce24, aad, text(plain))) };
}
/** `body` filled up to 64 bytes. */
function face(what, code, subject, kind, body) {
  const nonce24 = sample(`nonce ${what} ${kind}`, 24);
  const aad = Buffer.concat([v16(text('Aparté/1 sealed')), groupId, uint(code, 1), subject]);
  const plain = Buffer.concat([uint(kind, 1), body, Buffer.alloc(64 - body.length)]);
  return { what, subject: hex(subject), plain: hex(plain), nonce: hex(nonce24), sealed: hex(seal(first.keys.seal, nonce24, aad, plain)) };
}
const none = Buffer.alloc(0);
const names = [name('groupName', 1, none, 'Les voisins d’été'), name('memberName', 2, ben.publicKey, 'Ben 🌿')];
const picturePlain = sample('picture', 40);
const pictureKey = sample('key of the picture');
const pictureNonce = sample('nonce of the picture', 24);
const sealedPicture = seal(pictureKey, pictureNonce, Buffer.concat([v16(text('Aparté/1 picture')), groupId]), picturePlain);
const leaf = text('🌿');
const faces = [
  face('memberFace', 3, ben.publicKey, 0, none),
  face('memberFace', 3, ben.publicKey, 1, Buffer.concat([uint(5, 1), uint(leaf.length, 1), leaf])),
  face('groupFace', 4, none, 2, Buffer.concat([sha256(sealedPicture), pictureKey])),
];
const profileHash = (sealedName, sealedFace) => sha256(v16(Buffer.from(sealedName, 'hex')), v16(Buffer.from(sealedFace, 'hex')));
const sealedProfile = profileHash(names[1].sealed, faces[1].sealed);
const groupProfile = profileHash(names[0].sealed, faces[2].sealed);

// --- Statements: I2 ---
function statement(kind, fields, ...encoded) {
  const bytes = Buffer.concat([text(`Aparté/1 ${kind}`), ...encoded].map(v16));
  return { kind, fields, statement: hex(bytes), signature: hex(ben.sign(bytes)) };
}
const livekitIdentity = sample('LiveKit identity', 16).toString('base64url');
const atMs = 1_799_999_999_999;
const leafKey = sample('leaf key');
const challenge = sample('challenge');
const previous = sample('head of a history');
const audience = 'localhost:7330';
const statements = [
  statement('session', { audience, challenge: hex(challenge) }, text(audience), challenge),
  statement(
    'member',
    { groupId: hex(groupId), secretVersion: 1, identity: hex(ben.publicKey), inboxKey: hex(first.inboxKey), mac: hex(first.mac) },
    ...[groupId, uint(1, 4), ben.publicKey, first.inboxKey, first.mac],
  ),
  statement(
    'change',
    { groupId: hex(groupId), version: 7, previous: hex(previous), author: hex(ben.publicKey), atMs, action: '08' },
    ...[groupId, uint(7, 4), previous, ben.publicKey, uint(atMs, 8), Buffer.from([8])],
  ),
  statement(
    'profile',
    { groupId: hex(groupId), identity: hex(ben.publicKey), revision: 0x01020304, secretVersion: 1, hash: hex(sealedProfile) },
    ...[groupId, ben.publicKey, uint(0x01020304, 4), uint(1, 4), sealedProfile],
  ),
  statement(
    'leaf',
    { groupId: hex(groupId), callId: hex(callId), leafKey: hex(leafKey), livekitIdentity },
    ...[groupId, callId, leafKey, text(livekitIdentity)],
  ),
  statement(
    'deletion',
    { groupId: hex(groupId), version: 7, head: hex(previous), author: hex(ben.publicKey) },
    ...[groupId, uint(7, 4), previous, ben.publicKey],
  ),
];

// --- Sealed: E1 ---
const envelopeCodes = { groupInfo: 1, commit: 2, joinRequest: 3, welcome: 4 };
function envelope(kind, generation, epoch, length = 48) {
  const name = `${kind} ${generation} ${epoch}`;
  const message = sample(`message ${name}`, length);
  const nonce24 = sample(`nonce ${name}`, 24);
  const place = Buffer.concat([groupId, callId, uint(generation, 4), uint(epoch, 8), uint(envelopeCodes[kind], 1)]);
  const aad = Buffer.concat([v16(text('Aparté/1 envelope')), place]);
  const sealed = seal(first.keys.handshake, nonce24, aad, message);
  return { kind, generation, epoch: String(epoch), aad: hex(aad), nonce: hex(nonce24), message: hex(message), sealed: hex(sealed) };
}
// --- Call: C1, C2 ---
const generations = [1, 0x01020304, 0xffffffff];
const leafSignature = ben.sign(Buffer.concat([text('Aparté/1 leaf'), groupId, callId, leafKey, text(livekitIdentity)].map(v16)));
const credential = Buffer.concat([uint(1, 1), ben.publicKey, v16(text(livekitIdentity)), leafSignature]);

// --- Safety: S1, S2, S4 ---
const digits = (hash) =>
  Array.from({ length: 6 }, (_, i) => String(hash.readUIntBE(5 * i, 5) % 100000).padStart(5, '0')).join('');
function fingerprint(key) {
  let hash = Buffer.concat([uint(0, 2), key, text('Aparté/1 identity')]);
  for (let i = 0; i < 5200; i++) hash = sha512(hash, key);
  return digits(hash);
}
const qrHash = (key) => sha256(text('Aparté/1 qr'), key);
const callCode = (authenticator) => digits(sha512(text('Aparté/1 call code'), authenticator));
const authenticator = sample('epoch authenticator');

const hexAll = (record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, hex(value)]));
const files = {
  'statements.json': { signer: hex(ben.publicKey), statements },
  'group.json': {
    owner: hex(ada.publicKey),
    nonce: hex(nonce),
    groupId: hex(groupId),
    member: hex(ben.publicKey),
    versions: versions.map((v) => ({
      version: v.version,
      secret: hex(v.secret),
      keys: hexAll(v.keys),
      invite: v.invite,
      inboxKey: hex(v.inboxKey),
      mac: hex(v.mac),
    })),
  },
  'sealed.json': {
    groupId: hex(groupId),
    callId: hex(callId),
    handshakeKey: hex(first.keys.handshake),
    sealKey: hex(first.keys.seal),
    envelopes: [
      envelope('groupInfo', 1, 0n),
      envelope('groupInfo', 0x01020304, 0x0102030405060708n),
      envelope('commit', 1, 0n),
      envelope('commit', 0xffffffff, 2n ** 64n - 1n, 1),
      envelope('joinRequest', 1, 0n),
      envelope('joinRequest', 0x01020304, 0n, 64),
      envelope('welcome', 1, 1n),
      envelope('welcome', 7, 0x0102030405060708n, 33),
    ],
    texts: names,
    faces,
    picture: { plain: hex(picturePlain), key: hex(pictureKey), nonce: hex(pictureNonce), sealed: hex(sealedPicture) },
    profileHashes: { member: hex(sealedProfile), group: hex(groupProfile) },
  },
  'call.json': {
    groupId: hex(groupId),
    callId: hex(callId),
    mlsGroupIds: generations.map((generation) => ({ generation, mlsGroupId: hex(Buffer.concat([callId, uint(generation, 4)])) })),
    credentials: [
      { identity: hex(ben.publicKey), leafKey: hex(leafKey), livekitIdentity, signature: hex(leafSignature), credential: hex(credential) },
    ],
  },
  'history.json': history({
    people: { ada, ben, cyd: keyPair('Cyd'), dan: keyPair('Dan') },
    ...{ groupId, nonce, callId, secrets: [first, group(2)], profile: groupProfile, seal, sample },
  }),
  'media.json': media({ mediaKey: first.keys.media, sample }),
  'messages.json': messages({ sample }),
  'safety.json': {
    mine: hex(ada.publicKey),
    theirs: hex(ben.publicKey),
    safetyNumber: [fingerprint(ada.publicKey), fingerprint(ben.publicKey)].sort().join(''),
    qrShownByMine: hex(Buffer.concat([uint(1, 1), qrHash(ada.publicKey), qrHash(ben.publicKey)])),
    authenticator: hex(authenticator),
    callCode: callCode(authenticator),
    callCodes: [Buffer.alloc(32), Buffer.alloc(32, 0xff), sample('authenticator of the next epoch')].map((bytes) => ({
      authenticator: hex(bytes),
      callCode: callCode(bytes),
    })),
  },
};

for (const [file, content] of Object.entries(files)) {
  const url = new URL(file, import.meta.url);
  const json = `${JSON.stringify(content, null, 2)}\n`;
  if (process.argv.includes('--check')) assert.equal(readFileSync(url, 'utf8'), json, `${file} is not what this script makes`);
  else writeFileSync(url, json);
}
