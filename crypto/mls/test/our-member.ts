// crypto/mls as a member of a mixed group (mixed-member.ts).
import { toHex, utf8, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import {
  createCommit,
  createGroup,
  createKeyPackage,
  decodeMessage,
  describeGroup,
  encodeMessage,
  exportSecret,
  extensionTypes,
  joinByExternalCommit,
  joinByWelcome,
  propose,
  proposeUpdate,
  receive,
  sendApplication,
  suiteX25519 as suite,
  type Application,
  type GroupState,
  type KeyPackage,
  type KeyPackageSecrets,
  type MadeCommit,
  type MlsMessage,
  type Proposal,
} from '../index.ts';
import { signGroupInfo } from '../group-info.ts';
import { newExternalPskId } from '../psk.ts';
import { treeHash } from '../tree-hash.ts';
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

const application: Application = {
  authenticate: () => undefined,
  psk: (id) => (id.kind === 'external' ? pskOf(id.pskId) : undefined),
};
const capabilities = { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] };
const lifetime = { notBefore: 0n, notAfter: 1n << 62n };

export class OurMember implements MixedMember {
  readonly externalPubForm = 'rfc';
  readonly name: string;
  readonly #signatureKeys = suite.signature.generateKeyPair();
  #kept: { readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets } | undefined;
  #state: GroupState | undefined;
  #made: MadeCommit | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get state(): GroupState {
    if (this.#state === undefined) throw new TypeError(`${this.name} is in no group`);
    return this.#state;
  }

  get leafIndex(): number {
    return this.state.ownLeaf;
  }

  create(groupId: Bytes): Promise<void> {
    this.#state = createGroup(suite, this.#newKeyPackage(), { groupId });
    return Promise.resolve();
  }

  keyPackage(): Promise<Bytes> {
    this.#kept = this.#newKeyPackage();
    return Promise.resolve(encodeMessage({ wireFormat: 'key_package', keyPackage: this.#kept.keyPackage }));
  }

  async joinByWelcome(bytes: Bytes): Promise<void> {
    const { welcome } = read(bytes, 'welcome');
    if (this.#kept === undefined) throw new TypeError(`${this.name} has no key package`);
    this.#state = await joinByWelcome(suite, { welcome, ...this.#kept }, application);
  }

  async joinByExternalCommit(bytes: Bytes, old?: number): Promise<Bytes> {
    const { groupInfo } = read(bytes, 'group_info');
    const leaf = { credential: this.#credential(), capabilities, extensions: [] };
    const join = { groupInfo, leaf, signatureKeys: this.#signatureKeys, ownOldLeaf: () => old };
    const { message, next } = await joinByExternalCommit(suite, join, application);
    this.#state = next;
    return message;
  }

  groupInfo(form: ExternalPubForm): Promise<Bytes> {
    const honest = describeGroup(this.state, { isJoinable: true, hasTree: true });
    const extensions = honest.extensions.map((extension) =>
      extension.type === extensionTypes.externalPub && form === 'bare'
        ? { ...extension, data: extension.data.slice(1) }
        : extension,
    );
    const groupInfo = signGroupInfo(suite, { ...honest, extensions }, this.state.signaturePrivateKey);
    return Promise.resolve(encodeMessage({ wireFormat: 'group_info', groupInfo }));
  }

  async commit({ add = [], remove = [], psks = [], isPrivate = false }: Change): Promise<MadeMessages> {
    const proposals: Proposal[] = [
      ...remove.map((removed) => ({ type: 'remove', removed }) as const),
      ...add.map((bytes) => ({ type: 'add', ...read(bytes, 'key_package') }) as const),
      ...psks.map((id) => ({ type: 'psk', psk: newExternalPskId(suite, id) }) as const),
    ];
    const wireFormat = isPrivate ? 'private_message' : 'public_message';
    this.#made = await createCommit(this.state, { proposals, wireFormat }, application);
    this.#state = this.#made.current;
    return { commit: this.#made.message, welcome: this.#made.welcome };
  }

  accept(): void {
    this.#state = this.#made?.next;
  }

  propose(asked: ProposalAsked, isPrivate: boolean): Promise<Bytes> {
    const options = { wireFormat: isPrivate ? 'private_message' : 'public_message' } as const;
    const sent =
      asked.type === 'update'
        ? proposeUpdate(this.state, options)
        : propose(this.state, proposalOf(asked), options);
    this.#state = sent.state;
    return Promise.resolve(sent.message);
  }

  async receive(message: Bytes): Promise<Heard> {
    try {
      const heard = await receive(this.state, message, application);
      this.#state = heard.state;
      return heard;
    } catch (error) {
      if (error instanceof CryptoError && error.code === 'removed') return { kind: 'removed' };
      throw error;
    }
  }

  send(data: Bytes): Promise<Bytes> {
    const { message, state } = sendApplication(this.state, data);
    this.#state = state;
    return Promise.resolve(message);
  }

  view(): Promise<View> {
    const { context, secrets, tree } = this.state;
    const asked = { label: exporterLabel, context: utf8('context'), length: 48 };
    return Promise.resolve({
      epoch: context.epoch,
      treeHash: toHex(treeHash(suite, tree)),
      transcriptHash: toHex(context.confirmedTranscriptHash),
      exported: toHex(exportSecret(suite, secrets.exporter, asked)),
      authenticator: toHex(secrets.authentication),
    });
  }

  #credential(): { readonly type: 'basic'; readonly identity: Bytes } {
    return { type: 'basic', identity: utf8(this.name) };
  }

  #newKeyPackage(): { readonly keyPackage: KeyPackage; readonly secrets: KeyPackageSecrets } {
    const me = { credential: this.#credential(), signatureKeys: this.#signatureKeys };
    return createKeyPackage(suite, me, { capabilities, lifetime });
  }
}

function proposalOf(asked: Exclude<ProposalAsked, { type: 'update' }>): Proposal {
  return asked.type === 'add' ? { type: 'add', ...read(asked.keyPackage, 'key_package') } : asked;
}

function read<W extends MlsMessage['wireFormat']>(
  bytes: Bytes,
  wireFormat: W,
): Omit<Extract<MlsMessage, { wireFormat: W }>, 'wireFormat'> {
  const message = decodeMessage(bytes);
  if (message.wireFormat !== wireFormat) throw new TypeError(`a ${message.wireFormat}`);
  return message as Extract<MlsMessage, { wireFormat: W }>;
}
