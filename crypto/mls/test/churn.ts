// Random lives of a group: every way in, out and on that crypto/mls knows, chosen by a seed. churn.test.ts runs them and says what must
// hold after every step.
import { random, type Bytes } from '../../bytes.ts';
import {
  createCommit,
  joinByWelcome,
  propose,
  proposeUpdate,
  restoreState,
  sendApplication,
  storeState,
  wipeState,
  type CommitOptions,
} from '../index.ts';
import type { Proposal } from '../proposal.ts';
import { Group, viewOf, welcomeIn } from './group.ts';
import { application, keyPackageOf, person, sharedPskId, suite, type Person } from './people.ts';
import type { Choices } from './seeded.ts';

export const mostMembers = 40;

/** Application data on its way: who sent what, and who has it still to get. */
interface Letter {
  readonly message: Bytes;
  readonly data: Bytes;
  readonly epoch: bigint;
  readonly readers: readonly Person[];
}

export class Churn {
  readonly group: Group;
  /** Messages that change or speak in the current epoch, for who is out to fail on. */
  readonly said: Bytes[] = [];
  /** Everything that happened, by name. */
  readonly counts = new Map<string, number>();
  readonly #choices: Choices;
  #late: Letter[] = [];
  #born = 0;
  #steps = 0;
  /** How many members the group is heading for, for a while. */
  #wanted = mostMembers;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.group = Group.of(this.#newcomer());
  }

  /** One step; returns what it was. */
  async step(): Promise<string> {
    this.said.length = 0;
    if (++this.#steps % 30 === 0) this.#wanted = 4 + this.#choices.below(mostMembers - 8);
    const { size } = this.group.states;
    const grow = size < 4 || (size < this.#wanted && this.#choices.oneIn(2));
    const name = grow
      ? this.#choices.pick(['add', 'add', 'join', 'join'] as const)
      : this.#choices.pick([
          ...(['update', 'update', 'talk', 'talk', 'store', 'lose', 'psk', 'refer', 'refer'] as const),
          ...(['resync', 'remove', 'remove'] as const),
        ]);
    await this.#take[name]();
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return name;
  }

  readonly #take = {
    add: () => this.#add(),
    join: () => this.#join(),
    resync: () => this.#resync(),
    remove: () => this.#remove(),
    update: () => this.#commit(this.#member()),
    psk: () => this.#psk(),
    refer: () => this.#refer(),
    lose: () => this.#lose(),
    talk: () => this.#talk(),
    store: () => this.#store(),
  };

  async #add(): Promise<void> {
    const room = mostMembers - this.group.states.size;
    const people = this.#some(1 + this.#choices.below(Math.min(room, 5)), () => this.#newcomer());
    await this.#say(this.group.add(this.#member(), people, this.#options()));
  }

  async #join(): Promise<void> {
    const psks = this.#choices.oneIn(3) ? [sharedPskId()] : [];
    this.said.push(await this.group.join(this.#newcomer(), { psks }));
    await this.#afterCommit();
  }

  /** The same person with another signature key takes the place of their old leaf. */
  async #resync(): Promise<void> {
    const old = this.#member();
    const again = this.#newcomer();
    const ownOldLeaf = (): number => this.group.leafOf(old);
    const psks = this.#choices.oneIn(2) ? [sharedPskId()] : [];
    if (this.group.members[0] === old) this.#moveToEnd(old);
    const index = ownOldLeaf();
    this.said.push(await this.group.join(again, { psks, ownOldLeaf: () => index }));
    await this.#afterCommit();
  }

  async #remove(): Promise<void> {
    const by = this.#member();
    const others = this.group.members.filter((who) => who !== by);
    const whom = new Set(this.#some(1 + this.#choices.below(6), () => this.#choices.pick(others)));
    const proposals = [...whom].map((who): Proposal => ({ type: 'remove', removed: this.group.leafOf(who) }));
    await this.#commit(by, { proposals });
  }

  async #psk(): Promise<void> {
    const { context } = this.group.state(this.#member());
    const psk = { kind: 'resumption', usage: 'application', pskGroupId: context.groupId } as const;
    const everybodyHasPast = [...this.group.states.values()].every(({ past }) => past !== undefined);
    const ids = [
      sharedPskId(),
      { psk: { ...psk, pskEpoch: context.epoch }, nonce: random(suite.hashBytes) },
      ...(everybodyHasPast
        ? [{ psk: { ...psk, pskEpoch: context.epoch - 1n }, nonce: random(suite.hashBytes) }]
        : []),
    ];
    const chosen = ids.filter(() => this.#choices.oneIn(2));
    const proposals = (chosen.length === 0 ? ids : chosen).map((id) => ({ type: 'psk', psk: id }) as const);
    await this.#commit(this.#member(), { proposals });
  }

  /** Several members propose, another commits what they proposed; an Add among it gets its Welcome. */
  async #refer(): Promise<void> {
    const committer = this.#member();
    const invited = this.#newcomer();
    const { keyPackage, secrets } = keyPackageOf(invited);
    for (const who of this.#some(1 + this.#choices.below(4), () => this.#member())) {
      const whom = this.#member();
      const options = { wireFormat: this.#wireFormat() };
      const state = this.group.state(who);
      const sent = this.#choices.pick([
        () => proposeUpdate(state, options),
        () => propose(state, { type: 'remove', removed: this.group.leafOf(whom) }, options),
        () => propose(state, { type: 'psk', psk: sharedPskId() }, options),
        () => propose(state, { type: 'group_context_extensions', extensions: [] }, options),
      ])();
      await this.group.deliver(sent.message, who);
      this.group.replace(who, sent.state);
    }
    const isInviting = this.group.states.size < mostMembers;
    if (isInviting) {
      const host = this.#member();
      const sent = propose(this.group.state(host), { type: 'add', keyPackage });
      await this.group.deliver(sent.message, host);
      this.group.replace(host, sent.state);
    }
    const made = await this.#commit(committer);
    if (!isInviting) return;
    const welcome = welcomeIn(made.welcome as Bytes);
    this.group.states.set(invited, await joinByWelcome(suite, { welcome, keyPackage, secrets }, application));
  }

  /** Two commit at once; the log takes one, the other is dropped whole and its maker follows. */
  async #lose(): Promise<void> {
    const [winner, loser] = [this.#member(), this.#member()];
    if (winner === loser) return;
    const before = this.group.state(loser);
    const view = viewOf(before);
    const lost = await createCommit(before, this.#options(), application);
    this.group.replace(loser, lost.current);
    wipeState(lost.next);
    if (viewOf(this.group.state(loser)) !== view) throw new Error('a lost commit left its mark');
    await this.#commit(winner);
  }

  /** Several talk; what they say arrives in any order, some of it only in the next epoch. */
  async #talk(): Promise<void> {
    const letters: Letter[] = [];
    const speaker = this.#member();
    for (const who of this.#some(2 + this.#choices.below(6), () =>
      this.#choices.oneIn(2) ? speaker : this.#member(),
    )) {
      const data = random(this.#choices.below(40));
      const state = this.group.state(who);
      const sent = sendApplication(state, data, { paddingBytes: this.#choices.below(20) });
      this.group.replace(who, sent.state);
      const readers = this.group.members.filter((reader) => reader !== who);
      letters.push({ message: sent.message, data, epoch: state.context.epoch, readers });
    }
    this.said.push(...letters.map(({ message }) => message));
    for (const letter of letters.sort(() => (this.#choices.oneIn(2) ? 1 : -1))) {
      if (this.#choices.oneIn(3)) this.#late.push(letter);
      else await this.#read(letter);
    }
  }

  async #read({ message, data, epoch, readers }: Letter): Promise<void> {
    for (const reader of readers) {
      if (this.group.states.has(reader)) await this.group.read(reader, message, { data, epoch });
    }
  }

  /** A few members put their state into bytes and go on from those. */
  async #store(): Promise<void> {
    for (const who of this.#some(3, () => this.#member())) {
      const restored = restoreState(suite, storeState(this.group.state(who)));
      this.group.replace(who, restored);
    }
    await Promise.resolve();
  }

  async #commit(by: Person, options: CommitOptions = {}): Promise<{ welcome: Bytes | undefined }> {
    return this.#say(this.group.commit(by, { ...this.#options(), ...options }));
  }

  async #say<T extends { readonly message: Bytes }>(making: Promise<T>): Promise<T> {
    const made = await making;
    this.said.push(made.message);
    await this.#afterCommit();
    return made;
  }

  /** What was on its way when the epoch changed arrives now: one epoch late. */
  async #afterCommit(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const letter of late) await this.#read(letter);
  }

  #options(): CommitOptions {
    return { wireFormat: this.#wireFormat(), withPath: !this.#choices.oneIn(3) };
  }

  #wireFormat(): 'public_message' | 'private_message' {
    return this.#choices.pick(['public_message', 'private_message'] as const);
  }

  #newcomer(): Person {
    return person(`p${this.#born++}`);
  }

  #member(): Person {
    return this.#choices.pick(this.group.members);
  }

  #some<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  #moveToEnd(who: Person): void {
    const state = this.group.state(who);
    this.group.states.delete(who);
    this.group.states.set(who, state);
  }
}
