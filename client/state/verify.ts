// Comparing the numbers of one pair (S1, S2): computed when the dialog opens, which does not wait for it, from identity keys alone.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { Member } from '../../crypto/group/index.ts';
import { matchQr, qrPayload, safetyNumber } from '../../crypto/safety/index.ts';
import type { StoredVerification } from '../groups/store.ts';
import { verificationOf } from '../groups/verification.ts';
import type { FaceView, VerifyView } from './view.ts';

export interface VerifyParts {
  readonly me: Bytes;
  readonly member: Pick<Member, 'identity' | 'name'>;
  readonly groupId: string;
  readonly face: FaceView;
}

export class VerifyModel {
  readonly #parts: VerifyParts;
  readonly personId: string;
  readonly groupId: string;
  readonly name: string;
  readonly #groups: readonly string[];

  /** `groups`: of the number, once it is computed. */
  constructor(parts: VerifyParts, groups: readonly string[] = []) {
    this.#parts = parts;
    this.#groups = groups;
    this.personId = toBase64url(parts.member.identity);
    this.groupId = parts.groupId;
    this.name = parts.member.name;
  }

  /** The same with its number: some ten thousand hashes, a few dozen milliseconds, with a `pause` now and then. */
  async withNumber(pause: () => Promise<void>): Promise<VerifyModel> {
    const digits = await safetyNumber(this.#parts.me, this.#parts.member.identity, { pause });
    return new VerifyModel(this.#parts, digits.match(/\d{5}/g) ?? []);
  }

  view(records: ReadonlyMap<string, StoredVerification>): VerifyView {
    const { personId, groupId, name } = this;
    return {
      ...{ personId, name, face: this.#parts.face, groups: this.#groups },
      verification: verificationOf(records, groupId, { identity: personId, name }),
      qr: qrPayload(this.#parts.me, this.#parts.member.identity),
    };
  }

  /** Whether a scanned payload is the other side of this number. */
  checkQr(payload: Uint8Array): boolean {
    try {
      return matchQr(Uint8Array.from(payload), this.#parts.me, this.#parts.member.identity);
    } catch (error) {
      if (error instanceof CryptoError) return false;
      throw error;
    }
  }
}
