// Proposals (RFC 9420 §12.1) and how a commit names them: by value or by reference (§12.4). proposal-list.ts says which go
// together; framing.ts carries them.
import type { Bytes } from '../bytes.ts';
import { enumeration, opaque, select, struct, u16, u32, type Codec } from './codec.ts';
import { extensions, type Extension } from './extension.ts';
import { keyPackage, type KeyPackage } from './key-package.ts';
import { leafNode, type LeafNode } from './leaf-node.ts';
import { pskId, type PskId } from './psk.ts';
import type { LeafIndex } from './tree-math.ts';

export type Proposal =
  | { readonly type: 'add'; readonly keyPackage: KeyPackage }
  | { readonly type: 'update'; readonly leafNode: LeafNode }
  | { readonly type: 'remove'; readonly removed: LeafIndex }
  | { readonly type: 'psk'; readonly psk: PskId }
  | {
      readonly type: 'reinit';
      readonly groupId: Bytes;
      readonly version: number;
      readonly cipherSuite: number;
      readonly extensions: readonly Extension[];
    }
  | { readonly type: 'external_init'; readonly kemOutput: Bytes }
  | { readonly type: 'group_context_extensions'; readonly extensions: readonly Extension[] };

export type ProposalType = Proposal['type'];

/** RFC 9420 §17.4. */
export const proposalTypes = {
  add: 1,
  update: 2,
  remove: 3,
  psk: 4,
  reinit: 5,
  external_init: 6,
  group_context_extensions: 7,
} as const satisfies Record<ProposalType, number>;

/** A type that is not RFC 9420's own cannot be read, let alone applied: `unsupported`. */
export const proposal: Codec<Proposal> = select(
  'type',
  enumeration<ProposalType>(2, proposalTypes, 'unsupported'),
  {
    add: struct({ keyPackage }),
    update: struct({ leafNode }),
    remove: struct({ removed: u32 }),
    psk: struct({ psk: pskId }),
    reinit: struct({ groupId: opaque, version: u16, cipherSuite: u16, extensions }),
    external_init: struct({ kemOutput: opaque }),
    group_context_extensions: struct({ extensions }),
  },
);

export type ProposalOrRef =
  | { readonly by: 'value'; readonly proposal: Proposal }
  | { readonly by: 'reference'; readonly reference: Bytes };

export const proposalOrRef: Codec<ProposalOrRef> = select(
  'by',
  enumeration<ProposalOrRef['by']>(1, { value: 1, reference: 2 }),
  { value: struct({ proposal }), reference: struct({ reference: opaque }) },
);
