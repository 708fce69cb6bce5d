// Who the tests of crypto/call are about: Ada, Ben, Cyd and Mal with real identities, one group with real keys, a delivery
// log as D1 and D2 have it, and a call that everybody follows through it. Nothing here is a mock.
import { toHex, random, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { createIdentity, openIdentity } from '../identity/index.ts';
import { createGroupId, createGroupSecret, deriveGroupKeys } from '../invite/index.ts';
import {
  engine,
  type CallContext,
  type CallState,
  type Change,
  type IsMember,
  type JoinRequest,
  type Me,
  type PendingJoin,
  type Proposed,
} from '../call/index.ts';

/** A person on one device. */
export interface Person extends Me {
  readonly name: string;
}

/** A person with a fresh identity and the LiveKit identity of a first join. */
export async function person(name: string): Promise<Person> {
  return { name, identity: await openIdentity(await createIdentity()), livekitIdentity: `${name}-1` };
}

/** The same person after a reload: same identity, another LiveKit identity (L1). */
export function again(who: Person, count = 2): Person {
  return { ...who, livekitIdentity: `${who.name}-${count}` };
}

/** A call of a new group. */
export function newContext(owner: Person, generation = 1): CallContext {
  const keys = deriveGroupKeys(createGroupSecret(createGroupId(owner.identity.publicKey, random(16))));
  return {
    groupId: random(16),
    callId: random(16),
    generation,
    handshakeKey: keys.handshake,
    mediaKey: keys.media,
  };
}

/** A roster of these people. */
export function rosterOf(...people: readonly Person[]): IsMember {
  const known = new Set(people.map(keyOf));
  return (identity) => known.has(toHex(identity));
}

function keyOf({ identity }: Person): string {
  return toHex(identity.publicKey);
}

/** What a refusal looks like, for `toMatchObject`. */
export function refused(code: CryptoErrorCode): { name: string; code: CryptoErrorCode } {
  return { name: 'CryptoError', code };
}

/** What two members must have in common, and a third must not: epoch, base key, authenticator, who is in. */
export async function viewOf(state: CallState): Promise<string> {
  const leaves = state.leaves.map(({ index, identity, livekitIdentity }) => [
    index,
    toHex(identity),
    livekitIdentity,
  ]);
  const [key, authenticator] = [toHex(await state.baseKey()), toHex(state.epochAuthenticator())];
  return JSON.stringify([String(state.epoch), key, authenticator, leaves]);
}

/** Somebody who asks to be added, as they know it, and as the service shows it. */
export interface Asking extends JoinRequest {
  readonly who: Person;
  readonly pending: PendingJoin;
}

/** One call whose members all follow one log. */
export class Call {
  readonly context: CallContext;
  /** The group's roster, as everybody in the call sees it. */
  readonly isMember: IsMember = (identity) => this.#roster.has(toHex(identity));
  readonly #roster = new Set<string>();
  readonly states = new Map<Person, CallState>();
  /** Sealed GroupInfo of the current epoch (D1). */
  groupInfo: Bytes = new Uint8Array(0);
  epoch = 0n;

  constructor(context: CallContext) {
    this.context = context;
  }

  /** The members, everybody joined one after the other, all in one epoch. */
  static async of(...people: readonly [Person, ...Person[]]): Promise<Call> {
    const call = new Call(newContext(people[0]));
    call.admit(people[0]);
    const opened = await engine.create(call.context, people[0]);
    call.states.set(people[0], opened.next);
    call.groupInfo = opened.groupInfo;
    for (const who of people.slice(1)) await call.join(who);
    return call;
  }

  state(who: Person): CallState {
    const state = this.states.get(who);
    if (state === undefined) throw new TypeError(`${who.name} is not in the call`);
    return state;
  }

  /** Puts people into the group's roster. */
  admit(...people: readonly Person[]): void {
    for (const who of people) this.#roster.add(keyOf(who));
  }

  /** Admits and joins. */
  async join(who: Person): Promise<Change[]> {
    this.admit(who);
    return this.accept(who, await this.proposeJoin(who));
  }

  proposeJoin(who: Person): Promise<Proposed> {
    return engine.join(this.context, who, this.epoch, this.groupInfo, this.isMember);
  }

  /** Admits people and has them ask to be added. */
  ask(...people: readonly Person[]): Promise<Asking[]> {
    this.admit(...people);
    return Promise.all(
      people.map(async (who) => {
        const pending = await engine.request(this.context, who);
        return { who, pending, message: pending.message, livekitIdentity: who.livekitIdentity };
      }),
    );
  }

  /** `by` adds all who ask in one commit, and they open its Welcome. */
  async add(by: Person, asking: readonly Asking[]): Promise<Change[]> {
    const { proposed } = await this.state(by).add(asking, this.isMember);
    if (proposed?.welcome?.to.length !== asking.length) throw new TypeError('not all of them can be added');
    const { welcome } = proposed;
    const changes = await this.accept(by, proposed);
    for (const { who, pending } of asking) {
      const state = await pending.open(this.epoch, welcome.message, this.isMember);
      if (state === null) throw new TypeError(`the Welcome is not for ${who.name}`);
      pending.wipe();
      this.states.set(who, state);
    }
    return changes;
  }

  /** The log takes `proposed` from `who`; everybody else applies it. Whom it removes is out of the call. */
  async accept(who: Person, proposed: Proposed): Promise<Change[]> {
    if (proposed.epoch !== this.epoch) throw new TypeError('the log would answer 409');
    const changes: Change[] = [];
    for (const [other, state] of this.states) {
      if (other === who) continue;
      if (!isIn(proposed.next, other)) {
        this.states.delete(other);
        continue;
      }
      const change = await state.apply(proposed.message, this.isMember);
      changes.push(change);
      this.states.set(other, change.state);
    }
    this.states.set(who, proposed.next);
    this.groupInfo = proposed.groupInfo;
    this.epoch += 1n;
    return changes;
  }

  /** The different views of the members: one if all agree. */
  async views(): Promise<Set<string>> {
    return new Set(await Promise.all([...this.states.values()].map(viewOf)));
  }
}

function isIn(state: CallState, who: Person): boolean {
  return state.leaves.some(({ livekitIdentity }) => livekitIdentity === who.livekitIdentity);
}
