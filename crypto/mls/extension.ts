// Extensions (RFC 9420 §13.4, §17.3): a number and bytes. Which ones mean something here is decided where they stand: in a group
// context (group-context.ts), a GroupInfo (group-info.ts), a leaf or a key package.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { decode, opaque, struct, u16, vector, type Codec } from './codec.ts';

export interface Extension {
  readonly type: number;
  readonly data: Bytes;
}

/** RFC 9420 §17.3. */
export const extensionTypes = {
  applicationId: 1,
  ratchetTree: 2,
  requiredCapabilities: 3,
  externalPub: 4,
  externalSenders: 5,
} as const;

/** §7.2: what RFC 9420 itself defines is supported by everybody and not listed in capabilities. */
export const defaultExtensionTypes: readonly number[] = Object.values(extensionTypes);

export const extension: Codec<Extension> = struct({ type: u16, data: opaque });
const list = vector(extension);

/** `Extension extensions<V>`, at most one of a type (§13.4). */
export const extensions: Codec<readonly Extension[]> = {
  write: (to, value) => list.write(to, value),
  read: (from) => {
    const value = list.read(from);
    if (new Set(value.map(({ type }) => type)).size !== value.length) {
      throw new CryptoError('malformed', 'an extension twice');
    }
    return value;
  },
};

/** The content of the extension of `type`, or undefined where there is none. Throws `CryptoError('malformed')`. */
export function findExtension<T>(all: readonly Extension[], type: number, codec: Codec<T>): T | undefined {
  const found = all.find((one) => one.type === type);
  return found && decode(codec, found.data);
}

/** `opaque external_pub<V>` (§12.4.3.1). */
export const externalPub: Codec<{ readonly key: Bytes }> = struct({ key: opaque });

export interface RequiredCapabilities {
  readonly extensions: readonly number[];
  readonly proposals: readonly number[];
  readonly credentials: readonly number[];
}

/** §11.1. */
export const requiredCapabilities: Codec<RequiredCapabilities> = struct({
  extensions: vector(u16),
  proposals: vector(u16),
  credentials: vector(u16),
});
