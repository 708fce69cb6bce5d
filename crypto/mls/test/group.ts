// Groups for tests of crypto/mls: members who really follow one another's messages, as an honest delivery log would bring them. Who
// was removed is kept aside with the state they had. A test spoils what it wants to spoil.
import { equal, random, toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import {
  createCommit,
  createGroup,
  decodeMessage,
  describeGroup,
  exportSecret,
  joinByExternalCommit,
  joinByWelcome,
  receive,
  wipeState,
  type CommitOptions,
  type ExternalJoin,
  type GroupState,
  type MadeCommit,
  type Received,
} from '../index.ts';
import type { Extension } from '../extension.ts';
import type { GroupInfo } from '../group-info.ts';
import { treeHash } from '../tree-hash.ts';
import type { Welcome } from '../welcome-message.ts';
import {
  application,
  capabilities,
  keyPackageOf,
  suite,
  type KeptKeyPackage,
  type Person,
} from './people.ts';

/** What members of an epoch must have in common and nobody else has: epoch, tree hash, transcript, exporter, authenticator. */
export function viewOf({ context, secrets, tree }: GroupState): string {
  const asked = { label: 'view', context: new Uint8Array(0), length: 32 };
  const exported = exportSecret(suite, secrets.exporter, asked);
  const { epoch, confirmedTranscriptHash } = context;
  const shared = [treeHash(suite, tree), confirmedTranscriptHash, exported, secrets.authentication];
  return [String(epoch), ...shared.map(toHex)].join(' ');
}

export function welcomeIn(bytes: Bytes): Welcome {
  const message = decodeMessage(bytes);
  if (message.wireFormat !== 'welcome') throw new TypeError('not a Welcome');
  return message.welcome;
}

export class Group {
  readonly states = new Map<Person, GroupState>();
  /** Who was removed, with the last state they had. */
  readonly gone = new Map<Person, GroupState>();

  static of(founder: Person, extensions: readonly Extension[] = []): Group {
    const group = new Group();
    const state = createGroup(suite, keyPackageOf(founder), { groupId: random(16), extensions });
    group.states.set(founder, state);
    return group;
  }

  /** The first founds it and adds all others in one commit. */
  static async byWelcome(founder: Person, ...others: readonly Person[]): Promise<Group> {
    const group = Group.of(founder);
    await group.add(founder, others);
    return group;
  }

  /** The others join one after the other by external commit. */
  static async byJoining(founder: Person, ...others: readonly Person[]): Promise<Group> {
    const group = Group.of(founder);
    for (const who of others) await group.join(who);
    return group;
  }

  state(who: Person): GroupState {
    const state = this.states.get(who);
    if (state === undefined) throw new TypeError(`${who.name} is not in the group`);
    return state;
  }

  get members(): readonly Person[] {
    return [...this.states.keys()];
  }

  leafOf(who: Person): number {
    return this.state(who).ownLeaf;
  }

  groupInfo(by = this.members[0] as Person): GroupInfo {
    return describeGroup(this.state(by), { isJoinable: true, hasTree: true });
  }

  /** Commits, and everybody follows. Who is added joins by the Welcome. */
  async commit(
    by: Person,
    options: CommitOptions = {},
    invited: ReadonlyMap<Person, KeptKeyPackage> = new Map(),
  ): Promise<MadeCommit> {
    const made = await createCommit(this.state(by), options, application);
    await this.deliver(made.message, by);
    this.replace(by, made.next);
    for (const [who, mine] of invited) {
      const welcome = welcomeIn(made.welcome as Bytes);
      this.states.set(who, await joinByWelcome(suite, { welcome, ...mine }, application));
    }
    return made;
  }

  /** Adds people by one commit and its Welcome. */
  add(by: Person, people: readonly Person[], options: CommitOptions = {}): Promise<MadeCommit> {
    const invited = new Map(people.map((who) => [who, keyPackageOf(who)]));
    const proposals = [...invited.values()].map(({ keyPackage }) => ({ type: 'add', keyPackage }) as const);
    return this.commit(by, { ...options, proposals }, invited);
  }

  /** Joins by external commit. Returns the message. */
  async join(who: Person, given: Pick<ExternalJoin, 'psks' | 'ownOldLeaf'> = {}): Promise<Bytes> {
    const leaf = { credential: who.credential, capabilities, extensions: [] };
    const join = { groupInfo: this.groupInfo(), leaf, signatureKeys: who.signatureKeys, ...given };
    const { message, next } = await joinByExternalCommit(suite, join, application);
    await this.deliver(message);
    this.states.set(who, next);
    return message;
  }

  /** Everybody but its sender follows a message; old states are wiped, whom it removes is gone. */
  async deliver(message: Bytes, from?: Person): Promise<ReadonlyMap<Person, Received>> {
    const all = new Map<Person, Received>();
    for (const [who, state] of this.states) {
      if (who === from) continue;
      try {
        const received = await receive(state, message, application);
        all.set(who, received);
        this.replace(who, received.state);
      } catch (error) {
        if (!(error instanceof CryptoError) || error.code !== 'removed') throw error;
        this.gone.set(who, state);
        this.states.delete(who);
      }
    }
    return all;
  }

  /** One member reads application data, which must be what was sent. */
  async read(
    who: Person,
    message: Bytes,
    sent: { readonly data: Bytes; readonly epoch: bigint },
  ): Promise<void> {
    const received = await receive(this.state(who), message, application);
    if (received.kind !== 'application') throw new TypeError(`a ${received.kind} is not application data`);
    if (!equal(received.data, sent.data) || received.epoch !== sent.epoch)
      throw new Error('other data arrived');
    this.replace(who, received.state);
  }

  /** Goes on with another state; the secrets of the old one are wiped. */
  replace(who: Person, next: GroupState): void {
    const before = this.states.get(who);
    if (before !== undefined && before !== next) wipeState(before);
    this.states.set(who, next);
  }

  /** The different views of the members: one if all agree. */
  views(): ReadonlySet<string> {
    return new Set([...this.states.values()].map(viewOf));
  }
}
