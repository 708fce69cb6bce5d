// One rule for which signatures are valid (protocol.md I3), on every path of MLS that verifies one: message, leaf, key package and GroupInfo.
// The signers chose their own keys; only the signature under test is crafted, all others are valid under the same key.
import { describe, expect, it } from 'vitest';
import { fromHex, random, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { isAcceptablePoint } from '../identity/point.ts';
import cases from '../vectors/ed25519-speccheck/cases.json' with { type: 'json' };
import {
  describeGroup,
  joinByExternalCommit,
  propose,
  receive,
  sendApplication,
  storeState,
  type GroupState,
} from './index.ts';
import type { GroupInfo } from './group-info.ts';
import { signKeyPackage, type KeyPackage } from './key-package.ts';
import { signLeafNode } from './leaf-node.ts';
import type { CipherSuite } from './suite.ts';
import { forgeCommit, forgeJoin } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import {
  application,
  capabilities,
  keyPackageOf,
  person,
  sharedPskId,
  suite,
  type Person,
} from './test/people.ts';
import { signers } from './test/torsion.ts';

const { group, ada, mal } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const groupInfo = group.groupInfo();
const accepted = 'accepted';

/** What comes of something that may be refused: 'accepted', or the code. */
async function outcome(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => accepted,
    (error: unknown) => {
      expect(error).toBeInstanceOf(CryptoError);
      return (error as CryptoError).code;
    },
  );
}

/** The outcome at `state`, which is as it was. */
async function outcomeAt(state: GroupState, message: Bytes): Promise<string> {
  const before = storeState(state);
  const result = await outcome(receive(state, message, application));
  expect(storeState(state)).toEqual(before);
  return result;
}

const holding = (signatureKeys: Person['signatureKeys']): Person => ({ ...person('Eve'), signatureKeys });

function join(by: CipherSuite, who: Person, info: GroupInfo): Promise<{ message: Bytes; next: GroupState }> {
  const leaf = { credential: who.credential, capabilities, extensions: [] };
  return joinByExternalCommit(by, { groupInfo: info, leaf, signatureKeys: who.signatureKeys }, application);
}

function packageOf(who: Person, leafBy: CipherSuite, packetBy: CipherSuite): KeyPackage {
  const { signature: _, leafNode, ...rest } = keyPackageOf(who).keyPackage;
  const { signature: __, ...content } = leafNode;
  const { privateKey } = who.signatureKeys;
  const signed = signLeafNode(leafBy, content, { signaturePrivateKey: privateKey });
  return signKeyPackage(packetBy, { ...rest, leafNode: signed }, privateKey);
}

describe.each(signers)('$what', ({ isValid, keys, crafted, honest }) => {
  const eve = holding(keys);
  const isKeyAcceptable = isAcceptablePoint(keys.publicKey);
  const expected = isValid ? accepted : 'bad_signature';

  it('[I3] decides a joiner’s message and leaf', async () => {
    const byMessage = forgeJoin(groupInfo, eve, { signsWith: crafted, signsLeafWith: honest });
    expect(await outcomeAt(adas, byMessage)).toBe(expected);
    const byLeaf = forgeJoin(groupInfo, eve, { signsWith: honest, signsLeafWith: crafted });
    expect(await outcomeAt(adas, byLeaf)).toBe(expected);
  });

  it('[I3] decides the leaf and the signature of a key package', async () => {
    for (const [leafBy, packetBy] of [
      [crafted, honest],
      [honest, crafted],
    ] as const) {
      const proposals = [{ type: 'add', keyPackage: packageOf(eve, leafBy, packetBy) }] as const;
      expect(await outcomeAt(adas, forgeCommit(mals, { proposals }))).toBe(expected);
    }
  });

  it('[I3] decides a member’s messages, leaf and GroupInfo, once the key could join at all', async () => {
    const { message, next } = await join(honest, eve, groupInfo);
    const joined = await outcomeAt(adas, message);
    expect(joined).toBe(isKeyAcceptable ? accepted : 'bad_signature');
    if (joined !== accepted) return;
    const { state } = await receive(adas, message, application);
    const theirs = { ...next, suite: crafted };
    const proposal = { type: 'psk', psk: sharedPskId() } as const;
    for (const wireFormat of ['public_message', 'private_message'] as const) {
      expect(await outcomeAt(state, propose(theirs, proposal, { wireFormat }).message)).toBe(expected);
      const byMessage = forgeCommit(next, { wireFormat, signsWith: crafted, signsLeafWith: honest });
      expect(await outcomeAt(state, byMessage)).toBe(expected);
      const byLeaf = forgeCommit(next, { wireFormat, signsWith: honest, signsLeafWith: crafted });
      expect(await outcomeAt(state, byLeaf)).toBe(expected);
    }
    expect(await outcomeAt(state, sendApplication(theirs, random(4)).message)).toBe(expected);
    const info = describeGroup(theirs, { hasTree: true, isJoinable: true });
    expect(await outcome(join(suite, person('Dot'), info))).toBe(expected);
  });
});

describe('the published edge cases', () => {
  it('[I3] are decided by the suite as by crypto/identity: only case 3 is valid', async () => {
    const answers = cases.map((row) =>
      suite.signature.verify(fromHex(row.pub_key), fromHex(row.message), fromHex(row.signature)),
    );
    expect(await Promise.all(answers)).toEqual(cases.map((_, at) => at === 3));
  });

  it('[I3] have keys that no leaf can stand on, and signatures that count for no message', async () => {
    const keys = [...new Set(cases.map((row) => row.pub_key))].map(fromHex);
    expect(keys.filter((key) => !isAcceptablePoint(key))).toHaveLength(1);
    for (const publicKey of keys) {
      const who = holding({ privateKey: mal.signatureKeys.privateKey, publicKey });
      const proposals = [{ type: 'add', keyPackage: keyPackageOf(who).keyPackage }] as const;
      expect(await outcomeAt(adas, forgeCommit(mals, { proposals }))).toBe('bad_signature');
      expect(await outcomeAt(adas, forgeJoin(groupInfo, who))).toBe('bad_signature');
      const check = (): void => suite.signature.checkPublicKey(publicKey);
      if (isAcceptablePoint(publicKey)) expect(check).not.toThrow();
      else expect(check).toThrow(CryptoError);
    }
    for (const { signature } of cases) {
      const sign = (): Bytes => fromHex(signature);
      const replaying = { ...suite, signature: { ...suite.signature, sign } };
      expect(await outcomeAt(adas, forgeCommit(mals, { signsWith: replaying }))).toBe('bad_signature');
      expect(await outcomeAt(adas, forgeCommit(mals, { signsLeafWith: replaying }))).toBe('bad_signature');
    }
  });
});
