// Credentials and what a client says it can do (RFC 9420 §5.3, §7.2). Whether a credential is acceptable is for the caller to
// say (authentication.ts); here it is bytes.
import type { Bytes } from '../bytes.ts';
import { enumeration, opaque, select, struct, u16, vector, type Codec } from './codec.ts';

export type Credential =
  | { readonly type: 'basic'; readonly identity: Bytes }
  | { readonly type: 'x509'; readonly certificates: readonly { readonly data: Bytes }[] };

/** RFC 9420 §17.5. */
export const credentialTypes = { basic: 1, x509: 2 } as const;

export const credential: Codec<Credential> = select(
  'type',
  enumeration<Credential['type']>(2, credentialTypes, 'unsupported'),
  {
    basic: struct({ identity: opaque }),
    x509: struct({ certificates: vector(struct({ data: opaque })) }),
  },
);

/** Numbers, not names: unknown ones (GREASE, §13.5) are kept and mean nothing. */
export interface Capabilities {
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly extensions: readonly number[];
  readonly proposals: readonly number[];
  readonly credentials: readonly number[];
}

export const capabilities: Codec<Capabilities> = struct({
  versions: vector(u16),
  cipherSuites: vector(u16),
  extensions: vector(u16),
  proposals: vector(u16),
  credentials: vector(u16),
});
