// A member of a group in which two implementations meet: our-member.ts is crypto/mls, ts-mls-member.ts is the referee. All that passes
// between members is bytes of MLSMessage, so that nothing of one is understood by the other but what RFC 9420 says.
import type { Bytes } from '../../bytes.ts';

/** What members of one epoch must have in common and nobody else has. Hex. */
export interface View {
  readonly epoch: bigint;
  readonly treeHash: string;
  readonly transcriptHash: string;
  readonly exported: string;
  readonly authenticator: string;
}

/** What a commit holds by value, beside all that waits to be committed by reference. */
export interface Change {
  /** Key packages, as MLSMessage bytes. */
  readonly add?: readonly Bytes[];
  readonly remove?: readonly number[];
  /** Ids of external PSKs; `pskOf` is the key. */
  readonly psks?: readonly Bytes[];
  readonly isPrivate?: boolean;
}

export interface MadeMessages {
  readonly commit: Bytes;
  readonly welcome: Bytes | undefined;
}

/** What of a member's messages became known to a receiver. */
export type Heard =
  | { readonly kind: 'commit' | 'proposal' | 'removed' }
  | { readonly kind: 'application'; readonly data: Bytes };

export type ProposalAsked =
  | { readonly type: 'add'; readonly keyPackage: Bytes }
  | { readonly type: 'remove'; readonly removed: number }
  | { readonly type: 'update' };

/** How `external_pub` stands in a GroupInfo: ts-mls 1.6.4 has the bare key, RFC 9420 §12.4.3.1 a length in front of it. */
export type ExternalPubForm = 'rfc' | 'bare';

export interface MixedMember {
  readonly name: string;
  readonly externalPubForm: ExternalPubForm;
  readonly leafIndex: number;
  create(groupId: Bytes): Promise<void>;
  keyPackage(): Promise<Bytes>;
  joinByWelcome(welcome: Bytes): Promise<void>;
  /** Returns the commit. `old` is a leaf of this member that it replaces. */
  joinByExternalCommit(groupInfo: Bytes, old?: number): Promise<Bytes>;
  groupInfo(form: ExternalPubForm): Promise<Bytes>;
  /** Makes a commit, which counts once `accept` was called. */
  commit(change: Change): Promise<MadeMessages>;
  accept(): void;
  propose(asked: ProposalAsked, isPrivate: boolean): Promise<Bytes>;
  receive(message: Bytes): Promise<Heard>;
  send(data: Bytes): Promise<Bytes>;
  view(): Promise<View>;
}

export const exporterLabel = 'mixed group';

/** The key of an external PSK: everybody has it. */
export function pskOf(id: Bytes): Bytes {
  return Uint8Array.from({ length: 32 }, (_, at) => (id[at % id.length] ?? 0) ^ at);
}
