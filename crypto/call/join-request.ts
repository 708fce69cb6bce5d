// Join requests (protocol.md C11, C12): a joiner's key package, sealed for those who are in, and what the member whose turn it is
// makes of all that wait. pending-join.ts asks; state.ts adds who is found good.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openEnvelope, sealEnvelope } from '../invite/envelope.ts';
import {
  decodeMessage,
  encodeMessage,
  whyNotAddable,
  type GroupState,
  type KeyPackage,
} from '../mls/index.ts';
import { credentialOf } from './leaves.ts';
import { checkKeyPackage, maxAdds, rulesForRequests, type LeafRules } from './rules.ts';
import type { CallContext, JoinRequest, RefusedRequest } from './types.ts';

/** A request belongs to a generation, not to an epoch of it (E1). */
const placeOf = (context: CallContext) => ({ ...context, epoch: 0n, kind: 'joinRequest' }) as const;

export function sealRequest(context: CallContext, keyPackage: KeyPackage): Bytes {
  const message = encodeMessage({ wireFormat: 'key_package', keyPackage });
  return sealEnvelope(context.handshakeKey, placeOf(context), message);
}

/** A request that may be granted. */
export interface GoodRequest {
  readonly request: JoinRequest;
  readonly keyPackage: KeyPackage;
}

/**
 * Which requests can be granted together, in their order, and why the others cannot (C12). Throws `RangeError` for more than a commit
 * may add.
 */
export async function judgeRequests(
  state: GroupState,
  requests: readonly JoinRequest[],
  rules: LeafRules & { readonly context: CallContext },
): Promise<{ readonly good: readonly GoodRequest[]; readonly refused: readonly RefusedRequest[] }> {
  if (requests.length > maxAdds) {
    throw new RangeError(`requests must be at most ${maxAdds}, got ${requests.length}`);
  }
  const opened: GoodRequest[] = [];
  const refused: RefusedRequest[] = [];
  for (const request of requests) {
    try {
      opened.push({ request, keyPackage: openRequest(rules.context, request) });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      refused.push({ request, code: error.code });
    }
  }
  const keyPackages = opened.map(({ keyPackage }) => keyPackage);
  const reasons = await whyNotAddable(state, keyPackages, rulesForRequests(state.tree, rules));
  const good: GoodRequest[] = [];
  for (const [at, one] of opened.entries()) {
    const reason = reasons[at] ?? null;
    if (reason === null) good.push(one);
    else refused.push({ request: one.request, code: reason.code });
  }
  return { good, refused };
}

/** What was sealed for this generation of this call, by whom the service says; the rest is still to be proven. Throws `CryptoError`. */
function openRequest(context: CallContext, { livekitIdentity, message }: JoinRequest): KeyPackage {
  const opened = decodeMessage(openEnvelope(context.handshakeKey, placeOf(context), message));
  if (opened.wireFormat !== 'key_package') {
    throw new CryptoError('not_allowed', `a ${opened.wireFormat} where a key package belongs`);
  }
  const { keyPackage } = opened;
  checkKeyPackage(keyPackage);
  if (credentialOf(keyPackage.leafNode).livekitIdentity !== livekitIdentity) {
    throw new CryptoError('bad_credential', 'a join request for another place');
  }
  return keyPackage;
}
