// G17 on real devices and the real service: the owner deletes a group; the others read that it was the owner, and nobody else's word counts.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromBase64url, random, toBase64url } from '../../crypto/bytes.ts';
import { signDeletion } from '../../crypto/group/index.ts';
import { removal, TestPerson, World } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const problem = (person: TestPerson, id: string) => person.groups.get(id)!.problem;
/** As after the event `gone`, or on coming back. */
const look = async (person: TestPerson, id: string) => {
  await person.groups.refresh(id);
  return problem(person, id);
};
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await again.groups.load();
  return again;
};

test('[G17] the owner deletes: here it is forgotten, the others read whose word it was, also who was away, and can forget it', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  const call = await ben.enter(id);
  cyd.line.isDown = true;
  await ada.groups.change(id, { kind: 'role', identity: ben.identity, role: 'admin' });
  await expect(ben.groups.delete(id)).rejects.toMatchObject({ code: 'not_allowed' });
  // Ben changes something at the same moment: what was signed over is not the end of the history any more.
  await ben.groups.refresh(id);
  await ben.groups.change(id, { kind: 'role', identity: cyd.identity, role: 'listener' });
  ada.line.losesAnswer = ({ method, path }) => method === 'DELETE' && path.endsWith(id);
  await expect(ada.groups.delete(id)).rejects.toMatchObject({ code: 'offline' });
  ada.line.losesAnswer = () => false;
  await ada.groups.delete(id);
  expect([ada.groups.all, ada.store.groups.size]).toEqual([[], 0]);

  ben.groups.onGone(fromBase64url(id));
  await expect.poll(() => problem(ben, id)).toBe('group_deleted');
  await call.until(() => call.end !== null, 'the call is over');
  expect(await look(cyd, id)).toBeNull();
  const back = await reload(cyd);
  expect(await look(back, id)).toBe('group_deleted');
  await back.groups.leave(id);
  await ben.groups.leave(id);
  expect([back.groups.all, ben.groups.all]).toEqual([[], []]);
});

test('[G17] a service that says so by itself, with no word or a forged one, is told from the owner; so is being taken out', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const { state } = ben.groups.get(id)!;
  const word = (by: object) =>
    Object.fromEntries(
      Object.entries(by).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? toBase64url(value as Uint8Array<ArrayBuffer>) : value,
      ]),
    );
  const genuine = await signDeletion(ada.device.identity, state);
  const mals = await signDeletion(mal.device.identity, { ...state, owner: mal.identity });
  const gone = (): Response =>
    Response.json({ error: { code: 'group_not_found', message: '' } }, { status: 404 });
  for (const shown of [
    null,
    mals,
    { ...genuine, signature: random(64) },
    { ...mals, author: ada.identity },
  ]) {
    ben.line.answers = ({ path }) =>
      !path.startsWith('/api/groups/')
        ? null
        : path.endsWith('/deletion') && shown
          ? Response.json({ deletion: word(shown) })
          : gone();
    expect(await look(ben, id)).toBe('group_gone');
  }
  // The true one, and the group comes back: the device still says what it is told.
  ben.line.answers = ({ path }) =>
    !path.startsWith('/api/groups/')
      ? null
      : path.endsWith('/deletion')
        ? Response.json({ deletion: word(genuine) })
        : gone();
  expect(await look(ben, id)).toBe('group_deleted');
  ben.line.answers = () => null;
  expect(await look(ben, id)).toBeNull();

  await ada.groups.change(id, removal(mal));
  mal.groups.onGone(fromBase64url(id));
  await expect.poll(() => problem(mal, id)).toBe('group_gone');
});

test('[G17] an owner who is alone and leaves has deleted it; who waits at its door reads that there is nothing', async () => {
  const { people, id } = await world.group('Ada');
  const [ada] = people as [TestPerson];
  await ada.groups.change(id, { kind: 'policy', change: { admission: 'approval' } });
  const cyd = await world.person('Cyd');
  await cyd.knocking.join(ada.groups.get(id)!.secret, { myName: 'Cyd', groupName: 'The rehearsal' });
  await ada.groups.leave(id);
  const rows = await world.harness.testStore.run(
    'select group_id from groups union all select group_id from members',
  );
  expect([rows, ada.groups.all]).toEqual([[], []]);
  await cyd.knocking.refreshAll();
  expect(cyd.knocking.all.map(({ state }) => state)).toEqual(['gone']);
});
