// A join request of mine until it is granted (protocol.md C11, C14): keeps the secrets of the key package, and opens the Welcome that
// answers it. engine.ts makes one; client/call shows its message to the service and watches the log.
import { equal, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openEnvelope } from '../invite/envelope.ts';
import {
  decodeMessage,
  joinByWelcome,
  keyPackageRef,
  suiteX25519 as suite,
  type Application,
} from '../mls/index.ts';
import { checkGroupInfo } from './group-info.ts';
import { sealRequest } from './join-request.ts';
import { newKeyPackage, wipeKeyPackage, type OwnKeyPackage } from './new-leaf.ts';
import { rulesForTree } from './rules.ts';
import { MlsCallState } from './state.ts';
import type { CallContext, CallState, IsMember, Me, PendingJoin } from './types.ts';

export class MlsPendingJoin implements PendingJoin {
  readonly message: Bytes;
  readonly #context: CallContext;
  readonly #mine: OwnKeyPackage;
  #isWiped = false;

  private constructor(context: CallContext, mine: OwnKeyPackage) {
    this.#context = context;
    this.#mine = mine;
    this.message = sealRequest(context, mine.keyPackage);
  }

  static async make(context: CallContext, me: Me): Promise<MlsPendingJoin> {
    return new MlsPendingJoin(context, await newKeyPackage(context, me));
  }

  async open(epoch: bigint, message: Bytes, isMember: IsMember): Promise<CallState | null> {
    if (this.#isWiped) throw new TypeError('this request was wiped');
    const context = this.#context;
    const place = { ...context, epoch, kind: 'welcome' } as const;
    const opened = decodeMessage(openEnvelope(context.handshakeKey, place, message));
    if (opened.wireFormat !== 'welcome') {
      throw new CryptoError('not_allowed', `a ${opened.wireFormat} where a Welcome belongs`);
    }
    const { welcome } = opened;
    const { keyPackage, secrets } = this.#mine;
    const reference = keyPackageRef(suite, keyPackage);
    if (!welcome.secrets.some(({ newMember }) => equal(newMember, reference))) return null;
    const rules: Application = {
      ...rulesForTree({ context, isMember }),
      permitGroup: (info) => {
        checkGroupInfo(context, epoch, info);
      },
    };
    const mls = await joinByWelcome(suite, { welcome, keyPackage, secrets }, rules);
    return new MlsCallState(context, mls);
  }

  wipe(): void {
    this.#isWiped = true;
    wipeKeyPackage(this.#mine);
  }
}
