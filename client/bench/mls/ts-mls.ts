// ts-mls 1.6.4 as it comes: its default provider, which uses WebCrypto where it can. Behind what mls.ts asks of both sides.
import {
  acceptAll,
  createCommit,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroupExternal,
  processMessage,
  type ClientState,
  type MLSMessage,
} from 'ts-mls';
import type { Bytes } from '../../../crypto/bytes.ts';
import { credentialOf } from './group.ts';
import type { Side } from './side.ts';

const suite = await getCiphersuiteImpl(
  getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'),
);
const capabilities = {
  versions: ['mls10' as const],
  ciphersuites: [suite.name],
  extensions: [],
  proposals: [],
  credentials: ['basic' as const],
};
const lifetime = { notBefore: 0n, notAfter: 1n << 62n };

export const tsMls: Side<ClientState> = {
  async join(groupInfo) {
    const message = decode(groupInfo);
    if (message.wireformat !== 'mls_group_info') throw new TypeError('not a GroupInfo');
    const credential = { credentialType: 'basic' as const, identity: credentialOf('joiner').identity };
    const { publicPackage, privatePackage } = await generateKeyPackage(
      credential,
      capabilities,
      lifetime,
      [],
      suite,
    );
    const made = await joinGroupExternal(message.groupInfo, publicPackage, privatePackage, false, suite);
    const { publicMessage } = made;
    return {
      message: encodeMlsMessage({
        version: 'mls10',
        wireformat: 'mls_public_message',
        publicMessage,
      }) as Bytes,
      state: made.newState,
    };
  },
  async process(state, bytes) {
    const message = decode(bytes);
    if (message.wireformat !== 'mls_public_message') throw new TypeError('not a public message');
    const { newState } = await processMessage(message, state, emptyPskIndex, acceptAll, suite);
    return newState;
  },
  async remove(state, removed) {
    const made = await createCommit(
      { state, cipherSuite: suite },
      { wireAsPublicMessage: true, extraProposals: [{ proposalType: 'remove', remove: { removed } }] },
    );
    return { message: encodeMlsMessage(made.commit) as Bytes, state: made.newState };
  },
};

function decode(bytes: Bytes): MLSMessage {
  const decoded = decodeMlsMessage(bytes, 0);
  if (decoded === undefined) throw new TypeError('not an MLSMessage');
  return decoded[0];
}
