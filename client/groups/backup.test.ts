// B3, B4: a device that was lost comes back whole from its file, and a file that is not ours changes nothing.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url, utf8 } from '../../crypto/bytes.ts';
import { sealBackup } from '../../crypto/backup/index.ts';
import { identitySeedOf, inboxSeedOf } from '../../crypto/identity/index.ts';
import { forgeGroup, rawRecord } from '../testing/lies.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { agree, removal, TestPerson, World } from '../testing/world.ts';
import { backUp, restore } from './backup.ts';

const passphrase = 'three words and a number 7';
/** Cheap: how long a guess takes is not what is tested. */
const cost = { memoryKiB: 64, passes: 1, lanes: 1 };

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

test('[B3] [B4] who lost the browser is the same person again: groups, names, whom they verified, and calls', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  await ben.store.saveMyName('Ben');
  const adaId = toBase64url(ada.identity);
  await ben.verifications.set({ identity: adaId, name: 'Ada' }, id, { matches: true, atMs: 7 });
  const file = await backUp(ben.store, passphrase, { cost });

  const store = new MemoryStore();
  const fresh = await TestPerson.create('Ben', world, store);
  expect(fresh.identity).not.toEqual(ben.identity);
  expect(await restore(store, { file, passphrase })).toBe(true);

  const again = await TestPerson.create('Ben', world, store);
  world.people.push(again);
  await Promise.all([again.groups.load(), again.verifications.load()]);
  expect(again.identity).toEqual(ben.identity);
  expect(again.device.myName).toBe('Ben');
  expect(again.verifications.records.get(adaId)?.matches).toBe(true);
  expect(
    again.groups
      .get(id)
      ?.members.map(({ name }) => name)
      .sort(),
  ).toEqual(['Ada', 'Ben']);
  await again.groups.refresh(id);
  expect(again.groups.get(id)?.isFresh).toBe(true);
  await agree([await ada.enter(id), await again.enter(id)], 2);
});

test('[B4] [G13] what changed since the file was made is caught up with, a new secret too', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  const file = await backUp(ben.store, passphrase, { cost });
  await ada.groups.change(id, removal(cyd));
  const store = new MemoryStore();
  expect(await restore(store, { file, passphrase })).toBe(true);
  const again = await TestPerson.create('Ben', world, store);
  await again.groups.load();
  expect(again.groups.get(id)!.secret.version).toBe(1);
  await again.groups.refresh(id);
  const group = again.groups.get(id)!;
  expect(group.problem).toBeNull();
  expect(group.secret).toEqual(ada.groups.get(id)!.secret);
  expect(group.members.map(({ name }) => name).sort()).toEqual(['Ada', 'Ben']);
});

test('[B4] a device with groups is not written over, nor one whose passphrase or file is wrong', async () => {
  const { people } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const file = await backUp(ben.store, passphrase, { cost });
  const before = structuredClone(ada.store.device);
  expect(await restore(ada.store, { file, passphrase })).toBe(false);
  expect(ada.store.device).toEqual(before);

  const empty = new MemoryStore();
  const wrong = restore(empty, { file, passphrase: 'three words and a number 8' });
  await expect(wrong).rejects.toMatchObject({ code: 'not_opened' });
  const cut = restore(empty, { file: file.slice(0, -1), passphrase });
  await expect(cut).rejects.toMatchObject({ code: 'malformed' });
  const calledOff = restore(empty, { file, passphrase, signal: AbortSignal.abort(new Error('called off')) });
  await expect(calledOff).rejects.toThrow('called off');
  empty.isFull = true;
  await expect(restore(empty, { file, passphrase })).rejects.toMatchObject({ code: 'storage_full' });
  expect(empty.device).toBeNull();
});

test('[B4] contents of another shape or a later version are refused, though the passphrase is right', async () => {
  const seeds = { identity: { b64: 'A'.repeat(43) }, inboxKey: { b64: 'A'.repeat(43) } };
  const whole = { version: 1, ...seeds, myName: null, groups: [], verifications: [] };
  const attempts: [unknown, string][] = [
    [{ ...whole, version: 3 }, 'unsupported'],
    [{ ...whole, more: 1 }, 'malformed'],
    [{ ...whole, identity: { b64: 'AAAA' } }, 'malformed'],
    [{ ...whole, identity: 'A'.repeat(43) }, 'malformed'],
    [{ ...whole, groups: [{ id: 'x' }] }, 'malformed'],
    [{ ...whole, verifications: [{ identity: 7 }] }, 'malformed'],
    [null, 'malformed'],
    ['', 'malformed'],
  ];
  for (const [contents, code] of attempts) {
    const file = await sealBackup(passphrase, utf8(JSON.stringify(contents)), { cost });
    const store = new MemoryStore();
    await expect(restore(store, { file, passphrase })).rejects.toMatchObject({ code });
    expect(store.device).toBeNull();
  }
  const file = await sealBackup(passphrase, utf8('{'), { cost });
  await expect(restore(new MemoryStore(), { file, passphrase })).rejects.toMatchObject({ code: 'malformed' });
});

test('[B4] a group in it that does not verify is no group of mine', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [, ben] = people as [TestPerson, TestPerson];
  const forged = new MemoryStore();
  forged.device = ben.store.device;
  const stored = ben.store.groups.get(id)!;
  forged.groups.set(id, { ...stored, record: { ...stored.record, owner: ben.identity } });
  const file = await backUp(forged, passphrase, { cost });
  await expect(restore(new MemoryStore(), { file, passphrase })).rejects.toMatchObject({ code: 'malformed' });
});

test('[B3] [G18] a file of before profiles were signed brings its groups back, and a new one the profiles that stay in force', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const [identity, inboxKey] = await Promise.all([
    identitySeedOf(ben.store.device!.identity),
    inboxSeedOf(ben.store.device!.inboxKey),
  ]);
  const { face: _, profiles: __, proofs: _____, record, ...stored } = ben.store.groups.get(id)!;
  const { sealedFace: ___, ...rest } = record;
  const members = record.members.map(({ profile: ____, ...member }) => member);
  const old = {
    ...{ version: 1, identity, inboxKey, myName: 'Ben', verifications: [] },
    groups: [
      { ...stored, previousSeals: [...stored.previousSeals], record: { ...rest, members, call: null } },
    ],
  };
  const text = JSON.stringify(old, (_key, value: unknown) =>
    value instanceof Uint8Array ? { b64: toBase64url(value) } : value,
  );
  // What a device found good counts on that device alone: no file brings it.
  const proven = utf8(text.replace('"previousSeals"', '"proofs":{"b64":""},"previousSeals"'));
  const refused = await sealBackup(passphrase, proven, { cost });
  await expect(restore(new MemoryStore(), { file: refused, passphrase })).rejects.toMatchObject({
    code: 'malformed',
  });
  const store = new MemoryStore();
  const file = await sealBackup(passphrase, utf8(text), { cost });
  expect(await restore(store, { file, passphrase })).toBe(true);
  const again = await TestPerson.create('Ben', world, store);
  await again.groups.load();
  expect(
    again.groups
      .get(id)!
      .members.map(({ name }) => name)
      .sort(),
  ).toEqual(['Ada', 'Ben']);

  const before = await rawRecord(ben, id);
  await ada.looks.showMe(id, { name: 'Ada L.', face: { kind: 'emoji', emoji: '🌿', tone: 2 } });
  await ben.groups.refresh(id);
  forgeGroup(ben, () => before);
  await ben.groups.refresh(id);
  const moved = new MemoryStore();
  expect(await restore(moved, { file: await backUp(ben.store, passphrase, { cost }), passphrase })).toBe(
    true,
  );
  const { proofs: ______, ...kept } = ben.store.groups.get(id)!;
  expect(moved.groups.get(id)).toEqual({
    ...kept,
    record: { ...ben.store.groups.get(id)!.record, call: null },
  });
  const last = await TestPerson.create('Ben', world, moved);
  await last.groups.load();
  expect(
    last.groups
      .get(id)!
      .members.map(({ name }) => name)
      .sort(),
  ).toEqual(['Ada L.', 'Ben']);
});
