// G18–G20 on the real service: names and faces reach everybody, and neither the service nor another member can put others, or older ones,
// in their place unseen.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url } from '../../crypto/bytes.ts';
import type { Face } from '../../crypto/invite/index.ts';
import { endLies, forgeGroup, rawRecord, type RawRecord } from '../testing/lies.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { removal, TestPerson, World } from '../testing/world.ts';
import { backUp, restore } from './backup.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const fern = { kind: 'emoji', emoji: '🌿', tone: 2 } as const;
const bytes = random(3000);
const picture = { kind: 'picture', bytes } as const;
const group = (by: TestPerson, id: string) => by.groups.get(id)!;
const sees = (by: TestPerson, id: string, whom: TestPerson) => {
  const member = group(by, id).members.find(({ identity }) => identity.join() === whom.identity.join());
  return member && ([member.name, member.face] as const);
};
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await again.groups.load();
  return again;
};
const open = (by: TestPerson, id: string, face: Face) =>
  face.kind === 'picture' ? by.looks.pictures.open(group(by, id), face) : Promise.resolve(null);

/** The record with one member's entry changed. */
function withEntry(record: RawRecord, of: TestPerson, change: (entry: Record<string, unknown>) => object) {
  const members = record.members.map((entry) =>
    entry['identity'] === toBase64url(of.identity) ? change(entry) : entry,
  );
  return { ...record, members };
}

test('[G18] a new name and face reach everybody, in this group and no other, and stay through a reload', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const other = await ada.groups.create('Ada', 'Elsewhere');
  await ada.looks.showMe(id, { name: 'Ada L.', face: fern });
  await ben.groups.refresh(id);
  for (const person of [ada, ben, await reload(ben)]) {
    expect(sees(person, id, ada)).toEqual(['Ada L.', fern]);
    expect(group(person, id).problem).toBeNull();
  }
  expect(sees(ada, other.id, ada)).toEqual(['Ada', { kind: 'initials' }]);
  // A new name leaves the face, and the other way round.
  await ada.looks.showMe(id, { name: 'Ada', face: { kind: 'keep' } });
  await ben.groups.refresh(id);
  expect(sees(ben, id, ada)).toEqual(['Ada', fern]);
  await expect(ada.looks.showMe(id, { name: ' ', face: fern })).rejects.toThrow(RangeError);
});

test('[G20] a picture is asked for once, kept sealed, and gone from the device with who shows it or with the group', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  await ada.looks.showMe(id, { name: 'Ada', face: picture });
  await ben.groups.refresh(id);
  const [, face] = sees(ben, id, ada)!;
  const asked = () => ben.line.sent.filter(({ path }) => path.includes('/pictures/')).length;
  expect(await Promise.all([open(ben, id, face), open(ben, id, face)])).toEqual([bytes, bytes]);
  expect(await open(ben, id, face)).toEqual(bytes);
  expect(asked()).toBe(1);
  const [kept] = [...ben.store.pictures.values()];
  expect(kept!.sealed.join()).not.toContain(bytes.join());
  const again = await reload(ben);
  again.line.isDown = true;
  expect(await open(again, id, face)).toEqual(bytes);
  // My own need not be asked for, and the one before it goes.
  expect(await open(ada, id, face)).toEqual(bytes);
  expect(ada.line.sent.some(({ path }) => path.includes('/pictures/'))).toBe(false);
  await ada.looks.showMe(id, { name: 'Ada', face: { kind: 'picture', bytes: random(100) } });
  expect(ada.store.pictures.size).toBe(1);
  await ada.looks.showMe(id, { name: 'Ada', face: fern });
  expect(ada.store.pictures.size).toBe(0);
  await ben.groups.leave(id);
  expect(ben.store.pictures.size).toBe(0);
});

test('[G20] a picture that does not come, or is another one, is no picture; later it may be', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  await ada.looks.showMe(id, { name: 'Ada', face: picture });
  await mal.looks.showMe(id, { name: 'Mal', face: { kind: 'picture', bytes: random(50) } });
  await ben.groups.refresh(id);
  const [[, face], [, other]] = [sees(ben, id, ada)!, sees(ben, id, mal)!];
  const hashOf = (of: Face): string => (of.kind === 'picture' ? toBase64url(of.hash) : '');
  const theirs = await ben.service.picture(
    group(ben, id).secret.groupId,
    (other as { hash: typeof bytes }).hash,
  );
  ben.line.forge = (path, body) =>
    path.endsWith(hashOf(face)) ? JSON.stringify({ picture: toBase64url(theirs) }) : body;
  expect(await open(ben, id, face)).toBeNull();
  expect(ben.store.pictures.size).toBe(0);
  ben.line.isDown = true;
  expect(await open(ben, id, face)).toBeNull();
  ben.line.isDown = false;
  endLies(ben);
  ben.store.isFull = true;
  expect(await open(ben, id, face)).toEqual(bytes);
  ben.store.isFull = false;
  // What was spoilt on the device is asked for again.
  await ben.store.savePicture({ hash: hashOf(face), groupId: id, sealed: theirs });
  expect(await open(ben, id, face)).toEqual(bytes);
});

test('[G18] an older profile, or one that its member did not sign, is said; the known one stays, through a reload and an absence', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const before = await rawRecord(ben, id);
  await ada.looks.showMe(id, { name: 'Ada L.', face: fern });
  await mal.looks.showMe(id, { name: 'Ada', face: fern });
  await ben.groups.refresh(id);
  const old = before.members.find((entry) => entry['identity'] === toBase64url(ada.identity))!;
  const theirs = (await rawRecord(ben, id)).members.find(
    (entry) => entry['identity'] === toBase64url(mal.identity),
  )!;
  const lies: ((entry: Record<string, unknown>) => object)[] = [
    () => old,
    (entry) => ({ ...entry, sealedName: old['sealedName'] }),
    (entry) => ({ ...entry, profile: theirs['profile'] }),
    (entry) => ({ ...entry, sealedName: theirs['sealedName'], profile: theirs['profile'] }),
    (entry) => ({ ...entry, profile: null }),
    (entry) => ({ ...entry, sealedName: old['sealedName'], profile: null }),
  ];
  const stays = async (person: TestPerson, lie: (typeof lies)[number]): Promise<void> => {
    forgeGroup(person, (record) => withEntry(record, ada, lie));
    await person.groups.refresh(id);
    expect(sees(person, id, ada)).toEqual(['Ada L.', fern]);
    expect(group(person, id)).toMatchObject({ problem: 'profile_refused', isFresh: true });
    expect(group(person, id).members).toHaveLength(3);
  };
  for (const lie of lies) await stays(ben, lie);
  const again = await reload(ben);
  expect(sees(again, id, ada)).toEqual(['Ada L.', fern]);
  for (const lie of lies.slice(0, 2)) await stays(again, lie);
  // Left out of the list for a while, she comes back as who she was.
  forgeGroup(again, (record) => ({
    ...record,
    members: record.members.filter((one) => one['identity'] !== old['identity']),
  }));
  await again.groups.refresh(id);
  expect(sees(again, id, ada)).toBeUndefined();
  const last = await reload(again);
  await stays(last, () => old);
  endLies(last);
  await last.groups.refresh(id);
  expect(group(last, id).problem).toBeNull();
});

test('[G18] what somebody puts under the name of another with a wrong signature does not block that one’s next profile', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const high = {
    revision: 0xffff_ffff,
    sealedFace: toBase64url(random(106)),
    signature: toBase64url(random(64)),
  };
  forgeGroup(ben, (record) => {
    const mine = record.members.find((entry) => entry['identity'] === toBase64url(ada.identity))!;
    return { ...record, members: [...record.members, { ...mine, profile: high }] };
  });
  await ben.groups.refresh(id);
  endLies(ben);
  await ada.looks.showMe(id, { name: 'Ada L.', face: fern });
  await ben.groups.refresh(id);
  expect(sees(ben, id, ada)).toEqual(['Ada L.', fern]);
  expect(group(ben, id).problem).toBeNull();
});

test('[G18] two devices of one backup: the second goes on after the first, whatever their clocks say', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const passphrase = 'three words and a number 7';
  const store = new MemoryStore();
  const cost = { memoryKiB: 64, passes: 1, lanes: 1 };
  expect(await restore(store, { file: await backUp(ben.store, passphrase, { cost }), passphrase })).toBe(
    true,
  );
  const twin = await TestPerson.create('Ben', world, store);
  await twin.groups.load();
  await twin.groups.refresh(id);
  for (const name of ['One', 'Two', 'Three']) await ben.looks.showMe(id, { name, face: fern });
  await twin.looks.showMe(id, { name: 'Four', face: { kind: 'initials' } });
  await Promise.all([ada, ben].map((person) => person.groups.refresh(id)));
  for (const person of [ada, ben, twin]) {
    expect(sees(person, id, ben)).toEqual(['Four', { kind: 'initials' }]);
    expect(group(person, id).problem).toBeNull();
  }
});

test('[G14] [G18] a profile of before a new link still opens, for who was there and for who comes', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  await ben.looks.showMe(id, { name: 'Benno', face: picture });
  await ada.groups.refresh(id);
  await ada.groups.change(id, removal(mal));
  const dan = await world.person('Dan');
  await dan.groups.join(group(ada, id).secret, 'Dan');
  for (const person of [ada, dan]) {
    const [name, face] = sees(person, id, ben)!;
    expect(name).toBe('Benno');
    expect(await open(person, id, face)).toEqual(bytes);
  }
});

test('[G19] the group’s name and face are its owner’s and admins’ to change, reach everybody, and show behind the link', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  await expect(ben.looks.showGroup(id, { name: 'Mine', face: fern })).rejects.toMatchObject({
    code: 'not_allowed',
  });
  await ada.groups.change(id, { kind: 'role', identity: ben.identity, role: 'admin' });
  await ben.groups.refresh(id);
  await ben.looks.showGroup(id, { name: 'The quartet', face: picture });
  const dan = await world.person('Dan');
  const preview = await dan.groups.preview(group(ben, id).secret);
  expect(preview).toMatchObject({ groupName: 'The quartet', picture: bytes });
  for (const person of [ada, cyd, await reload(ben)]) {
    await person.groups.refresh(id);
    expect(group(person, id)).toMatchObject({ name: 'The quartet', problem: null });
    expect(await open(person, id, group(person, id).face)).toEqual(bytes);
  }
  // The same again is no change.
  const { version } = group(ben, id).state;
  await ben.looks.showGroup(id, { name: 'The quartet', face: { kind: 'keep' } });
  expect(group(ben, id).state.version).toBe(version);
});

test('[G13] [G19] after a new link the name and face are still signed, and who has it sees them before joining', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  await ada.looks.showGroup(id, { name: 'The quartet', face: picture });
  await ada.groups.change(id, removal(mal));
  await ada.groups.change(id, { kind: 'newLink', after: 2 });
  const dan = await world.person('Dan');
  expect(await dan.groups.preview(group(ada, id).secret)).toMatchObject({
    groupName: 'The quartet',
    picture: bytes,
  });
  await dan.groups.join(group(ada, id).secret, 'Dan');
  await ben.groups.refresh(id);
  for (const person of [ada, ben, dan]) {
    expect(group(person, id)).toMatchObject({ name: 'The quartet', problem: null });
    expect(await open(person, id, group(person, id).face)).toEqual(bytes);
  }
});

test('[G19] another name of the group than the history’s, or an older one, is said, and the known one stays', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  await ada.looks.showGroup(id, { name: 'First', face: fern });
  const first = await rawRecord(ben, id);
  await ada.looks.showGroup(id, { name: 'Second', face: { kind: 'initials' } });
  await ben.groups.refresh(id);
  const lies: ((record: RawRecord) => object)[] = [
    (record) => ({ ...record, sealedName: first['sealedName'], sealedFace: first['sealedFace'] }),
    (record) => ({ ...record, sealedName: first['sealedName'] }),
    (record) => ({ ...record, sealedFace: first['sealedFace'] }),
    (record) => ({ ...record, sealedFace: null }),
    (record) => ({ ...record, nameVersion: 7 }),
  ];
  const stays = async (person: TestPerson, lie: (typeof lies)[number]): Promise<void> => {
    forgeGroup(person, lie);
    await person.groups.refresh(id);
    const { name, face, problem } = group(person, id);
    expect([name, face, problem]).toEqual(['Second', { kind: 'initials' }, 'profile_refused']);
  };
  for (const lie of lies) await stays(ben, lie);
  const again = await reload(ben);
  for (const lie of lies) await stays(again, lie);
  // A record of before, history and all, is the roll-back that it always was.
  forgeGroup(again, () => first);
  await again.groups.refresh(id);
  expect(group(again, id)).toMatchObject({ name: 'Second', problem: 'group_rolled_back' });
  // Who knows nothing else yet is not shown it.
  const dan = await world.person('Dan');
  const { secret } = group(ada, id);
  dan.line.forge = (path, body) =>
    path.endsWith('/members')
      ? JSON.stringify({
          ...(JSON.parse(body) as object),
          sealedName: first['sealedName'],
          sealedFace: first['sealedFace'],
        })
      : body;
  await expect(dan.groups.join(secret, 'Dan')).rejects.toMatchObject({ code: 'group_refused' });
});
