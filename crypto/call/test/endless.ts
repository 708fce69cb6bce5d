// Run in a process of its own by endless.test.ts, because what it proves is that nothing here runs for ever: indexes outside
// the tree, wherever a message can carry one (protocol.md C10). Prints one line of JSON: what each attack met.
import { random, type Bytes } from '../../bytes.ts';
import { Call, person } from '../../test/call.ts';
import { encode } from '../../mls/codec.ts';
import { suiteX25519, type Proposal } from '../../mls/index.ts';
import { ratchetTree, type RatchetTree } from '../../mls/ratchet-tree.ts';
import { engine } from '../index.ts';
import { forgeInfo, groupInfoOf, withTreeData } from './forge-info.ts';
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
const far = [4, 7, 1024, 5000, 2 ** 31, 2 ** 32 - 1];
const init: Proposal = { type: 'external_init', kemOutput: suiteX25519.kem.publicKeyOf(random(32)) };
const honest = groupInfoOf(call.context, call.epoch, call.groupInfo);

/** Attacks by name: each gives sealed bytes for an index, as a commit for Ada or as a GroupInfo for Cyd. */
const commits: Record<string, (index: number) => Bytes | Promise<Bytes>> = {
  'Remove of a member': (index) => forge.commit(mals, { proposals: [forge.removal(index)] }),
  'Remove of a joiner': (index) => forge.join(mals, cyd, { proposals: [forge.removal(index), init] }),
  sender: (leafIndex) => forge.commit(mals, { framed: { sender: { kind: 'member', leafIndex } } }),
};
const infos: Record<string, (index: number) => Bytes> = {
  signer: (signer) => forgeInfo(mals, honest, { signer }),
  'unmerged leaf': (index) =>
    forgeInfo(mals, honest, { extensions: withTreeData(honest, encode(ratchetTree, unmerged(index))) }),
};

function unmerged(index: number): RatchetTree {
  const tree = forge.mlsOf(mals).tree.clone();
  for (const [node, parent] of [...tree.parents()])
    tree.setParent(node, { ...parent, unmergedLeaves: [index] });
  return tree;
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
      engine.join(call.context, cyd, call.epoch, forgeIt(index), call.isMember);
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
