// G18: the latest profile that somebody signed counts, whatever the service and other members put in its place.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { profileHash, profileStatement, type Identity } from '../identity/index.ts';
import { deriveGroupKeys, sealFace, sealText, type Face } from '../invite/index.ts';
import { mutations } from '../test/fuzz.ts';
import { person } from '../test/people.ts';
import { groupAt, personNamed, rotatedBy, type Person, type RotatingGroup } from '../test/rotating.ts';
import { openSeals, signProfile, verifyMembers, type ListedMember, type ListedProfile } from './index.ts';
import { nameOf } from './entries.ts';

const [ada, ben, mal] = (await Promise.all(
  ['Ada', 'Ben', 'Mal'].map(async (name) => personNamed(name, await person())),
)) as [Person, Person, Person];
const group = await groupAt(ada, ben, mal);
const fern: Face = { kind: 'emoji', emoji: '🌿', tone: 2 };

function sign(
  name: string,
  revision: number,
  given: { face?: Face; as?: Identity; in?: RotatingGroup } = {},
) {
  const { face = fern, as = ben.identity, in: of = group } = given;
  const { groupId, version: secretVersion } = of.secret;
  return signProfile(
    as,
    { groupId, secretVersion, keys: deriveGroupKeys(of.secret) },
    { name, face, revision },
  );
}

/** What counts of Ben where the service tells `told` and the device knows `known`. */
async function benBy(told: ListedProfile, known: ListedProfile | null = null, of = group) {
  const mine = nameOf({ identity: ben.identity.publicKey });
  const list = of.list.map((one): ListedMember => (nameOf(one) === mine ? { ...one, ...told } : one));
  const { state, secret, previousSeals } = of;
  const verdict = await verifyMembers(list, {
    ...{ state, secret, seals: openSeals(secret, previousSeals) },
    known: new Map(known === null ? [] : [[mine, known]]),
  });
  const member = verdict.members.find((one) => nameOf(one) === mine);
  return {
    shown: member && [member.name, member.revision, member.face.kind],
    refused: [...verdict.refused, ...verdict.refusedProfiles].map(({ code }) => code),
    others: verdict.members.length - Number(member !== undefined),
  };
}

const second = await sign('Benno', 2);
const third = await sign('Ben the third', 3);

describe('a profile', () => {
  it('[G18] is taken where it is later, or the known one', async () => {
    expect(await benBy(second)).toEqual({ shown: ['Benno', 2, 'emoji'], refused: [], others: 2 });
    expect(await benBy(second, second)).toMatchObject({ shown: ['Benno', 2, 'emoji'], refused: [] });
    expect(await benBy(third, second)).toMatchObject({ shown: ['Ben the third', 3, 'emoji'], refused: [] });
  });

  it('[G18] that is older is refused by name, and the known one stays', async () => {
    expect(await benBy(second, third)).toEqual({
      shown: ['Ben the third', 3, 'emoji'],
      refused: ['wrong_version'],
      others: 2,
    });
  });

  it('[G18] of the known revision and other bytes is refused: whoever signed two shows two', async () => {
    for (const other of [await sign('Benno', 2), await sign('Another', 2)])
      expect(await benBy(other, second)).toMatchObject({
        shown: ['Benno', 2, 'emoji'],
        refused: ['wrong_version'],
      });
  });

  it('[G18] that nobody signed counts for nothing beside a signed one, and for a name where none is known', async () => {
    const unsigned: ListedProfile = { ...second, profile: null };
    expect(await benBy(unsigned)).toMatchObject({ shown: ['Benno', 0, 'initials'], refused: [] });
    expect(await benBy(unsigned, third)).toMatchObject({
      shown: ['Ben the third', 3, 'emoji'],
      refused: ['wrong_version'],
    });
    expect(await benBy(third, unsigned)).toMatchObject({ shown: ['Ben the third', 3, 'emoji'], refused: [] });
  });

  it('[G18] that another member made, with every key of the group, is refused', async () => {
    const { groupId, version } = group.secret;
    const keys = deriveGroupKeys(group.secret);
    const subject = ben.identity.publicKey;
    const sealedName = sealText(keys, { groupId, what: 'memberName', subject }, 'A fool');
    const sealedFace = sealFace(keys, { groupId, what: 'memberFace', subject }, fern);
    const hash = profileHash(sealedName, sealedFace);
    const statement = { groupId, identity: subject, revision: 9, secretVersion: version, hash };
    const signature = await mal.identity.sign(profileStatement(statement));
    const forged = { sealedName, nameVersion: version, profile: { revision: 9, sealedFace, signature } };
    expect(await benBy(forged, second)).toEqual({
      shown: ['Benno', 2, 'emoji'],
      refused: ['bad_signature'],
      others: 2,
    });
    expect(await benBy(forged)).toEqual({ shown: undefined, refused: ['bad_signature'], others: 2 });
    // Ben's own signature does not cover another name, face, revision or version.
    const mixed: ListedProfile[] = [
      { ...second, sealedName },
      { ...second, profile: { ...second.profile, sealedFace } },
      { ...second, profile: { ...second.profile, revision: 9 } },
      { ...second, sealedName: third.sealedName },
    ];
    for (const one of mixed)
      expect(await benBy(one, third)).toMatchObject({ shown: ['Ben the third', 3, 'emoji'] });
    for (const one of mixed) expect((await benBy(one)).refused).toEqual(['bad_signature']);
  });

  it('[G18] with any bit changed leaves the known one, and everybody else as they are', async () => {
    for (const field of ['signature', 'sealedFace'] as const)
      // Every fifth of them: each is a list to verify.
      for (const bytes of [...mutations(third.profile[field])].filter((_, at) => at % 5 === 0)) {
        const spoilt = { ...third, profile: { ...third.profile, [field]: bytes } };
        const verdict = await benBy(spoilt, second);
        expect(verdict).toMatchObject({ shown: ['Benno', 2, 'emoji'], others: 2 });
        expect(verdict.refused).toHaveLength(1);
      }
    for (const revision of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
      const spoilt = { ...third, profile: { ...third.profile, revision } };
      expect((await benBy(spoilt)).refused).toEqual(['malformed']);
    }
  });

  it('[G18] of another group does not count here', async () => {
    const elsewhere = await groupAt(ada, ben);
    const { refused } = await benBy(await sign('Benno', 5, { in: elsewhere }));
    expect(refused).toEqual(['not_opened']);
  });

  it('[G14] [G18] opens under a later secret, known or told', async () => {
    const rotated = await rotatedBy(ada.identity, group);
    expect(await benBy(second, null, rotated)).toMatchObject({ shown: ['Benno', 2, 'emoji'], refused: [] });
    expect(await benBy(second, third, rotated)).toMatchObject({ shown: ['Ben the third', 3, 'emoji'] });
    const later = await sign('Of now', 4, { in: rotated });
    expect(await benBy(later, third, rotated)).toMatchObject({ shown: ['Of now', 4, 'emoji'], refused: [] });
    // Its version is signed, too.
    expect((await benBy({ ...later, nameVersion: 1 }, third, rotated)).refused).toEqual(['not_opened']);
  });

  it('[G20] may show a picture, by its hash and key', async () => {
    const face: Face = { kind: 'picture', hash: random(32), key: random(32) };
    expect(await benBy(await sign('Benno', 2, { face }))).toMatchObject({ shown: ['Benno', 2, 'picture'] });
  });
});
