// Welcome messages as bytes (RFC 9420 §12.4.3.1). welcome.ts makes and opens them.
import type { Bytes } from '../bytes.ts';
import { opaque, optional, struct, u16, vector, type Codec } from './codec.ts';
import type { HpkeCiphertext } from './hpke.ts';
import { pskId, type PskId } from './psk.ts';
import { hpkeCiphertext } from './update-path.ts';

export interface EncryptedGroupSecrets {
  /** `KeyPackageRef`. */
  readonly newMember: Bytes;
  readonly encryptedGroupSecrets: HpkeCiphertext;
}

export interface Welcome {
  readonly cipherSuite: number;
  readonly secrets: readonly EncryptedGroupSecrets[];
  readonly encryptedGroupInfo: Bytes;
}

/** What a new member needs beside the GroupInfo. */
export interface GroupSecrets {
  readonly joinerSecret: Bytes;
  readonly pathSecret: { readonly secret: Bytes } | undefined;
  readonly psks: readonly PskId[];
}

export const welcome: Codec<Welcome> = struct({
  cipherSuite: u16,
  secrets: vector(
    struct<EncryptedGroupSecrets>({ newMember: opaque, encryptedGroupSecrets: hpkeCiphertext }),
  ),
  encryptedGroupInfo: opaque,
});

export const groupSecrets: Codec<GroupSecrets> = struct({
  joinerSecret: opaque,
  pathSecret: optional(struct({ secret: opaque })),
  psks: vector(pskId),
});
