// messages.json: every structure that travels (RFC 9420 §6, §7.6, §12) is read as its type and written to the same bytes. The suite
// makes no difference: keys and signatures are bytes here.
import { concat, fromHex, uint } from '../../../bytes.ts';
import { decode, encode, type Codec } from '../../codec.ts';
import { proposal, proposalTypes, type ProposalType } from '../../proposal.ts';
import { commit } from '../../update-path.ts';
import { groupSecrets } from '../../welcome-message.ts';
import { is, isHex } from './check.ts';
import { messageOf } from './message-of.ts';
import { treeOf } from './tree-of.ts';

type Fields =
  | 'mls_welcome'
  | 'mls_group_info'
  | 'mls_key_package'
  | 'ratchet_tree'
  | 'group_secrets'
  | 'add_proposal'
  | 'update_proposal'
  | 'remove_proposal'
  | 'pre_shared_key_proposal'
  | 're_init_proposal'
  | 'external_init_proposal'
  | 'group_context_extensions_proposal'
  | 'commit'
  | 'public_message_application'
  | 'public_message_proposal'
  | 'public_message_commit'
  | 'private_message';

const checks: Readonly<Record<Fields, (hex: string) => void>> = {
  mls_welcome: (hex) => messageOf('welcome', hex),
  mls_group_info: (hex) => messageOf('group_info', hex),
  mls_key_package: (hex) => messageOf('key_package', hex),
  ratchet_tree: (hex) => treeOf('ratchet_tree', hex),
  group_secrets: (hex) => isStruct(groupSecrets, hex),
  add_proposal: (hex) => isProposal('add', hex),
  update_proposal: (hex) => isProposal('update', hex),
  remove_proposal: (hex) => isProposal('remove', hex),
  pre_shared_key_proposal: (hex) => isProposal('psk', hex),
  re_init_proposal: (hex) => isProposal('reinit', hex),
  external_init_proposal: (hex) => isProposal('external_init', hex),
  group_context_extensions_proposal: (hex) => isProposal('group_context_extensions', hex),
  commit: (hex) => isStruct(commit, hex),
  public_message_application: (hex) => isPublic('application', hex),
  public_message_proposal: (hex) => isPublic('proposal', hex),
  public_message_commit: (hex) => isPublic('commit', hex),
  private_message: (hex) => messageOf('private_message', hex),
};

export function messages(vector: Readonly<Record<Fields, string>>): void {
  is('fields', Object.keys(vector).sort(), Object.keys(checks).sort());
  for (const [name, check] of Object.entries(checks)) {
    try {
      check(vector[name as Fields]);
    } catch (error) {
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    }
  }
}

/** Encoded from a clone: the codec remembers the bytes that it read leaves from. */
function isStruct<T>(codec: Codec<T>, hex: string): void {
  isHex('encoded again', encode(codec, structuredClone(decode(codec, fromHex(hex)))), hex);
}

/** The vectors have proposals without the type in front. */
function isProposal(type: ProposalType, hex: string): void {
  const prefix = uint(proposalTypes[type], 2);
  const read = decode(proposal, concat(prefix, fromHex(hex)));
  isHex('encoded again', encode(proposal, structuredClone(read)).slice(prefix.length), hex);
}

function isPublic(type: string, hex: string): void {
  is('content type', messageOf('public_message', hex).publicMessage.framed.content.type, type);
}
