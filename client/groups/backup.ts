// What a backup of this device holds (protocol.md B3) and how it comes back (B4): the seeds of its keys, its groups with their secrets, and
// what was verified. crypto/backup seals it under a passphrase; store.ts takes it in, in one piece or not at all.
import * as v from 'valibot';
import { fromBase64url, fromUtf8, toBase64url, utf8, wipe, type Bytes } from '../../crypto/bytes.ts';
import { openBackup, sealBackup, type BackupOptions } from '../../crypto/backup/index.ts';
import { CryptoError } from '../../crypto/errors.ts';
import {
  identitySeedOf,
  inboxSeedOf,
  openIdentity,
  restoreIdentity,
  restoreInboxKey,
} from '../../crypto/identity/index.ts';
import { GroupRefused, openStored } from './group.ts';
import { initials, type KnownProfiles } from './profiles.ts';
import { StorageError, type DeviceStore, type StoredGroup } from './store.ts';

const bytes = (length: number) =>
  v.custom<Bytes>((value) => value instanceof Uint8Array && value.length === length);
const someBytes = v.instance(Uint8Array) as v.GenericSchema<Bytes>;
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const verification = v.strictObject({
  identity: v.string(),
  matches: v.boolean(),
  atMs: v.number(),
  names: v.array(v.strictObject({ groupId: v.string(), name: v.string() })),
});
const signedProfile = v.strictObject({ revision: count, sealedFace: bytes(106), signature: bytes(64) });
const listedProfile = v.strictObject({
  ...{ sealedName: someBytes, nameVersion: count, profile: v.nullable(signedProfile) },
});
const face = v.variant('kind', [
  v.strictObject({ kind: v.literal('initials') }),
  v.strictObject({ kind: v.literal('emoji'), emoji: v.string(), tone: count }),
  v.strictObject({ kind: v.literal('picture'), hash: bytes(32), key: bytes(32) }),
]);
/** What is optional was not there in the first version. */
const group = v.strictObject({
  id: v.string(),
  secret: bytes(32),
  secretVersion: count,
  state: someBytes,
  previousSeals: v.pipe(
    v.array(v.strictTuple([count, someBytes])),
    v.transform((boxes): ReadonlyMap<number, Bytes> => new Map(boxes)),
  ),
  name: v.string(),
  face: v.optional(face, initials),
  lastCallAtMs: v.optional(v.nullable(v.number()), null),
  profiles: v.pipe(
    v.optional(v.array(v.strictTuple([v.string(), listedProfile])), []),
    v.transform((profiles): KnownProfiles => new Map(profiles)),
  ),
  record: v.strictObject({
    ...{ groupId: bytes(16), owner: bytes(32), nonce: bytes(16), secretVersion: count, version: count },
    ...{ historyVersion: count, sealedName: someBytes, nameVersion: count },
    sealedFace: v.optional(v.nullable(bytes(106)), null),
    members: v.array(
      v.strictObject({
        ...{ identity: bytes(32), inboxKey: bytes(32), mac: bytes(32), signature: bytes(64) },
        ...{ sealedName: someBytes, secretVersion: count, carriedMac: v.nullable(bytes(32)) },
        ...{ nameVersion: count, joinedAtMs: v.number() },
        profile: v.optional(v.nullable(signedProfile), null),
      }),
    ),
    call: v.null(),
  }),
});
/** Groups have faces, and profiles are signed. */
const latest = 2;
const contentsSchema = v.strictObject({
  version: v.picklist([1, latest]),
  identity: bytes(32),
  inboxKey: bytes(32),
  myName: v.nullable(v.string()),
  groups: v.array(group),
  verifications: v.array(verification),
});
type Contents = v.InferOutput<typeof contentsSchema>;

/** The file. Throws `StorageError`, `RangeError` for a short passphrase, `CryptoError('unsupported')` for keys that cannot leave the device. */
export async function backUp(
  store: DeviceStore,
  passphrase: string,
  options: BackupOptions = {},
): Promise<Bytes> {
  const device = await store.loadDevice();
  if (device === null) throw new StorageError('storage_unavailable');
  const [identity, inboxKey] = await Promise.all([
    identitySeedOf(device.identity),
    inboxSeedOf(device.inboxKey),
  ]);
  const groups = (await store.loadGroups()).map(({ proofs: _, ...one }) => ({
    ...one,
    previousSeals: [...one.previousSeals],
    profiles: [...one.profiles],
    record: { ...one.record, call: null },
  }));
  const verifications = await store.loadVerifications();
  const contents = write({
    version: latest,
    identity,
    inboxKey,
    myName: device.myName,
    groups,
    verifications,
  });
  try {
    return await sealBackup(passphrase, contents, options);
  } finally {
    wipe(identity, inboxKey, contents);
  }
}

export interface RestoreOptions extends Pick<BackupOptions, 'onProgress'> {
  readonly file: Bytes;
  readonly passphrase: string;
  /** Up to the last moment it may be called off. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a backup in, in place of a device that has no groups yet. False where there are some by now. Throws `CryptoError`: `not_opened` for
 * another passphrase, `malformed` for a file that is damaged, `unsupported` for one of a later Aparté; `StorageError`; the signal's
 * reason. Whatever is thrown, the device is as it was.
 */
export async function restore(store: DeviceStore, given: RestoreOptions): Promise<boolean> {
  const opened = await openBackup(given.passphrase, given.file, given);
  const contents = read(opened);
  wipe(opened);
  const [identity, inboxKey] = await Promise.all([
    restoreIdentity(contents.identity),
    restoreInboxKey(contents.inboxKey),
  ]);
  wipe(contents.identity, contents.inboxKey);
  await openIdentity(identity);
  for (const one of contents.groups) await proveWhole(one);
  given.signal?.throwIfAborted();
  const { myName, groups, verifications } = contents;
  return store.replaceDevice({ device: { identity, inboxKey, myName }, groups, verifications });
}

async function proveWhole(one: StoredGroup): Promise<void> {
  try {
    await openStored(one);
  } catch (error) {
    if (error instanceof GroupRefused) throw new CryptoError('malformed', 'a group that does not verify');
    throw error;
  }
}

type Written = v.InferInput<typeof contentsSchema>;

function write(contents: Readonly<Record<keyof Written, unknown>>): Bytes {
  return utf8(
    JSON.stringify(contents, (_, value: unknown) =>
      value instanceof Uint8Array ? { b64: toBase64url(value) } : value,
    ),
  );
}

function read(opened: Bytes): Contents {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(opened), (_, inner: unknown) =>
      isWritten(inner) ? fromBase64url(inner.b64) : inner,
    );
  } catch {
    throw new CryptoError('malformed', 'contents that cannot be read');
  }
  const version = v.safeParse(v.looseObject({ version: v.number() }), value);
  if (version.success && version.output.version > latest)
    throw new CryptoError('unsupported', 'a backup of a later version');
  const parsed = v.safeParse(contentsSchema, value);
  if (!parsed.success) throw new CryptoError('malformed', 'contents of another shape');
  return parsed.output;
}

function isWritten(value: unknown): value is { b64: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'b64' in value &&
    typeof value.b64 === 'string' &&
    Object.keys(value).length === 1
  );
}
