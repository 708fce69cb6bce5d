// Random lives of a group in which one member is ts-mls 1.6.4 and all others are crypto/mls: external joins, replaced leaves, removals,
// updates, made by anybody. Only what ts-mls does right is asked of it (docs/interop.md): nobody is added by a Welcome.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seed } from '../test/fuzz.ts';
import { MixedGroup } from './test/mixed-group.ts';
import { OurMember } from './test/our-member.ts';
import { TsMlsMember } from './test/ts-mls-member.ts';

const most = 7;

/** What somebody does; numbers choose among who can. */
interface Step {
  readonly kind: 'join' | 'rejoin' | 'update' | 'remove';
  readonly who: number;
  readonly whom: readonly number[];
  readonly isPrivate: boolean;
}

const who = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind']>('join', 'join', 'join', 'rejoin', 'update', 'remove'),
  who,
  whom: fc.array(who, { minLength: 1, maxLength: 3 }),
  isPrivate: fc.boolean(),
});

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;

class Life {
  readonly group: MixedGroup;
  readonly tess: TsMlsMember;
  #born = 0;

  private constructor(group: MixedGroup, tess: TsMlsMember) {
    this.group = group;
    this.tess = tess;
  }

  static async begin(): Promise<Life> {
    const founder = new OurMember('founder');
    const life = new Life(await MixedGroup.of(founder), new TsMlsMember('tess'));
    await life.group.join(life.tess, founder);
    return life;
  }

  async take({ kind, who: at, whom, isPrivate }: Step): Promise<void> {
    const { members } = this.group;
    const by = pick(members, at);
    const others = members.filter((member) => member !== by);
    switch (kind) {
      case 'join':
        if (members.length < most) await this.group.join(new OurMember(`p${this.#born++}`), by);
        return;
      case 'rejoin':
        if (others.length > 0) await this.group.join(by, pick(others, at));
        return;
      case 'update':
        await this.group.commit(by, { isPrivate });
        return;
      case 'remove': {
        const removable = others.filter((member) => member !== this.tess);
        if (removable.length === 0) return;
        const remove = [...new Set(whom.map((index) => pick(removable, index)))];
        await this.group.commit(by, { remove, isPrivate });
      }
    }
  }
}

it(
  'agrees with ts-mls after any churn of joins, replaced leaves, removals and updates',
  { timeout: 300_000 },
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
      const life = await Life.begin();
      for (const one of steps) await life.take(one);
      expect(life.group.members).toContain(life.tess);
    });
    await fc.assert(property, { numRuns: 3, seed });
  },
);
