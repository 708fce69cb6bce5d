// The keys of a call by epoch (K2–K6): which epoch we send in, which ones we still receive, and the key of a KID, derived ahead for
// who sends and who is listened to, else when it is first needed; and whether anything may be sealed under them (C18).
// frame-sender.ts and frame-receiver.ts ask; worker.ts installs.
import {
  Counter,
  decodeKid,
  deriveFrameKey,
  encodeKid,
  epochByteOf,
  ReplayWindow,
  type Context,
  type FrameKey,
} from '../../../crypto/sframe/index.ts';
import type { Clock } from './clock.ts';
import type { EpochMessage } from './messages.ts';

/** K3: how long an epoch is still received after the next one is here. */
export const retireAfterMs = 10_000;

export interface SendKey {
  readonly frameKey: FrameKey;
  readonly counter: Counter;
}

export interface ReceiveKey {
  readonly frameKey: FrameKey;
  readonly window: ReplayWindow;
}

/** One epoch as installed. */
export interface EpochEntry {
  readonly generation: number;
  readonly epoch: bigint;
  readonly baseKey: CryptoKey;
  readonly ownLeaf: number;
  /**
   * LiveKit identity by leaf, without my own and without leaves that were removed since; empty once the epoch is retired.
   * Asked again after a frame opened: nothing passes that was on its way when its leaf went (K3).
   */
  readonly leaves: Map<number, string>;
  /** Everybody else who was given these keys, whatever became of them, by identity key. */
  readonly holders: ReadonlySet<string>;
  /** Promises until they are derived: a frame then waits for nothing. */
  readonly sendKeys: Map<Context, SendKey | Promise<SendKey>>;
  readonly receiveKeys: Map<number, ReceiveKey | Promise<ReceiveKey>>;
}

/** `later`: an epoch that may still come (F6); `gone`: one that was retired or never was. */
export type Found = EpochEntry | 'later' | 'gone';

export class KeyTable {
  readonly #clock: Clock;
  /** Epochs that are received, by the 8 bits that a KID has of them. */
  readonly #entries = new Map<number, EpochEntry>();
  #newest: EpochEntry | null = null;
  #sending: EpochEntry | null = null;
  /** C18. Nobody until the page has said who, or that it does not matter. */
  #verified: ReadonlySet<string> | null = new Set();
  #isWithheld = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Installs an epoch. False, and no change, if it is not newer than the newest (K4, K5: never back, never twice). */
  install(message: EpochMessage): boolean {
    const last = this.#newest;
    if (last !== null && !isNewer(message, last)) return false;
    const leaves = new Map(message.leaves);
    leaves.delete(message.ownLeaf);
    const { generation, epoch, baseKey, ownLeaf, holders, sendAfterMs } = message;
    const keys = { sendKeys: new Map(), receiveKeys: new Map() };
    const entry: EpochEntry = { generation, epoch, baseKey, ownLeaf, leaves, holders, ...keys };
    this.#retireFor(entry, last);
    this.#entries.set(epochByteOf(epoch), entry);
    this.#newest = entry;
    this.#judge();
    if (sendAfterMs > 0) this.#clock.after(sendAfterMs, () => this.#sendIn(entry));
    else this.#sendIn(entry);
    return true;
  }

  /** K4: on to an epoch whose keys are in, before its time; nothing if they are not, or if we are further. */
  switchTo(generation: number, epoch: bigint): void {
    const entry = this.#entries.get(epochByteOf(epoch));
    if (entry?.generation === generation && entry.epoch === epoch) this.#sendIn(entry);
  }

  /** The epoch that a KID's 8 bits mean. */
  find(epochByte: number): Found {
    const entry = this.#entries.get(epochByte);
    if (entry !== undefined) return entry;
    if (this.#newest === null) return 'later';
    const ahead = (epochByte - epochByteOf(this.#newest.epoch)) & 255;
    return ahead < 128 ? 'later' : 'gone';
  }

  /** The key to open frames of `kid` with, in the epoch found for it; the same one for every receiver (F5). */
  receiveKey(entry: EpochEntry, kid: number): ReceiveKey | Promise<ReceiveKey> {
    return (
      entry.receiveKeys.get(kid) ??
      derive(entry.receiveKeys, kid, async () => {
        return {
          frameKey: await deriveFrameKey(entry.baseKey, { kid, usage: 'decrypt' }),
          window: new ReplayWindow(),
        };
      })
    );
  }

  /** C18: whom my frames may be sealed for; null: for whoever is in the call. */
  setVerified(identities: ReadonlySet<string> | null): void {
    this.#verified = identities;
    this.#judge();
  }

  /** Somebody who is not verified holds the keys that I would seal with, or came into the newest epoch: nothing is sealed. */
  get isWithheld(): boolean {
    return this.#isWithheld;
  }

  /** The key to seal with now, and its counter (K5); null while there is none (M2), and while it is withheld (C18). */
  sendKey(context: Context): SendKey | Promise<SendKey> | null {
    return this.#isWithheld ? null : this.#sending && this.#sendKeyOf(this.#sending, context);
  }

  /** So that the first frame of `context` waits for nothing, in this epoch or in the next. */
  prepareToSend(context: Context): void {
    for (const entry of new Set([this.#sending, this.#newest]))
      if (entry !== null) void Promise.resolve(this.#sendKeyOf(entry, context)).catch(ignore);
  }

  /** The same for the frames of somebody else's context, in every epoch that is here. */
  prepareToReceive(livekitIdentity: string, context: Context): void {
    for (const [epochByte, entry] of this.#entries) {
      for (const [leaf, name] of entry.leaves) {
        if (name !== livekitIdentity) continue;
        const kid = encodeKid({ context, leaf, epochByte });
        void Promise.resolve(this.receiveKey(entry, kid)).catch(ignore);
      }
    }
  }

  #sendKeyOf(entry: EpochEntry, context: Context): SendKey | Promise<SendKey> {
    return (
      entry.sendKeys.get(context) ??
      derive(entry.sendKeys, context, async () => {
        const kid = encodeKid({ context, leaf: entry.ownLeaf, epochByte: epochByteOf(entry.epoch) });
        return {
          frameKey: await deriveFrameKey(entry.baseKey, { kid, usage: 'encrypt' }),
          counter: new Counter(),
        };
      })
    );
  }

  /** K4: on to `entry`, unless we are further already. */
  #sendIn(entry: EpochEntry): void {
    if (entry.generation !== this.#newest?.generation) return;
    if (this.#sending === null || isNewer(entry, this.#sending)) this.#sending = entry;
    this.#judge();
  }

  #judge(): void {
    const verified = this.#verified;
    const isOpenTo = (entry: EpochEntry | null): boolean =>
      entry === null || verified === null || [...entry.holders].every((identity) => verified.has(identity));
    this.#isWithheld = !isOpenTo(this.#sending) || !isOpenTo(this.#newest);
  }

  /** K3: what the arrival of `next` ends, now or in ten seconds. */
  #retireFor(next: EpochEntry, last: EpochEntry | null): void {
    const sameByte = this.#entries.get(epochByteOf(next.epoch));
    if (sameByte !== undefined) this.#retire(sameByte);
    for (const entry of [...this.#entries.values()]) {
      if (entry.generation !== next.generation) this.#retire(entry);
      else
        for (const [leaf, name] of entry.leaves) if (next.leaves.get(leaf) !== name) removeLeaf(entry, leaf);
    }
    if (this.#sending !== null && this.#sending.generation !== next.generation) this.#sending = null;
    if (last !== null) this.#clock.after(retireAfterMs, () => this.#retire(last));
  }

  #retire(entry: EpochEntry): void {
    for (const leaf of [...entry.leaves.keys()]) removeLeaf(entry, leaf);
    const byte = epochByteOf(entry.epoch);
    if (this.#entries.get(byte) === entry) this.#entries.delete(byte);
  }
}

/** Derives a key once: whoever asks meanwhile gets the same promise, and later the key itself. */
function derive<Name, Key>(
  keys: Map<Name, Key | Promise<Key>>,
  name: Name,
  make: () => Promise<Key>,
): Promise<Key> {
  const making = make().then((key) => {
    if (keys.get(name) === making) keys.set(name, key);
    return key;
  });
  keys.set(name, making);
  return making;
}

function ignore(): void {
  // Whose frame needs the key asks again, and is told.
}

function isNewer(
  a: { generation: number; epoch: bigint },
  b: { generation: number; epoch: bigint },
): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.epoch > b.epoch);
}

/** From now on no frame of this leaf opens in this epoch. */
function removeLeaf(entry: EpochEntry, leaf: number): void {
  entry.leaves.delete(leaf);
  for (const kid of entry.receiveKeys.keys())
    if (decodeKid(kid)?.leaf === leaf) entry.receiveKeys.delete(kid);
}
