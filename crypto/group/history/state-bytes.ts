// A group's state as a device keeps it (protocol.md G11), in one encoding and back. The parser takes nothing but what a history can
// lead to in shape: order, no name twice, no entry that its policy has no room for. Lists ascend.
import { concat, fromHex, Reader, toHex, uint, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { roles, type Role } from './action.ts';
import { encodePolicy, readChoice, readFlag, readPolicy } from './policy.ts';
import { isOut, type Gone, type GroupState, type IdentityName } from './state.ts';

/** The second has the group's profile at its end, the first has none. */
const encodings = [1, 2] as const;
const causes = ['left', 'removed', 'banned'] as const;

export function encodeState(state: GroupState): Bytes {
  const { speakers, profile } = state;
  return concat(
    uint(encodings[profile === null ? 0 : 1], 1),
    state.groupId,
    uint(state.version, 4),
    state.head,
    state.owner,
    encodePolicy(state.policy),
    uint(state.secretVersion, 4),
    optional(state.doorHash),
    optional(state.lock),
    optional(speakers && concat(speakers.callId, namesOf(speakers.identities))),
    list(state.roles, (role) => uint(roles.indexOf(role), 1)),
    namesOf(state.admitted),
    list(state.gone, encodeGone),
    profile ?? nothing,
  );
}

/** Throws `CryptoError('malformed')` for anything but the one encoding of a state. */
export function parseState(bytes: Bytes): GroupState {
  const reader = new Reader(bytes);
  const encoding = reader.uint(1);
  if (!encodings.some((known) => known === encoding))
    throw new CryptoError('malformed', 'a state of another encoding');
  const state: GroupState = {
    groupId: reader.take(16),
    version: reader.uint(4),
    head: reader.take(32),
    owner: reader.take(32),
    policy: readPolicy(reader),
    secretVersion: reader.uint(4),
    doorHash: readFlag(reader) ? reader.take(32) : null,
    lock: readFlag(reader) ? reader.take(16) : null,
    speakers: readFlag(reader) ? { callId: reader.take(16), identities: readNames(reader) } : null,
    roles: readList<Role>(reader, () => readChoice(reader, roles)),
    admitted: readNames(reader),
    gone: readList(reader, () => readGone(reader)),
    profile: encoding === encodings[1] ? reader.take(32) : null,
  };
  reader.end();
  checkFits(state);
  return state;
}

/** What no history leads to. */
function checkFits(state: GroupState): void {
  const { secretVersion, doorHash, owner, policy } = state;
  const isWrong =
    secretVersion < 1 ||
    (doorHash === null) !== (secretVersion === 1) ||
    secretVersion > state.version + 1 ||
    state.roles.has(toHex(owner)) ||
    isOut(state, owner) ||
    (policy.admission === 'open' && state.admitted.size > 0) ||
    (policy.speaking === 'everybody' && [...state.roles.values()].includes('member')) ||
    (state.profile !== null && state.version === 0) ||
    [...state.gone].some(([name, gone]) => !fitsGone(state, name, gone));
  if (isWrong) throw new CryptoError('malformed', 'a state that no history leads to');
}

function fitsGone(state: GroupState, name: IdentityName, gone: Gone): boolean {
  const isInTime =
    gone.secretVersion >= 1 &&
    gone.secretVersion <= state.secretVersion &&
    gone.version >= 1 &&
    gone.version <= state.version;
  const role = state.roles.get(name) ?? 'listener';
  return isInTime && (!isOut(state, fromHex(name)) || (role === 'listener' && !state.admitted.has(name)));
}

function encodeGone({ cause, secretVersion, version }: Gone): Bytes {
  return concat(uint(causes.indexOf(cause), 1), uint(secretVersion, 4), uint(version, 4));
}

function readGone(from: Reader): Gone {
  return { cause: readChoice(from, causes), secretVersion: from.uint(4), version: from.uint(4) };
}

function optional(bytes: Bytes | null): Bytes {
  return bytes === null ? uint(0, 1) : concat(uint(1, 1), bytes);
}

const nothing = new Uint8Array(0);

function namesOf(names: ReadonlySet<IdentityName>): Bytes {
  return list(new Map([...names].map((name) => [name, nothing])), (empty) => empty);
}

function readNames(from: Reader): ReadonlySet<IdentityName> {
  return new Set(readList(from, () => nothing).keys());
}

/** `u32(count)`, then each identity with its value. */
function list<T>(entries: ReadonlyMap<IdentityName, T>, encode: (value: T) => Bytes): Bytes {
  const sorted = [...entries.keys()].sort();
  const encoded = sorted.map((name) => concat(fromHex(name), encode(entries.get(name) as T)));
  return concat(uint(sorted.length, 4), ...encoded);
}

function readList<T>(from: Reader, read: () => T): ReadonlyMap<IdentityName, T> {
  const count = from.uint(4);
  const entries = new Map<IdentityName, T>();
  let last = '';
  for (let i = 0; i < count; i++) {
    const name = toHex(from.take(32));
    if (name <= last) throw new CryptoError('malformed', 'identities that do not ascend');
    entries.set(name, read());
    last = name;
  }
  return entries;
}
