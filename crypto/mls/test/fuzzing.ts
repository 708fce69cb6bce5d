// The fuzz itself: inputs of three depths (bytes, grammar, resealed) for everything of crypto/mls that reads bytes from outside. It stops at
// the first input that is answered with anything but a result or a CryptoError, that changes a state which refused it, or that takes long.
import { equal, toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import {
  createCommit,
  decodeMessage,
  encodeMessage,
  joinByExternalCommit,
  receive,
  restoreState,
  sendApplication,
  storeState,
  type GroupState,
} from '../index.ts';
import { changedBytes, mutated, Parts } from './grammar.ts';
import { application, capabilities, person, suite } from './people.ts';
import {
  changedState,
  forgedCommit,
  resaidMessage,
  resealedWelcome,
  resignedGroupInfo,
  resignedKeyPackage,
  type Making,
} from './resealed.ts';
import { joinBy, newScenario, type Scenario } from './scenario.ts';
import { Choices, seedEverything } from './seeded.ts';

/** Of this process's own time, so that a busy machine does not count. */
const mostMs = 3000;

type Kind = 'message' | 'welcome' | 'group_info' | 'key_package' | 'state';

interface Input {
  readonly kind: Kind;
  readonly depth: 'bytes' | 'grammar' | 'resealed';
  readonly bytes: Bytes;
}

export class Fuzz {
  /** By kind, depth and outcome: 'accepted' or the code. */
  readonly outcomes = new Map<string, number>();
  slowestMs = 0;
  count = 0;
  readonly #making: Making;
  readonly #scenario: Scenario;
  readonly #choices: Choices;
  readonly #before: ReadonlyMap<GroupState, Bytes>;
  readonly #owner = person('Fay');

  private constructor(scenario: Scenario, choices: Choices) {
    this.#scenario = scenario;
    this.#choices = choices;
    const parts = new Parts();
    const { messages, welcome, groupInfo, keyPackage, proposals, states } = scenario;
    for (const bytes of [...messages, welcome, groupInfo, keyPackage]) parts.add(decodeMessage(bytes));
    parts.add({ proposals });
    for (const { context, tree, secrets } of Object.values(states))
      parts.add({ context, secrets, nodes: tree.toNodes() });
    this.#making = { scenario, parts, choices };
    this.#before = new Map(Object.values(states).map((state) => [state, storeState(state)]));
  }

  /** Everything that follows comes from the seed. */
  static async of(seed: number): Promise<Fuzz> {
    seedEverything(seed);
    return new Fuzz(await newScenario(), new Choices(seed));
  }

  /** One input. Throws where the code under test breaks a promise. */
  async next(): Promise<void> {
    const input = this.#input();
    const state = this.#choices.pick(Object.values(this.#scenario.states));
    const from = process.cpuUsage();
    const outcome = await this.#feed(input, state).then(
      () => 'accepted',
      (error: unknown) => (error instanceof CryptoError ? error.code : this.#fail(input, error)),
    );
    const { user, system } = process.cpuUsage(from);
    const took = (user + system) / 1000;
    this.slowestMs = Math.max(this.slowestMs, took);
    if (took > mostMs) this.#fail(input, new Error(`it took ${took} ms`));
    if (!equal(storeState(state), this.#before.get(state) as Bytes))
      this.#fail(input, new Error('the state changed'));
    const name = `${input.kind} ${input.depth} ${outcome}`;
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
    this.count++;
  }

  /** How many inputs had an outcome, by what comes before and what it is. */
  outcomesBy(part: 0 | 1 | 2): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const [name, count] of this.outcomes) {
      const key = name.split(' ')[part] as string;
      sums[key] = (sums[key] ?? 0) + count;
    }
    return sums;
  }

  #fail({ kind, depth, bytes }: Input, cause: unknown): never {
    throw new Error(`input ${this.count} (${kind}, ${depth}) ${toHex(bytes)}: ${String(cause)}`, { cause });
  }

  #input(): Input {
    for (;;) {
      const kind = this.#kind();
      const depth = this.#choices.oneIn(10) ? 'resealed' : this.#choices.oneIn(2) ? 'grammar' : 'bytes';
      try {
        return { kind, depth, bytes: this.#make(kind, depth) };
      } catch {
        // What was changed has no encoding, or Mal has no key for it: another try.
      }
    }
  }

  #kind(): Kind {
    const at = this.#choices.below(20);
    if (at < 14) return 'message';
    return this.#choices.pick(['welcome', 'group_info', 'key_package', 'state'] as const);
  }

  #make(kind: Kind, depth: Input['depth']): Bytes {
    const { messages, welcome, groupInfo, keyPackage, states } = this.#scenario;
    const state = this.#choices.pick(Object.values(states));
    if (depth === 'resealed' || (kind === 'state' && depth === 'grammar')) {
      if (kind === 'message')
        return this.#choices.oneIn(4) ? forgedCommit(this.#making) : resaidMessage(this.#making);
      if (kind === 'welcome') return resealedWelcome(this.#making);
      if (kind === 'group_info') return resignedGroupInfo(this.#making);
      if (kind === 'key_package') return resignedKeyPackage(this.#making, this.#owner, keyPackage);
      return changedState(this.#making, state);
    }
    const sources = {
      message: messages,
      welcome: [welcome],
      group_info: [groupInfo],
      key_package: [keyPackage],
    };
    const source = kind === 'state' ? storeState(state) : this.#choices.pick(sources[kind]);
    if (depth === 'bytes')
      return this.#choices.oneIn(10) ? this.#spliced(source) : changedBytes(source, this.#choices);
    let message = decodeMessage(source);
    for (let times = 1 + this.#choices.below(3); times > 0; times--) {
      message = mutated(message, this.#making.parts, this.#choices);
    }
    return encodeMessage(message);
  }

  /** The beginning of one message and the end of another. */
  #spliced(source: Bytes): Bytes {
    const other = this.#choices.pick(this.#scenario.messages);
    const head = source.subarray(0, this.#choices.below(source.length));
    return new Uint8Array([...head, ...other.subarray(this.#choices.below(other.length))]);
  }

  async #feed({ kind, bytes }: Input, state: GroupState): Promise<unknown> {
    switch (kind) {
      case 'message':
        return receive(state, bytes, application);
      case 'state':
        return this.#goOn(restoreState(suite, bytes));
      default:
        return this.#use(bytes, state);
    }
  }

  /** What is done with messages that are not for members: each as what it says it is. */
  async #use(bytes: Bytes, state: GroupState): Promise<unknown> {
    const message = decodeMessage(bytes);
    if (message.wireFormat === 'welcome') return joinBy(bytes, this.#scenario.invited);
    if (message.wireFormat === 'group_info') {
      const { credential, signatureKeys } = this.#owner;
      const leaf = { credential, capabilities, extensions: [] };
      return joinByExternalCommit(suite, { groupInfo: message.groupInfo, leaf, signatureKeys }, application);
    }
    if (message.wireFormat === 'key_package') {
      const proposals = [{ type: 'add', keyPackage: message.keyPackage }] as const;
      return createCommit(state, { proposals, withPath: this.#choices.oneIn(2) }, application);
    }
    return receive(state, bytes, application);
  }

  /** A state that was believed must be good for everything: reading, speaking, committing. */
  async #goOn(state: GroupState): Promise<void> {
    const message = this.#choices.pick(this.#scenario.messages);
    await receive(state, message, application).catch(tolerate);
    if (this.#choices.oneIn(4)) await createCommit(state, {}, application).catch(tolerate);
    try {
      sendApplication(state, new Uint8Array(3));
    } catch (error) {
      tolerate(error);
    }
  }
}

/** A refusal is an answer; anything else is not. */
function tolerate(error: unknown): void {
  if (!(error instanceof CryptoError)) throw error;
}
