// Somebody with real cryptography and no place among the members: an identity of its own, and commits as well made as can be with what
// it has. `secret` is the group's where it has an old link, else of its own making.
import { fromBase64url, random, toBase64url } from '../../crypto/bytes.ts';
import { engine } from '../../crypto/call/index.ts';
import type { CallContext, Proposed } from '../../crypto/call/types.ts';
import type { Identity } from '../../crypto/identity/index.ts';
import { decodeInvite, deriveGroupKeys, type GroupSecret } from '../../crypto/invite/index.ts';
import { openDevice } from '../../client/groups/device.ts';
import { describeMember } from '../../client/groups/statements.ts';
import { MemoryStore } from '../../client/testing/memory-store.ts';
import type { CallRow, MemberRow } from './stolen-store.ts';

export interface Intruder {
  readonly identity: Identity;
  readonly livekitIdentity: string;
  /** base64url. */
  readonly name: string;
  /** The row of a member, complete with a signature of its own and a MAC under `secret`. */
  member(secret: GroupSecret): Promise<MemberRow>;
  /** An external commit into the call as it stands, for who has the group's secret. */
  commitInto(call: CallRow, secret: GroupSecret): Promise<Made>;
  /** One into a group of its own making that claims to be the call: all that can be done without the secret. */
  commitBeside(call: CallRow): Promise<Made>;
}

/** base64url. */
export interface Made {
  readonly message: string;
  readonly groupInfo: string;
}

export async function createIntruder(): Promise<Intruder> {
  const device = await openDevice(new MemoryStore());
  const { identity } = device;
  const me = { identity, livekitIdentity: toBase64url(random(16)) };
  return {
    ...me,
    name: toBase64url(identity.publicKey),
    async member(secret) {
      const member = await describeMember(device, {
        ...{ secret, keys: deriveGroupKeys(secret), name: 'Mal', todayMs: Date.now() },
      });
      return {
        identity: toBase64url(member.identity),
        inbox_key: toBase64url(member.inboxKey),
        mac: toBase64url(member.mac),
        signature: toBase64url(member.signature),
        sealed_name: toBase64url(member.sealedName),
      };
    },
    async commitInto(call, secret) {
      const groupInfo = fromBase64url(call.group_info);
      return made(await engine.join(contextOf(call, secret), me, BigInt(call.epoch), groupInfo, () => true));
    },
    async commitBeside(call) {
      const secret = madeUpSecret(call.group_id);
      const context = contextOf(call, secret);
      const accomplice = {
        identity: (await openDevice(new MemoryStore())).identity,
        livekitIdentity: 'nobody',
      };
      const { groupInfo } = await engine.create(context, accomplice);
      return made(await engine.join(context, me, 0n, groupInfo, () => true));
    },
  };
}

/** What stands behind an invite link. */
export function secretOf(link: string): GroupSecret {
  return decodeInvite(link.slice(link.lastIndexOf('/') + 1));
}

function made({ message, groupInfo }: Proposed): Made {
  return { message: toBase64url(message), groupInfo: toBase64url(groupInfo) };
}

function contextOf(call: CallRow, secret: GroupSecret): CallContext {
  const { handshake: handshakeKey, media: mediaKey } = deriveGroupKeys(secret);
  return {
    ...{ groupId: secret.groupId, callId: fromBase64url(call.call_id, 16), generation: call.generation },
    ...{ handshakeKey, mediaKey },
  };
}

/** A secret that opens nothing of this group. */
export function madeUpSecret(groupId: string): GroupSecret {
  return { groupId: fromBase64url(groupId, 16), version: 1, secret: random(32) };
}
