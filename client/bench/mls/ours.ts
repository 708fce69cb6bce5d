// crypto/mls, behind what mls.ts asks of both sides.
import { random, type Bytes } from '../../../crypto/bytes.ts';
import {
  createCommit,
  createKeyPackage,
  decodeMessage,
  describeGroup,
  encodeMessage,
  extensionTypes,
  joinByExternalCommit,
  receive,
  suiteX25519 as suite,
  type Application,
  type GroupState,
  type KeyPackage,
} from '../../../crypto/mls/index.ts';
import { signGroupInfo } from '../../../crypto/mls/group-info.ts';
import { capabilities, credentialOf } from './group.ts';
import type { Side } from './side.ts';

const nowSeconds = BigInt(Math.floor(Date.now() / 1000));
const application: Application = { authenticate: () => undefined, nowSeconds };

export const ours: Side<GroupState> = {
  async join(groupInfo) {
    const message = decodeMessage(groupInfo);
    if (message.wireFormat !== 'group_info') throw new TypeError('not a GroupInfo');
    const leaf = { credential: credentialOf('joiner'), capabilities, extensions: [] };
    const signatureKeys = suite.signature.generateKeyPair();
    const made = await joinByExternalCommit(
      suite,
      { groupInfo: message.groupInfo, leaf, signatureKeys },
      application,
    );
    return { message: made.message, state: made.next };
  },
  async process(state, message) {
    const received = await receive(state, message, application);
    if (received.kind !== 'commit') throw new TypeError('not a commit');
    return received.state;
  },
  async remove(state, removed) {
    const made = await createCommit(state, { proposals: [{ type: 'remove', removed }] }, application);
    return { message: made.message, state: made.next };
  },
};

export function groupInfoOf(state: GroupState): Bytes {
  const groupInfo = describeGroup(state, { isJoinable: true, hasTree: true });
  return encodeMessage({ wireFormat: 'group_info', groupInfo });
}

/** The same for ts-mls, which reads `external_pub` without the length in front that RFC 9420 §12.4.3.2 has. */
export function groupInfoForTsMls(state: GroupState): Bytes {
  const honest = describeGroup(state, { isJoinable: true, hasTree: true });
  const extensions = honest.extensions.map((extension) =>
    extension.type === extensionTypes.externalPub
      ? { ...extension, data: extension.data.slice(1) }
      : extension,
  );
  const groupInfo = signGroupInfo(suite, { ...honest, extensions }, state.signaturePrivateKey);
  return encodeMessage({ wireFormat: 'group_info', groupInfo });
}

/** A commit of ten additions, made by us for both. */
export async function additions(state: GroupState, count: number): Promise<Bytes> {
  const proposals = Array.from(
    { length: count },
    () => ({ type: 'add', keyPackage: newKeyPackage() }) as const,
  );
  return (await createCommit(state, { proposals }, application)).message;
}

function newKeyPackage(): KeyPackage {
  const lifetime = { notBefore: nowSeconds - 3600n, notAfter: nowSeconds + 86_400n };
  const me = {
    credential: credentialOf(`k${random(4).join('')}`),
    signatureKeys: suite.signature.generateKeyPair(),
  };
  return createKeyPackage(suite, me, { capabilities, lifetime }).keyPackage;
}
