// A group of members of two implementations, and what an honest delivery log does with their messages. After everything that happens
// all members must agree and hear one another.
import { expect } from 'vitest';
import { random, utf8, type Bytes } from '../../bytes.ts';
import type { Change, MixedMember, ProposalAsked } from './mixed-member.ts';

/** What is committed, in terms of members. */
export interface Step extends Omit<Change, 'add' | 'remove'> {
  readonly add?: readonly MixedMember[];
  readonly remove?: readonly MixedMember[];
  /** Whom proposals that wait remove; whom they add. */
  readonly alsoGone?: readonly MixedMember[];
  readonly alsoIn?: readonly MixedMember[];
}

export class MixedGroup {
  #members: readonly MixedMember[];

  private constructor(founder: MixedMember) {
    this.#members = [founder];
  }

  static async of(founder: MixedMember): Promise<MixedGroup> {
    await founder.create(random(16));
    return new MixedGroup(founder);
  }

  get members(): readonly MixedMember[] {
    return this.#members;
  }

  /** `by` commits, all follow, who is added joins by the Welcome. */
  async commit(by: MixedMember, step: Step = {}): Promise<void> {
    const { add = [], remove = [], alsoGone = [], alsoIn = [], ...rest } = step;
    const gone = [...remove, ...alsoGone];
    const made = await by.commit({
      ...rest,
      add: await Promise.all(add.map((who) => who.keyPackage())),
      remove: remove.map((who) => who.leafIndex),
    });
    for (const who of this.#others(by)) {
      const heard = await who.receive(made.commit);
      expect(heard.kind).toBe(gone.includes(who) ? 'removed' : 'commit');
    }
    by.accept();
    const joiners = [...alsoIn, ...add];
    for (const who of joiners) await who.joinByWelcome(made.welcome as Bytes);
    this.#members = [...this.#members.filter((who) => !gone.includes(who)), ...joiners];
    await this.expectAgreement();
  }

  /** `who` joins by external commit from the GroupInfo of `from`, replacing its old leaf if it is in already. */
  async join(who: MixedMember, from: MixedMember): Promise<void> {
    const old = this.#members.includes(who) ? who.leafIndex : undefined;
    const groupInfo = await from.groupInfo(who.externalPubForm);
    const commit = await who.joinByExternalCommit(groupInfo, old);
    for (const other of this.#others(who))
      expect(await other.receive(commit)).toMatchObject({ kind: 'commit' });
    this.#members = [...this.#others(who), who];
    await this.expectAgreement();
  }

  /** `by` proposes, all others hear it. */
  async propose(by: MixedMember, asked: ProposalAsked, isPrivate = false): Promise<void> {
    const message = await by.propose(asked, isPrivate);
    for (const who of this.#others(by))
      expect(await who.receive(message)).toMatchObject({ kind: 'proposal' });
  }

  /** All members have one view, and everybody reads what each of them says. */
  async expectAgreement(): Promise<void> {
    const [first, ...views] = await Promise.all(this.#members.map((who) => who.view()));
    for (const view of views) expect(view).toEqual(first);
    for (const by of this.#members) {
      const data = utf8(`${by.name} in epoch ${first?.epoch ?? ''}`);
      const message = await by.send(data);
      for (const who of this.#others(by)) {
        expect(await who.receive(message)).toMatchObject({ kind: 'application', data });
      }
    }
  }

  #others(but: MixedMember): readonly MixedMember[] {
    return this.#members.filter((who) => who !== but);
  }
}
