// G11: what a device keeps, and what it makes of a service that tells it another story.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, random, toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { anyBytes, mutations, refusal } from '../../test/fuzz.ts';
import {
  about,
  departure,
  forge,
  genesisOf,
  grow,
  policy,
  refusalOf,
  removal,
  role,
  rotation,
  speaker,
} from '../../test/history.ts';
import { person } from '../../test/people.ts';
import { attempts, historyOf } from '../../test/random-history.ts';
import {
  encodeState,
  foldHistory,
  genesisState,
  judgeHistory,
  parseState,
  type GroupState,
} from './index.ts';

const people = await Promise.all(Array.from({ length: 6 }, person));
const [ada, ben, cyd, dan] = people as [
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
];
const genesis = genesisOf(ada);
const begun = genesisState(genesis);
const { state: kept, entries } = await grow(
  begun,
  [ada, role(ben, 'admin')],
  [ben, removal(cyd, true)],
  [ben, rotation(2)],
  [dan, departure],
);

describe('a service whose history does not go on from what is known', () => {
  it('[G11] forks it: everybody signed, and it is another one', async () => {
    const other = await forge(
      await foldHistory(begun, entries.slice(0, 1)),
      [ben, policy()],
      [ben, rotation(2)],
      [ada, rotation(3)],
    );
    const fork = [...entries.slice(0, 1), ...other];
    const verdict = await judgeHistory(kept, genesis, fork);
    expect(verdict).toMatchObject({ kind: 'forked', state: { version: 4 } });
    const longer = [...fork, ...(await forge(await foldHistory(begun, fork), [ada, rotation(4)]))];
    expect(await refusalOf(foldHistory(kept, longer.slice(kept.version)))).toBe('bad_signature');
    expect(await judgeHistory(kept, genesis, longer)).toMatchObject({
      kind: 'forked',
      state: { version: 5 },
    });
  });

  it('[G11] rolls it back: the removal is not in it', async () => {
    for (const length of [0, 1, 3]) {
      expect(await judgeHistory(kept, genesis, entries.slice(0, length))).toEqual({
        kind: 'rolled_back',
        version: length,
      });
    }
  });

  it('[G11] forges it', async () => {
    const bad = await forge(kept, [cyd, rotation(3)]);
    expect(await judgeHistory(kept, genesis, [...entries, ...bad])).toEqual({
      kind: 'forged',
      code: 'not_allowed',
    });
    const unsigned = entries.map((entry) => ({ ...entry, signature: random(64) }));
    expect(await judgeHistory(kept, genesis, unsigned)).toEqual({ kind: 'forged', code: 'bad_signature' });
    expect(await judgeHistory(kept, { ...genesis, owner: ben.publicKey }, entries)).toEqual({
      kind: 'forged',
      code: 'wrong_group',
    });
    const foreign = genesisOf(ada);
    expect(await judgeHistory(kept, foreign, [])).toEqual({ kind: 'forged', code: 'wrong_group' });
  });

  it('[G11] goes on after all, once it is right again', async () => {
    const more = await grow(kept, [ben, rotation(3)]);
    const verdict = await judgeHistory(kept, genesis, [...entries, ...more.entries]);
    expect(verdict).toEqual({ kind: 'continues', state: more.state });
    expect(await judgeHistory(kept, genesis, entries)).toEqual({ kind: 'continues', state: kept });
  });
});

/** Reads bytes as a state, which must then be the one that has these bytes. True if they are one. */
function readsInOneWay(bytes: Bytes): boolean {
  let state: GroupState;
  try {
    state = parseState(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return false;
  }
  expect(toHex(encodeState(state))).toBe(toHex(bytes));
  return true;
}

describe('a state as bytes', () => {
  it('[G11] is read back wherever a history leads', async () => {
    await fc.assert(
      fc.asyncProperty(attempts(people.length, 40), async (given) => {
        const { states } = await historyOf(begun, people, given);
        for (const state of states) expect(parseState(encodeState(state))).toEqual(state);
      }),
      { numRuns: 40 },
    );
  });

  it('[G11] has one encoding only, whatever is changed in it', async () => {
    const { state } = await grow(
      kept,
      [ada, policy({ admission: 'approval', speaking: 'listen' }, [ada, ben])],
      [ben, speaker(random(16), ben)],
    );
    const named = { ...state, profile: random(32) };
    for (const bytes of mutations(encodeState(named))) readsInOneWay(bytes);
    for (const bytes of mutations(encodeState(state))) readsInOneWay(bytes);
    for (let length = 0; length < encodeState(state).length; length++) {
      expect(readsInOneWay(encodeState(state).slice(0, length))).toBe(false);
    }
    fc.assert(
      fc.property(anyBytes(0, 200), (bytes) => void readsInOneWay(bytes)),
      { numRuns: 2000 },
    );
  });

  it('[G11] may have an owner who was removed once and came back', async () => {
    const { state } = await grow(
      kept,
      [ada, removal(dan)],
      [ada, rotation(3)],
      [ada, about('handover', dan)],
    );
    expect(parseState(encodeState(state))).toEqual(state);
  });

  it('[G11] names everybody in ascending order, each once', async () => {
    const { state } = await grow(kept, [ada, policy({ admission: 'approval' }, people.slice(4))]);
    const text = toHex(encodeState(state));
    const [low, high] = [...state.admitted].sort() as [string, string];
    expect(text.split(low + high)).toHaveLength(2);
    for (const wrong of [high + low, low + low]) {
      expect(refusal(() => parseState(fromHex(text.replace(low + high, wrong))))).toBe('malformed');
    }
  });

  it('[G11] that no history leads to is refused', () => {
    const name = toHex(ben.publicKey);
    const gone = { cause: 'left', secretVersion: 1, version: 1 } as const;
    const wrong: Partial<GroupState>[] = [
      { secretVersion: 0 },
      { secretVersion: 1 },
      { secretVersion: 6 },
      { doorHash: null },
      { roles: new Map([[toHex(ada.publicKey), 'admin']]) },
      { roles: new Map([[name, 'member']]) },
      { roles: new Map([[toHex(cyd.publicKey), 'admin']]) },
      { admitted: new Set([name]) },
      { policy: { ...kept.policy, admission: 'approval' }, admitted: new Set([toHex(cyd.publicKey)]) },
      { gone: new Map([[toHex(ada.publicKey), { ...gone, secretVersion: 2 }]]) },
      { gone: new Map([[name, { ...gone, secretVersion: 3 }]]) },
      { gone: new Map([[name, { ...gone, secretVersion: 0 }]]) },
      { gone: new Map([[name, { ...gone, version: 5 }]]) },
      { gone: new Map([[name, { ...gone, version: 0 }]]) },
    ];
    const beginning = { ...begun, profile: random(32) };
    expect(refusal(() => parseState(encodeState(beginning)))).toBe('malformed');
    expect(parseState(encodeState(kept))).toEqual(kept);
    for (const given of wrong) {
      expect(
        refusal(() => parseState(encodeState({ ...kept, ...given }))),
        JSON.stringify(given),
      ).toBe('malformed');
    }
  });
});
