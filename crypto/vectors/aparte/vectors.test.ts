// The vectors beside this file: they are what their script makes, so that neither can drift from the other unseen; and the code
// makes them and takes them back, in their own place and in no other.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, type Bytes } from '../../bytes.ts';
import { deriveBaseKey } from '../../call/base-key.ts';
import { decodeCredential, encodeCredential, verifyCredential } from '../../call/credential.ts';
import { mlsGroupId } from '../../call/index.ts';
import {
  openEnvelope,
  sealEnvelopeWithNonce,
  type EnvelopeContext,
  type EnvelopeKind,
} from '../../invite/envelope.ts';
import { decodeInvite, encodeInvite } from '../../invite/index.ts';
import { callCode } from '../../safety/index.ts';
import { setNonce } from '../../sframe/frame.ts';
import {
  CONTEXTS,
  decodeHeader,
  decodeKid,
  deriveFrameKey,
  encodeKid,
  epochByteOf,
  importBaseKey,
  open,
  seal,
  type Context,
  type Source,
} from '../../sframe/index.ts';
import { mutations, refusal } from '../../test/fuzz.ts';
import call from './call.json' with { type: 'json' };
import group from './group.json' with { type: 'json' };
import media from './media.json' with { type: 'json' };
import safety from './safety.json' with { type: 'json' };
import sealed from './sealed.json' with { type: 'json' };

it('[I2] [G2] [G8] [E1] [K1] [A3] [S1] the vectors in the repository are those that make.mjs makes', () => {
  const script = fileURLToPath(new URL('make.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
});

describe('envelopes', () => {
  const [groupId, callId, key] = [sealed.groupId, sealed.callId, sealed.handshakeKey].map(fromHex) as [
    Bytes,
    Bytes,
    Bytes,
  ];
  const kinds: readonly EnvelopeKind[] = ['groupInfo', 'commit', 'joinRequest', 'welcome'];

  it('[E1] of every kind are there', () => {
    expect(new Set(sealed.envelopes.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });

  it.each(sealed.envelopes)('[E1] [E2] a $kind of generation $generation, epoch $epoch', (row) => {
    const kind = row.kind as EnvelopeKind;
    const context: EnvelopeContext = {
      groupId,
      callId,
      generation: row.generation,
      epoch: BigInt(row.epoch),
      kind,
    };
    const given = { message: fromHex(row.message), nonce: fromHex(row.nonce) };
    expect(toHex(sealEnvelopeWithNonce(key, context, given))).toBe(row.sealed);
    const opens = (other: Partial<EnvelopeContext>, with_ = key): Bytes =>
      openEnvelope(with_, { ...context, ...other }, fromHex(row.sealed));
    expect(toHex(opens({}))).toBe(row.message);
    const wrong: Partial<EnvelopeContext>[] = [
      ...kinds.filter((other) => other !== kind).map((other) => ({ kind: other })),
      { epoch: BigInt.asUintN(64, context.epoch + 1n) },
      { epoch: BigInt.asUintN(64, context.epoch - 1n) },
      { generation: (context.generation + 1) >>> 0 },
      { callId: groupId },
      { groupId: callId },
    ];
    for (const other of wrong)
      expect(
        refusal(() => opens(other)),
        JSON.stringify(Object.keys(other)),
      ).toBe('not_opened');
    expect(refusal(() => opens({}, fromHex(sealed.sealKey)))).toBe('not_opened');
  });
});

describe('a call', () => {
  it('[C1] has these MLS group ids', () => {
    for (const { generation, mlsGroupId: expected } of call.mlsGroupIds)
      expect(toHex(mlsGroupId({ callId: fromHex(call.callId), generation }))).toBe(expected);
  });

  it.each(call.credentials)('[C2] has this credential, for this leaf only', async (row) => {
    const fields = {
      identity: fromHex(row.identity),
      livekitIdentity: row.livekitIdentity,
      signature: fromHex(row.signature),
    };
    expect(toHex(encodeCredential(fields))).toBe(row.credential);
    const credential = decodeCredential(fromHex(row.credential));
    expect(credential).toEqual(fields);
    const [groupId, callId, leafKey] = [call.groupId, call.callId, row.leafKey].map(fromHex) as [
      Bytes,
      Bytes,
      Bytes,
    ];
    await expect(
      verifyCredential(credential, { context: { groupId, callId }, leafKey }),
    ).resolves.toBeUndefined();
    for (const scope of [
      { context: { groupId: callId, callId }, leafKey },
      { context: { groupId, callId: groupId }, leafKey },
      { context: { groupId, callId }, leafKey: fields.identity },
    ])
      await expect(verifyCredential(credential, scope)).rejects.toMatchObject({ code: 'bad_credential' });
  });
});

describe('media', () => {
  const frames = media.epochs.flatMap((epoch) =>
    epoch.frames.map((frame) => ({
      ...frame,
      ...epoch,
      name: `${frame.source} of leaf ${frame.leaf}, frame ${frame.counter}`,
    })),
  );

  it('[K1] has these base keys', () => {
    for (const { exported, baseKey } of media.epochs)
      expect(toHex(deriveBaseKey(fromHex(media.mediaKey), fromHex(exported)))).toBe(baseKey);
    expect(new Set(frames.map(({ context }) => context)).size).toBe(4);
  });

  it.each(frames)('[K2] [F1] in epoch $epoch the $name', async (row) => {
    const epochByte = epochByteOf(BigInt(row.epoch));
    const keyId = { context: CONTEXTS[row.source as Source] as Context, leaf: row.leaf, epochByte };
    expect([encodeKid(keyId), decodeKid(row.kid)]).toEqual([row.kid, keyId]);
    const base = await importBaseKey(fromHex(row.baseKey));
    const sealing = await deriveFrameKey(base, { kid: row.kid, usage: 'encrypt' });
    expect([toHex(sealing.salt), toHex(setNonce(sealing.salt, row.counter))]).toEqual([row.salt, row.nonce]);
    const parts = seal(sealing, { ctr: row.counter }, fromHex(row.plaintext));
    expect(toHex(concat(parts.header, new Uint8Array(await parts.body)))).toBe(row.sealed);

    const bytes = fromHex(row.sealed);
    const header = decodeHeader(bytes)!;
    expect(header).toEqual({ kid: row.kid, ctr: row.counter, length: row.header.length / 2 });
    const opens = async (kid: number, from = base, changed = bytes): Promise<string> => {
      const plaintext = await open(await deriveFrameKey(from, { kid, usage: 'decrypt' }), header, changed);
      return toHex(new Uint8Array(plaintext!));
    };
    expect(await opens(row.kid)).toBe(row.plaintext);
    const others = [
      { ...keyId, context: ((keyId.context + 1) % 4) as Context },
      { ...keyId, leaf: (keyId.leaf + 1) % 1024 },
      { ...keyId, epochByte: (epochByte + 1) % 256 },
    ];
    for (const other of others) await expect(opens(encodeKid(other))).rejects.toThrow();
    for (const { epoch, baseKey } of media.epochs.filter((one) => one.epoch !== row.epoch))
      await expect(opens(row.kid, await importBaseKey(fromHex(baseKey))), epoch).rejects.toThrow();
    for (const changed of mutations(bytes.slice(header.length)))
      if (changed.length >= 16)
        await expect(opens(row.kid, base, concat(bytes.slice(0, header.length), changed))).rejects.toThrow();
  });

  it('[K2] has these keys of a KID, by WebCrypto and by hand', async () => {
    for (const row of frames) {
      const { key } = await deriveFrameKey(await importBaseKey(fromHex(row.baseKey)), {
        kid: row.kid,
        usage: 'encrypt',
      });
      // The key cannot be read (K6): what it makes of one block is compared.
      const byHand = await crypto.subtle.importKey('raw', fromHex(row.key), 'AES-GCM', false, ['encrypt']);
      const block = (with_: CryptoKey) =>
        crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, with_, new Uint8Array(16));
      expect(toHex(new Uint8Array(await block(key)))).toBe(toHex(new Uint8Array(await block(byHand))));
    }
  });
});

it('[G3] an invite link is these characters, and means this', () => {
  for (const { version, secret, invite } of group.versions) {
    const meant = { groupId: fromHex(group.groupId), version, secret: fromHex(secret) };
    expect(encodeInvite(meant)).toBe(invite);
    expect(decodeInvite(invite)).toEqual(meant);
  }
});

it('[S4] an epoch has this call code', () => {
  for (const row of [safety, ...safety.callCodes])
    expect(callCode(fromHex(row.authenticator))).toBe(row.callCode);
});
