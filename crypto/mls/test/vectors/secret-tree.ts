// secret-tree.json: RFC 9420 §9, keys and nonces of every leaf in both ratchets, taken one after the other and from the last to the
// first; and the keys of sender data (§6.3.2).
import { fromHex } from '../../../bytes.ts';
import { senderDataKeys } from '../../private-message.ts';
import { createSecretTree, takeAt, takeNext, type RatchetKind, type Taken } from '../../secret-tree.ts';
import type { CipherSuite } from '../../suite.ts';
import { is, isHex, isRefused, suiteOf } from './check.ts';

interface SecretTreeVector {
  readonly cipher_suite: number;
  readonly encryption_secret: string;
  readonly sender_data: {
    readonly sender_data_secret: string;
    readonly ciphertext: string;
    readonly key: string;
    readonly nonce: string;
  };
  readonly leaves: readonly (readonly Generation[])[];
}

interface Generation {
  readonly generation: number;
  readonly application_key: string;
  readonly application_nonce: string;
  readonly handshake_key: string;
  readonly handshake_nonce: string;
}

const kinds: readonly RatchetKind[] = ['application', 'handshake'];

export async function secretTree(vector: SecretTreeVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const { sender_data: given } = vector;
  const keys = senderDataKeys(suite, fromHex(given.sender_data_secret), fromHex(given.ciphertext));
  isHex('sender_data.key', keys.key, given.key);
  isHex('sender_data.nonce', keys.nonce, given.nonce);
  inOrder(suite, vector);
  await backwards(suite, vector);
}

/** Every generation as a sender goes through them. */
function inOrder(suite: CipherSuite, vector: SecretTreeVector): void {
  let tree = createSecretTree(fromHex(vector.encryption_secret), vector.leaves.length);
  for (const [leaf, generations] of vector.leaves.entries()) {
    const last = Math.max(...generations.map(({ generation }) => generation));
    for (const kind of kinds) {
      for (let at = 0; at <= last; at++) {
        const taken = takeNext(suite, tree, { leaf, kind });
        is(`generation of leaf ${leaf}`, taken.generation, at);
        const expected = generations.find(({ generation }) => generation === at);
        if (expected !== undefined) areKeys(taken, { leaf, kind, expected });
        ({ tree } = taken);
      }
    }
  }
}

/** The last first, so that the others are keys that were passed over; then each once more. */
async function backwards(suite: CipherSuite, vector: SecretTreeVector): Promise<void> {
  let tree = createSecretTree(fromHex(vector.encryption_secret), vector.leaves.length);
  for (const [leaf, generations] of [...vector.leaves.entries()].reverse()) {
    for (const expected of generations.toReversed()) {
      const { generation } = expected;
      for (const kind of kinds) {
        const taken = takeAt(suite, tree, { leaf, kind, generation });
        areKeys(taken, { leaf, kind, expected });
        ({ tree } = taken);
        await isRefused(`a ${kind} key of leaf ${leaf} that was taken`, () =>
          takeAt(suite, taken.tree, { leaf, kind, generation }),
        );
      }
    }
  }
}

function areKeys({ keys }: Taken, given: { leaf: number; kind: RatchetKind; expected: Generation }): void {
  const { leaf, kind, expected } = given;
  const what = `leaves[${leaf}], generation ${expected.generation}, ${kind}`;
  isHex(`${what}_key`, keys.key, expected[`${kind}_key`]);
  isHex(`${what}_nonce`, keys.nonce, expected[`${kind}_nonce`]);
}
