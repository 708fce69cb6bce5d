// What of the library's state we keep, and how it is wiped (protocol.md C6, K6). The library keeps past epochs, message
// ratchets and private keys of nodes that are blank again; nothing here reads them, so they are not kept. Every state owns
// its bytes: wiping one leaves its successor whole.
import type { ClientState } from 'ts-mls';
import { wipe } from '../../bytes.ts';

/** The state with copies of the secrets it needs and nothing else. */
export function trimmed(state: ClientState): ClientState {
  const { leafIndex, privateKeys } = state.privatePath;
  const living = Object.entries(privateKeys).filter(
    ([node]) => state.ratchetTree[Number(node)] !== undefined,
  );
  return {
    ...state,
    keySchedule: mapValues(state.keySchedule, (secret) => secret.slice()),
    privatePath: {
      leafIndex,
      privateKeys: Object.fromEntries(living.map(([node, key]) => [node, key.slice()])),
    },
    signaturePrivateKey: state.signaturePrivateKey.slice(),
    secretTree: [],
    historicalReceiverData: new Map(),
    unappliedProposals: {},
  };
}

/** Every array of secret bytes that a state holds. */
export function secretsOf(state: ClientState): Uint8Array[] {
  return [
    state.signaturePrivateKey,
    ...Object.values(state.privatePath.privateKeys),
    ...(Object.values(state.keySchedule) as Uint8Array[]),
  ];
}

/** Overwrites every secret of a state but the arrays in `kept`, which another state still owns. */
export function wipeSecrets(state: ClientState, kept: readonly Uint8Array[] = []): void {
  wipe(...secretsOf(state).filter((secret) => !kept.includes(secret)));
}

function mapValues<T extends object>(object: T, map: (value: Uint8Array) => Uint8Array): T {
  return Object.fromEntries(
    Object.entries(object as Record<string, Uint8Array>).map(([key, value]) => [key, map(value)]),
  ) as T;
}
