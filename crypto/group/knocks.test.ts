// G15: which knock is shown to an admin. Whoever has a link can knock, and the service can show what it likes.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { createGroupSecret } from '../invite/index.ts';
import { about, comeback, departure, grow, policy, removal } from '../test/history.ts';
import { person } from '../test/people.ts';
import { groupAt, listed, personNamed, rotatedBy, verified, type Person } from '../test/rotating.ts';
import { verifyKnocks, type ListedMember } from './index.ts';

const [ada, ben, mal] = (await Promise.all(
  ['Ada', 'Ben', 'Mal'].map(async (name) => personNamed(name, await person())),
)) as [Person, Person, Person];
const open = await groupAt(ada, ben);
const closed = {
  ...open,
  ...(await grow(open.state, [
    ada.identity,
    policy({ admission: 'approval' }, [ada.identity, ben.identity]),
  ])),
};
const codes = async (list: readonly ListedMember[], at: Pick<typeof open, 'state' | 'secret'> = closed) => {
  const { members, refused } = await verifyKnocks(list, at);
  return [...members.map(({ name }) => name), ...refused.map(({ code }) => code)];
};

describe('verifyKnocks', () => {
  it('[G15] takes who has the link of now, whom nobody has admitted: members still refuse them', async () => {
    const knock = await listed(closed.secret, mal);
    expect(await codes([knock])).toEqual(['Mal']);
    const inside = await verified({ ...closed, list: [...closed.list, knock] });
    expect(inside.refused.map(({ code }) => code)).toEqual(['not_member']);
    const { state } = await grow(closed.state, [ada.identity, about('admission', mal.identity)]);
    const admitted = await verified({ ...closed, state, list: [...closed.list, knock] });
    expect(admitted.members.map(({ name }) => name)).toEqual(['Ada', 'Ben', 'Mal']);
  });

  it('[G15] refuses what was made without the secret, under another name or key, or is not signed by its identity', async () => {
    const knock = await listed(closed.secret, mal);
    const other = await listed(closed.secret, ben);
    const wrong: readonly (readonly [ListedMember, string])[] = [
      [await listed(createGroupSecret(closed.state.groupId), mal), 'bad_mac'],
      [{ ...knock, mac: random(32) }, 'bad_mac'],
      [{ ...knock, inboxKey: other.inboxKey }, 'bad_mac'],
      [{ ...knock, signature: other.signature }, 'bad_signature'],
      [{ ...knock, sealedName: other.sealedName }, 'not_opened'],
      [{ ...knock, inboxKey: new Uint8Array(32) }, 'malformed'],
    ];
    for (const [one, code] of wrong) expect(await codes([one])).toEqual([code]);
  });

  it('[G15] refuses a knock by an earlier link, carried MAC or not, and of who is gone under this one', async () => {
    const knock = await listed(closed.secret, mal);
    const next = await rotatedBy(ada.identity, closed);
    expect(await codes([knock, { ...knock, carriedMac: knock.mac }], next)).toEqual(['bad_mac', 'bad_mac']);
    const { state } = await grow(closed.state, [ben.identity, departure]);
    const again = await listed(closed.secret, ben);
    expect(await codes([again], { ...closed, state })).toEqual(['removed']);
    const back = await grow(state, [ben.identity, comeback]);
    expect(await codes([again], { ...closed, state: back.state })).toEqual(['Ben']);
    const banned = await grow(closed.state, [ada.identity, removal(mal.identity, true)]);
    expect(await codes([knock], { ...closed, state: banned.state })).toEqual(['removed']);
  });
});
