// Messages inside one epoch of a call (protocol.md A1, A2): sealed for everybody who holds the epoch's keys, signed by the sender's leaf,
// never taken twice. One object an epoch, made by the state once; it outlives the state, because messages come late, and is wiped
// by who asked for it. client/call/messages.ts says what is in them.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  decodeMessage,
  messageKeysOf,
  openMessage,
  sealMessage,
  wipeMessageKeys,
  wipeSecretTree,
  type GroupState,
  type MessageKeys,
} from '../mls/index.ts';
import type { EpochMessages, Leaf, MessagePlace } from './types.ts';

/** A2: of a sealed message, in bytes. */
export const maxMessageBytes = 16 * 1024;

export class MlsEpochMessages implements EpochMessages {
  readonly epoch: bigint;
  readonly #leaves: readonly Leaf[];
  #keys: MessageKeys;
  /** One message after the other: each takes its key from what the one before left. */
  #last: Promise<unknown> = Promise.resolve();
  #isWiped = false;

  constructor(state: GroupState, leaves: readonly Leaf[]) {
    this.epoch = state.context.epoch;
    this.#leaves = leaves;
    this.#keys = messageKeysOf(state);
  }

  seal(data: Bytes): Bytes {
    const { message, keys } = sealMessage(this.#usable(), data);
    if (message.length > maxMessageBytes) {
      throw new RangeError(`data must seal to at most ${maxMessageBytes} bytes, got ${message.length}`);
    }
    this.#become(keys);
    return message;
  }

  open(message: Bytes): Promise<{ readonly sender: Leaf; readonly data: Bytes }> {
    const opening = this.#last.then(() => this.#open(message));
    this.#last = opening.catch(() => undefined);
    return opening;
  }

  wipe(): void {
    this.#isWiped = true;
    wipeMessageKeys(this.#keys);
  }

  async #open(message: Bytes): Promise<{ readonly sender: Leaf; readonly data: Bytes }> {
    if (message.length > maxMessageBytes) throw new CryptoError('out_of_range', 'a message that is too long');
    const before = this.#usable();
    const opened = await openMessage(before, message);
    if (this.#usable() !== before) {
      // Something was sealed meanwhile: only the sender's own ratchet moved, but it must not move back.
      wipeSecretTree(opened.keys.secretTree);
      return this.#open(message);
    }
    const sender = this.#leaves.find(({ index }) => index === opened.sender);
    if (sender === undefined) throw new CryptoError('out_of_range', 'a sender without a leaf');
    if (sender.index === before.ownLeaf) throw new CryptoError('not_allowed', 'a message of my own leaf');
    this.#become(opened.keys);
    return { sender, data: opened.data };
  }

  /** The tree with the key that was used is overwritten; the other secrets are the same ones. */
  #become(keys: MessageKeys): void {
    wipeSecretTree(this.#keys.secretTree);
    this.#keys = keys;
  }

  #usable(): MessageKeys {
    if (this.#isWiped) throw new TypeError('these messages were wiped');
    return this.#keys;
  }
}

/** Which call, generation and epoch a sealed message says it is of; undefined for bytes that are no such message. */
export function placeOfMessage(message: Bytes): MessagePlace | undefined {
  if (message.length > maxMessageBytes) return undefined;
  try {
    const decoded = decodeMessage(message);
    if (decoded.wireFormat !== 'private_message') return undefined;
    const { groupId, epoch, contentType } = decoded.privateMessage;
    return contentType === 'application' ? { mlsGroupId: groupId, epoch } : undefined;
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
