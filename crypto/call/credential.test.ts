// Credentials as bytes and statements, without MLS (protocol.md C2).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, random, toHex, uint, utf8 } from '../bytes.ts';
import { newContext, person, refused } from '../test/call.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import { createCredential, decodeCredential, encodeCredential, verifyCredential } from './credential.ts';

const ada = await person('ada');
const context = newContext(ada);

describe('a credential', () => {
  it('[C2] is version, identity, LiveKit identity and signature, and nothing else', async () => {
    const leafKey = random(32);
    const bytes = await createCredential(ada, { context, leafKey });
    const { identity, livekitIdentity, signature } = decodeCredential(bytes);
    expect(livekitIdentity).toBe('ada-1');
    expect(toHex(identity)).toBe(toHex(ada.identity.publicKey));
    expect(toHex(bytes)).toBe(
      toHex(concat(uint(1, 1), ada.identity.publicKey, uint(5, 2), utf8('ada-1'), signature)),
    );
    expect(toHex(encodeCredential({ identity, livekitIdentity, signature }))).toBe(toHex(bytes));
    await expect(verifyCredential(decodeCredential(bytes), { context, leafKey })).resolves.toBeUndefined();
  });

  it('[C2] is worth nothing after any change of a bit or length', async () => {
    const leafKey = random(32);
    const bytes = await createCredential(ada, { context, leafKey });
    for (const changed of mutations(bytes)) {
      const refusing = (async () => verifyCredential(decodeCredential(changed), { context, leafKey }))();
      await expect(refusing).rejects.toMatchObject({ name: 'CryptoError' });
    }
  });

  it('[C2] holds for its group, call and leaf key only', async () => {
    const leafKey = random(32);
    const credential = decodeCredential(await createCredential(ada, { context, leafKey }));
    const scopes = [
      { context, leafKey: random(32) },
      { context: { ...context, callId: random(16) }, leafKey },
      { context: { ...context, groupId: random(16) }, leafKey },
    ];
    for (const scope of scopes) {
      await expect(verifyCredential(credential, scope)).rejects.toMatchObject(refused('bad_credential'));
    }
  });

  it('[C2] refuses bytes that are none', () => {
    fc.assert(
      fc.property(anyBytes(0, 200), (bytes) => {
        expect(refusal(() => decodeCredential(bytes))).toBe('malformed');
      }),
    );
  });

  it('[C2] takes LiveKit identities of plain characters only', async () => {
    for (const livekitIdentity of ['', ' ', 'ada 1', 'ада', 'a'.repeat(65), 'a\u0000']) {
      const scope = { context, leafKey: random(32) };
      await expect(createCredential({ ...ada, livekitIdentity }, scope)).rejects.toBeInstanceOf(RangeError);
      const bytes = encodeCredential({ identity: random(32), livekitIdentity, signature: random(64) });
      expect(refusal(() => decodeCredential(bytes))).toBe('malformed');
    }
  });
});
