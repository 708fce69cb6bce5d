// Run in a process of its own by endless.test.ts, because what it proves is that nothing here runs for ever: indexes outside
// the tree, wherever a message can carry one (protocol.md C10). Prints one line of JSON: what each attack met.
import type { Proposal } from 'ts-mls';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { random, type Bytes } from '../../../bytes.ts';
import { Call, person } from '../../../test/call.ts';
import { engine } from '../../index.ts';
import * as forge from './forge.ts';

const [ada, ben, mal, cyd] = [
  await person('ada'),
  await person('ben'),
  await person('mal'),
  await person('cyd'),
];
const call = await Call.of(ada, ben, mal);
call.admit(cyd);
const mals = call.state(mal);
const far = [3, 7, 1024, 5000, 2 ** 31, 2 ** 32 - 1];
const init: Proposal = { proposalType: 'external_init', externalInit: { kemOutput: random(32) } };
const honest = forge.groupInfoOf(call.context, call.epoch, call.groupInfo);
const path = forge.pathOf(call.context, await mals.selfUpdate());

/** Attacks by name: each gives sealed bytes for an index, as a commit for Ada or as a GroupInfo for Cyd. */
const commits: Record<string, (index: number) => Promise<Bytes>> = {
  'Remove of a member': async (index) =>
    forge.sealCommit(mals, (await forge.commit(mals, [forge.removal(index)])).message),
  'Remove of a joiner': async (index) =>
    forge.sealCommit(
      mals,
      (await forge.join(mals, cyd, { proposals: [forge.removal(index), init] })).message,
    ),
  sender: (leafIndex) =>
    forge.sign(mals, { commit: { proposals: [], path }, sender: { senderType: 'member', leafIndex } }),
};
const infos: Record<string, (index: number) => Promise<Bytes>> = {
  signer: (signer) => forge.forgeGroupInfo(mals, honest, { signer }),
  'unmerged leaf': (index) => forge.forgeGroupInfo(mals, honest, { tree: unmerged(index) }),
};

function unmerged(index: number): RatchetTree {
  return forge
    .mlsOf(mals)
    .ratchetTree.map((node) =>
      node?.nodeType === 'parent'
        ? { ...node, parent: { ...node.parent, unmergedLeaves: [index as never] } }
        : node,
    );
}

const met: Record<string, string[]> = {};
for (const index of far) {
  for (const [name, forgeIt] of Object.entries(commits)) {
    (met[name] ??= []).push(
      await codeOf(async () => call.state(ada).apply(await forgeIt(index), call.isMember)),
    );
  }
  for (const [name, forgeIt] of Object.entries(infos)) {
    const join = async (): Promise<unknown> =>
      engine.join(call.context, cyd, call.epoch, await forgeIt(index), call.isMember);
    (met[name] ??= []).push(await codeOf(join));
  }
}
process.stdout.write(`${JSON.stringify(met)}\n`);

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
