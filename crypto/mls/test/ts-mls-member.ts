// ts-mls 1.6.4 as a member of a mixed group (mixed-member.ts), as it comes, with its default provider. docs/interop.md says what it
// cannot do; what it reads otherwise than RFC 9420 (`external_pub`) is translated here and nowhere else.
import {
  acceptAll,
  createApplicationMessage,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPubAndRatchetTree,
  createProposal,
  generateKeyPackageWithKey,
  joinGroup,
  joinGroupExternal,
  mlsExporter,
  processPrivateMessage,
  processPublicMessage,
  type ClientState,
  type KeyPackage,
  type PrivateKeyPackage,
  type Proposal,
  type PskIndex,
} from 'ts-mls';
import { signGroupInfo } from 'ts-mls/groupInfo.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { random, toHex, utf8, type Bytes } from '../../bytes.ts';
import {
  exporterLabel,
  pskOf,
  type Change,
  type ExternalPubForm,
  type Heard,
  type MadeMessages,
  type MixedMember,
  type ProposalAsked,
  type View,
} from './mixed-member.ts';
import { bytesOf, decode, proposalOf, read, suite } from './ts-mls-messages.ts';

const lifetime = { notBefore: 0n, notAfter: 1n << 62n };
const capabilities = {
  versions: ['mls10' as const],
  ciphersuites: [suite.name],
  extensions: [],
  proposals: [],
  credentials: ['basic' as const],
};

type Kept = { readonly publicPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage };

export class TsMlsMember implements MixedMember {
  readonly externalPubForm = 'bare';
  readonly name: string;
  #signatureKeys: Awaited<ReturnType<typeof suite.signature.keygen>> | undefined;
  #kept: Kept | undefined;
  #state: ClientState | undefined;
  #next: ClientState | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get state(): ClientState {
    if (this.#state === undefined) throw new TypeError(`${this.name} is in no group`);
    return this.#state;
  }

  get leafIndex(): number {
    return this.state.privatePath.leafIndex;
  }

  async create(groupId: Bytes): Promise<void> {
    const { publicPackage, privatePackage } = await this.#newKeyPackage();
    this.#state = await createGroup(groupId, publicPackage, privatePackage, [], suite);
  }

  async keyPackage(): Promise<Bytes> {
    this.#kept = await this.#newKeyPackage();
    return bytesOf({ wireformat: 'mls_key_package', keyPackage: this.#kept.publicPackage });
  }

  async joinByWelcome(bytes: Bytes): Promise<void> {
    const { welcome } = read(bytes, 'mls_welcome');
    if (this.#kept === undefined) throw new TypeError(`${this.name} has no key package`);
    const { publicPackage, privatePackage } = this.#kept;
    this.#state = await joinGroup(welcome, publicPackage, privatePackage, pskIndex, suite);
  }

  async joinByExternalCommit(bytes: Bytes, old?: number): Promise<Bytes> {
    const { groupInfo } = read(bytes, 'mls_group_info');
    const { publicPackage, privatePackage } = await this.#newKeyPackage();
    const isResync = old !== undefined;
    const made = await joinGroupExternal(groupInfo, publicPackage, privatePackage, isResync, suite);
    this.#state = made.newState;
    return bytesOf({ wireformat: 'mls_public_message', publicMessage: made.publicMessage });
  }

  async groupInfo(form: ExternalPubForm): Promise<Bytes> {
    const made = await createGroupInfoWithExternalPubAndRatchetTree(this.state, [], suite);
    const extensions = made.extensions.map((extension) =>
      extension.extensionType === 'external_pub' && form === 'rfc'
        ? { ...extension, extensionData: Uint8Array.from([32, ...extension.extensionData]) }
        : extension,
    );
    const { signaturePrivateKey } = this.state;
    const groupInfo = await signGroupInfo({ ...made, extensions }, signaturePrivateKey, suite.signature);
    return bytesOf({ wireformat: 'mls_group_info', groupInfo });
  }

  async commit({ add = [], remove = [], psks = [], isPrivate = false }: Change): Promise<MadeMessages> {
    const extraProposals = [
      ...remove.map((removed) => proposalOf({ type: 'remove', removed })),
      ...add.map((keyPackage) => proposalOf({ type: 'add', keyPackage })),
      ...psks.map((pskId): Proposal => {
        const preSharedKeyId = { psktype: 'external', pskId, pskNonce: random(32) } as const;
        return { proposalType: 'psk', psk: { preSharedKeyId } };
      }),
    ];
    const { commit, welcome, newState } = await createCommit(
      { state: this.state, cipherSuite: suite, pskIndex },
      { wireAsPublicMessage: !isPrivate, extraProposals, ratchetTreeExtension: true },
    );
    this.#next = newState;
    return {
      commit: bytesOf(commit),
      welcome: welcome && bytesOf({ wireformat: 'mls_welcome', welcome }),
    };
  }

  accept(): void {
    this.#state = this.#next;
  }

  async propose(asked: ProposalAsked, isPrivate: boolean): Promise<Bytes> {
    if (asked.type === 'update') throw new TypeError('ts-mls keeps no key for an Update of its own');
    const made = await createProposal(this.state, !isPrivate, proposalOf(asked), suite);
    this.#state = made.newState;
    return bytesOf(made.message);
  }

  async receive(bytes: Bytes): Promise<Heard> {
    const message = decode(bytes);
    if (message.wireformat === 'mls_public_message') {
      const { content } = message.publicMessage;
      const kind = content.contentType === 'proposal' ? 'proposal' : 'commit';
      return this.#follow(
        kind,
        await processPublicMessage(this.state, message.publicMessage, pskIndex, suite, acceptAll),
      );
    }
    if (message.wireformat !== 'mls_private_message') throw new TypeError(`a ${message.wireformat}`);
    const { privateMessage } = message;
    const result = await processPrivateMessage(this.state, privateMessage, pskIndex, suite, acceptAll);
    if (result.kind === 'newState')
      return this.#follow(privateMessage.contentType === 'proposal' ? 'proposal' : 'commit', result);
    this.#state = result.newState;
    return { kind: 'application', data: Uint8Array.from(result.message) };
  }

  async send(data: Bytes): Promise<Bytes> {
    const { privateMessage, newState } = await createApplicationMessage(this.state, data, suite);
    this.#state = newState;
    return bytesOf({ wireformat: 'mls_private_message', privateMessage });
  }

  async view(): Promise<View> {
    const { groupContext, keySchedule, ratchetTree } = this.state;
    const context = utf8('context');
    const exported = await mlsExporter(keySchedule.exporterSecret, exporterLabel, context, 48, suite);
    return {
      epoch: groupContext.epoch,
      treeHash: toHex(await treeHashRoot(ratchetTree, suite.hash)),
      transcriptHash: toHex(groupContext.confirmedTranscriptHash),
      exported: toHex(exported),
      authenticator: toHex(keySchedule.epochAuthenticator),
    };
  }

  #follow(kind: 'commit' | 'proposal', { newState }: { readonly newState: ClientState }): Heard {
    if (newState.groupActiveState.kind === 'removedFromGroup') return { kind: 'removed' };
    this.#state = newState;
    return { kind };
  }

  async #newKeyPackage(): Promise<Kept> {
    const keys = (this.#signatureKeys ??= await suite.signature.keygen());
    const credential = { credentialType: 'basic' as const, identity: utf8(this.name) };
    return generateKeyPackageWithKey(credential, capabilities, lifetime, [], keys, suite);
  }
}

const pskIndex: PskIndex = {
  findPsk: (id) => (id.psktype === 'external' ? pskOf(Uint8Array.from(id.pskId)) : undefined),
};
