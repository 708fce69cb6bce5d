// G8–G14 against bytes that were made from docs/protocol.md without this code (crypto/vectors/aparte/history.mjs).
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes.ts';
import type { StoredInboxKey } from '../identity/index.ts';
import { deriveGroupKeys } from '../invite/index.ts';
import vectors from '../vectors/aparte/history.json' with { type: 'json' };
import { headOf, statementAfter } from './history/entry.ts';
import {
  encodeAction,
  encodeEntry,
  encodeState,
  foldHistory,
  genesisState,
  parseAction,
  parseEntry,
  parseState,
} from './history/index.ts';
import { memberMac, openRotation, openSeals } from './index.ts';
import { sealPreviousKeysWithNonce } from './seal-chain.ts';

const groupId = fromHex(vectors.groupId);
const begun = genesisState({ groupId, owner: fromHex(vectors.owner), nonce: fromHex(vectors.nonce) });
const entries = vectors.entries.map((row) => parseEntry(fromHex(row.entry)));
const { rotation } = vectors;
const secret = { groupId, version: 2, secret: fromHex(rotation.secret) };

describe('the independent history', () => {
  it('[G8] [G9] has these entries, statements and heads, one of every kind at least', () => {
    let { version, head } = begun;
    expect(toHex(head)).toBe(vectors.genesisHead);
    for (const [at, row] of vectors.entries.entries()) {
      const entry = entries[at]!;
      expect([entry.version, entry.atMs, toHex(entry.author), toHex(entry.action)]).toEqual([
        row.version,
        row.atMs,
        row.author,
        row.action,
      ]);
      expect(toHex(encodeEntry(entry))).toBe(row.entry);
      const action = parseAction(entry.action);
      expect([action.kind, toHex(encodeAction(action))]).toEqual([row.kind, row.action]);
      const statement = statementAfter({ groupId, version, head }, entry);
      expect(toHex(statement)).toBe(row.statement);
      ({ version } = entry);
      head = headOf(statement);
      expect(toHex(head)).toBe(row.head);
    }
    expect(new Set(vectors.entries.map(({ kind }) => kind)).size).toBe(12);
  });

  it('[G9] [G11] leads to this state', async () => {
    const state = await foldHistory(begun, entries);
    expect(toHex(encodeState(state))).toBe(vectors.state);
    expect(parseState(fromHex(vectors.state))).toEqual(state);
  });
});

describe('the independent rotation', () => {
  it('[G13] opens with the inbox key it was sealed to', async () => {
    const seed = concat(fromHex('302e020100300506032b656e04220420'), fromHex(rotation.inboxSeed));
    const privateKey = await crypto.subtle.importKey('pkcs8', seed, 'X25519', false, ['deriveBits']);
    const inboxKey: StoredInboxKey = { kind: 'native', publicKey: fromHex(rotation.inboxKey), privateKey };
    const state = await foldHistory(begun, entries);
    const own = { identity: fromHex(rotation.member), inboxKey };
    expect(await openRotation(state, own, fromHex(rotation.sealedSecret))).toEqual(secret);
  });

  it('[G12] has this carried MAC', () => {
    const fields = {
      groupId,
      secretVersion: 2,
      identity: fromHex(rotation.member),
      inboxKey: fromHex(rotation.inboxKey),
    };
    expect(toHex(memberMac(deriveGroupKeys(secret), fields))).toBe(rotation.carriedMac);
  });

  it('[G14] has these earlier keys', () => {
    const { seal, handshake, media } = rotation.firstKeys;
    const keys = { seal: fromHex(seal), handshake: fromHex(handshake), media: fromHex(media) };
    const given = { keys, nonce: fromHex(rotation.sealNonce) };
    expect(toHex(sealPreviousKeysWithNonce(secret, given))).toBe(rotation.previousSeal);
    const seals = openSeals(secret, new Map([[1, fromHex(rotation.previousSeal)]]));
    expect(seals.get(1)).toEqual(keys);
  });
});
