// A whole service with a media server in memory, and people with real keys, groups and call sessions, all in one process:
// what tests of groups and calls play in. Ada and the others are in people's names only; nothing of ours is replaced.
import { toHex, fromBase64url, random, type Bytes } from '../../crypto/bytes.ts';
import type { GroupLimits } from '../../server/store/store.ts';
import { Harness } from '../../server/testing/harness.ts';
import { Service } from '../api/service.ts';
import { createCallSession, type CallSession } from '../call/index.ts';
import type { PeerStatus } from '../call/peers.ts';
import type { CallEpoch, SessionEnd, TrustChange } from '../call/types.ts';
import type { Wish } from '../groups/changes.ts';
import { openDevice, type Device } from '../groups/device.ts';
import { Doors } from '../groups/door.ts';
import { Groups } from '../groups/groups.ts';
import { Knocking } from '../groups/knocking.ts';
import { Looks } from '../groups/looks.ts';
import { GroupRoster } from '../groups/roster.ts';
import { Verifications } from '../groups/verification.ts';
import { TestLine } from './line.ts';
import { MemoryStore } from './memory-store.ts';

const generous = { APARTE_ADDRESS_LIMIT: '100000', APARTE_IDENTITY_LIMIT: '100000' };

export class World {
  readonly harness: Harness;
  readonly url: string;
  readonly people: TestPerson[] = [];
  /** Loses or changes messages on the data channel; by default all arrive. */
  dataChannel: (message: Bytes, from: string, to: string) => Bytes | null = (message) => message;

  private constructor(harness: Harness, url: string) {
    this.harness = harness;
    this.url = url;
  }

  static async open(groupLimits?: GroupLimits): Promise<World> {
    const harness = await Harness.start({ env: generous, ...(groupLimits && { groupLimits }) });
    return new World(harness, await harness.app.listen({ host: '127.0.0.1', port: 0 }));
  }

  async person(name: string): Promise<TestPerson> {
    const person = await TestPerson.create(name, this);
    this.people.push(person);
    return person;
  }

  /** People who are all in one group of the first one's. */
  async group(...names: readonly string[]): Promise<{ people: TestPerson[]; id: string }> {
    const people = await Promise.all(names.map((name) => this.person(name)));
    const [owner, ...others] = people as [TestPerson, ...TestPerson[]];
    const group = await owner.groups.create(owner.name, 'The rehearsal');
    for (const other of others) await other.groups.join(group.secret, other.name);
    await owner.groups.refresh(group.id);
    return { people, id: group.id };
  }

  /** The data channel: to these LiveKit identities, or to everybody but the sender, later. */
  carry(message: Bytes, from: string, to: readonly string[] | null): void {
    for (const { call } of this.people) {
      const name = call?.ticket.livekit.identity;
      if (call === null || name === undefined || name === from || to?.includes(name) === false) continue;
      const arriving = this.dataChannel(message, from, name);
      if (arriving !== null) setImmediate(() => call.session.receiveMessage(arriving, from));
    }
  }

  /** The service stops and comes back at the same address, with what was on disk. */
  async restart(): Promise<void> {
    await this.harness.restart();
    await this.harness.app.listen({ host: '127.0.0.1', port: Number(new URL(this.url).port) });
  }

  async close(): Promise<void> {
    for (const person of this.people) person.call?.session.stop();
    await this.harness.close();
  }
}

export class TestPerson {
  readonly name: string;
  readonly line: TestLine;
  readonly store: MemoryStore;
  readonly device: Device;
  readonly service: Service;
  readonly groups: Groups;
  readonly looks: Looks;
  readonly doors: Doors;
  readonly knocking: Knocking;
  readonly verifications: Verifications;
  call: TestCall | null = null;
  readonly #world: World;

  private constructor(name: string, world: World, parts: { device: Device; store: MemoryStore }) {
    this.name = name;
    this.#world = world;
    this.store = parts.store;
    this.device = parts.device;
    this.line = new TestLine(world.url);
    const audience = new URL(world.url).host;
    this.service = new Service({ line: this.line, identity: parts.device.identity, audience });
    const { service, store, device } = this;
    const given = { service, store, device, clock: this.line.clock };
    this.groups = new Groups(given);
    this.looks = new Looks(this.groups, given);
    const { groups } = this;
    this.doors = new Doors(service, groups, this.identity);
    // Of now: a test may change the line's clock.
    const today = () => this.line.clock.today();
    this.knocking = new Knocking({ service, store, device, groups, clock: { ...this.line.clock, today } });
    this.verifications = new Verifications(store);
  }

  static async create(name: string, world: World, store = new MemoryStore()): Promise<TestPerson> {
    return new TestPerson(name, world, { store, device: await openDevice(store) });
  }

  get identity(): Bytes {
    return this.device.identity.publicKey;
  }

  /** Takes a place in the voice chat, if it has none yet, and runs a session; resolves when the first keys are there, or at the end. */
  async enter(groupId: string, taken?: Ticket): Promise<TestCall> {
    const ticket = taken ?? (await this.service.enterCall(fromBase64url(groupId), random(16)));
    this.#world.harness.memorySfu.enter(ticket.livekit.room, ticket.livekit.identity);
    const keys = await this.groups.keysFor(groupId, ticket.secretVersion);
    const call = new TestCall(
      (listeners) =>
        createCallSession({
          log: this.service,
          ticket,
          identity: this.device.identity,
          groupId: fromBase64url(groupId),
          keys,
          roster: new GroupRoster(this.groups, groupId, this.line.clock),
          clock: this.line.clock,
          random: this.line.random,
          sendMessage: (message, to) => this.#world.carry(message, ticket.livekit.identity, to),
          listeners,
        }),
      ticket,
    );
    this.call = call;
    await call.until(() => call.epochs.length > 0 || call.end !== null, 'in the call');
    return call;
  }

  /** Leaves as the product does. */
  async leave(): Promise<void> {
    const { call } = this;
    if (!call) return;
    call.session.stop();
    await this.service.leaveCall(call.ticket.callId, call.ticket.livekit.identity);
  }
}

/** The wish to take somebody out of a group. */
export function removal({ identity }: Pick<TestPerson, 'identity'>, isBanned = false): Wish {
  return { kind: 'removal', identity, isBanned };
}

type Ticket = Awaited<ReturnType<Service['enterCall']>>;

/** A running session, and all that it said. */
export class TestCall {
  readonly session: CallSession;
  readonly ticket: Ticket;
  readonly epochs: CallEpoch[] = [];
  readonly trust: TrustChange[] = [];
  readonly lines: boolean[] = [];
  readonly switches: string[] = [];
  readonly texts: string[] = [];
  /** LiveKit identities of those who asked for my microphone to be muted. */
  readonly mutes: string[] = [];
  peers: ReadonlyMap<string, PeerStatus> = new Map();
  restarts = 0;
  end: SessionEnd | null = null;
  /** Resolves when the session has run out and wiped what it held. */
  readonly over: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(
    start: (listeners: Parameters<typeof createCallSession>[0]['listeners']) => CallSession,
    ticket: Ticket,
  ) {
    this.ticket = ticket;
    const told =
      <T>(note: (value: T) => void) =>
      (value: T) => {
        note(value);
        for (const look of this.#waiting) look();
      };
    this.session = start({
      onEpoch: told((epoch) => {
        this.epochs.push(epoch);
        // The frame worker takes a moment.
        setImmediate(() => this.session.keysInstalled(epoch.generation, epoch.epoch));
      }),
      onSwitch: (generation, epoch) => told(() => this.switches.push(`${generation}/${epoch}`))(null),
      onPeers: told((peers) => (this.peers = peers)),
      onText: (from, text) => told(() => this.texts.push(`${from.livekitIdentity}: ${text}`))(null),
      onMute: told((from) => this.mutes.push(from.livekitIdentity)),
      onTrust: told((change) => this.trust.push(change)),
      onLine: told((isUp) => this.lines.push(isUp)),
      onRestarting: told((isRestarting) => (this.restarts += Number(isRestarting))),
      onEnded: told((end) => (this.end = end)),
    });
    this.over = this.session.run();
  }

  /** The latest keys. */
  get epoch(): CallEpoch {
    const epoch = this.epochs.at(-1);
    if (!epoch) throw new Error('no keys yet');
    return epoch;
  }

  /** What everybody in an epoch must have in common, and nobody else. */
  get secret(): string {
    return `${this.epoch.generation}/${this.epoch.epoch} ${toHex(this.epoch.baseKey)} ${toHex(this.epoch.authenticator)}`;
  }

  /** Resolves as soon as `is` holds after something was said. Fails after `withinMs`. */
  async until(is: () => boolean, what: string, withinMs = 15_000): Promise<void> {
    if (is()) return;
    let timer: NodeJS.Timeout | undefined;
    let look: () => void = () => undefined;
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${why}: ${what}; end: ${JSON.stringify(this.end)}`));
      timer = setTimeout(() => fail(`after ${withinMs} ms not so`), withinMs);
      look = () => {
        if (is()) resolve();
      };
      this.#waiting.add(look);
    }).finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(look);
    });
  }

  untilLeaves(count: number): Promise<void> {
    return this.until(() => this.epochs.at(-1)?.leaves.length === count, `${count} leaves`);
  }
}

/** Waits until all calls are in the same epoch with that many leaves, and says which. */
export async function agree(calls: readonly TestCall[], leaves: number): Promise<string> {
  await Promise.all(calls.map((call) => call.untilLeaves(leaves)));
  const latest = () => calls.map((call) => call.secret);
  const isOne = () => new Set(latest()).size === 1;
  await Promise.any(calls.map((call) => call.until(isOne, 'one epoch for all'))).catch(() => undefined);
  const secrets = new Set(latest());
  if (secrets.size !== 1)
    throw new Error(`no agreement: ${[...secrets].map((secret) => secret.split(' ')[0]).join(', ')}`);
  return latest()[0] as string;
}
