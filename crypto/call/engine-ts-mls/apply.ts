// Letting the library apply a commit that check-commit.ts passed, and checking afterwards what it does not (RFC 9420
// §12.4.2, protocol.md C3–C5): the joiner's credential, that path keys belong to the path secrets, that a removal of mine
// was really sent by who it says. No function here changes the state it is given (C6).
import type { ClientState } from 'ts-mls';
import { verifyFramedContentSignature } from 'ts-mls/framedContent.js';
import { verifyLeafNodeSignature } from 'ts-mls/leafNode.js';
import { processPublicMessage } from 'ts-mls/processMessages.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { equal, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { acceptNewLeaf } from '../acceptable.ts';
import type { CallContext, IsMember } from '../types.ts';
import { checkCommit, type CheckedCommit } from './check-commit.ts';
import { decodeCommit } from './decode.ts';
import { asking } from './refusals.ts';
import { secretsOf, trimmed, wipeSecrets } from './secrets.ts';
import { encryptionKeyOf, suite } from './suite.ts';
import { candidateOf, candidatesOf } from './tree.ts';

/** A commit that was applied. */
export interface Applied {
  readonly commit: CheckedCommit;
  readonly state: ClientState;
}

/** Applies an opened commit. Throws `CryptoError`; `removed` where it takes my own leaf away. */
export async function applyCommit(
  state: ClientState,
  message: Bytes,
  rules: { readonly context: CallContext; readonly isMember: IsMember },
): Promise<Applied> {
  const commit = checkCommit(state, decodeCommit(message));
  if (commit.kind === 'external') {
    await checkSignatures(state, commit);
    await acceptNewLeaf(
      candidateOf(commit.path.leafNode, commit.committer),
      candidatesOf(commit.rest),
      rules,
    );
  }
  // The library does not notice a joiner that replaces its own leaf where that leaf is mine. For a member's Remove of
  // mine it does, after it verified tag and signature.
  if (commit.kind === 'external' && commit.removed.includes(state.privatePath.leafIndex)) throw goneError();
  const result = await asking(() => processPublicMessage(state, commit.message, emptyPskIndex, suite));
  if (result.newState.groupActiveState.kind !== 'active') throw goneError();
  const next = trimmed(result.newState);
  wipeSecrets(result.newState, secretsOf(state));
  checkPathKeys(state, next);
  return { commit, state: next };
}

function goneError(): CryptoError {
  return new CryptoError('removed', 'this commit removes me');
}

/** A joiner's leaf and message, both under its leaf key, before anybody is asked about its identity. */
async function checkSignatures({ groupContext }: ClientState, commit: CheckedCommit): Promise<void> {
  const { leafNode } = commit.path;
  const { content, auth } = commit.message;
  const leafSigned = await asking(() =>
    verifyLeafNodeSignature(leafNode, groupContext.groupId, commit.committer, suite.signature),
  );
  const messageSigned = await asking(() =>
    verifyFramedContentSignature(
      leafNode.signaturePublicKey,
      'mls_public_message',
      content,
      auth,
      groupContext,
      suite.signature,
    ),
  );
  if (!leafSigned || !messageSigned) throw new CryptoError('bad_signature', 'the joiner did not sign this');
}

/** §12.4.2: "verify that the derived public keys are the same as in the path". The library leaves it out. */
function checkPathKeys(before: ClientState, after: ClientState): void {
  const old = before.privatePath.privateKeys;
  for (const [at, key] of Object.entries(after.privatePath.privateKeys)) {
    const known = old[Number(at)];
    const node = after.ratchetTree[Number(at)];
    if (known !== undefined && equal(known, key)) continue;
    if (node?.nodeType !== 'parent' || !equal(node.parent.hpkePublicKey, encryptionKeyOf(key))) {
      wipeSecrets(after);
      throw new CryptoError('bad_commit', 'a path key that does not belong to its path secret');
    }
  }
}
