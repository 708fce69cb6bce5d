// Rules of joining by Welcome (RFC 9420 §12.4.3.1): Mal, who invites Dot, seals what Mal likes for the keys of Dot's key package.
import { describe, expect, it } from 'vitest';
import { random, utf8 } from '../bytes.ts';
import { createCommit, joinByWelcome, wipeState } from './index.ts';
import { newExternalPskId, type PskId } from './psk.ts';
import { fourPeople } from './test/four.ts';
import { viewOf, welcomeIn } from './test/group.ts';
import { application, keyPackageOf, nowSeconds, person, sharedPskId, suite } from './test/people.ts';
import { expectRefusal, type Refusal } from './test/refusal.ts';
import { infoWithNodes } from './test/trees.ts';
import { openWelcome, resign, sealWelcome, type OpenWelcome } from './test/welcomes.ts';
import type { Welcome } from './welcome-message.ts';

const { group, mal } = await fourPeople();
const mals = group.state(mal);
const dot = person('Dot');
const dots = keyPackageOf(dot);
const proposals = [
  { type: 'add', keyPackage: dots.keyPackage },
  { type: 'psk', psk: sharedPskId() },
] as const;
const { welcome, next } = await createCommit(mals, { proposals }, application);
const honest = welcomeIn(welcome!);
const opened = openWelcome(honest, dots);
const join = (given: Welcome) => joinByWelcome(suite, { welcome: given, ...dots }, application);

async function refuse(change: Partial<OpenWelcome>, refusal: Refusal): Promise<void> {
  const sealed = sealWelcome(dots, { ...opened, ...change });
  await expectRefusal(() => join(sealed), refusal);
}

const withSecrets = (change: Partial<OpenWelcome['secrets']>) => ({
  secrets: { ...opened.secrets, ...change },
});

/** Signed by Mal, who is its signer. */
const withInfo = (change: Partial<OpenWelcome['info']>) => ({
  info: resign(opened.info, change, mals.signaturePrivateKey),
});

describe('a Welcome', () => {
  it('is believed as it came and as it was sealed again', async () => {
    for (const one of [honest, sealWelcome(dots, opened)]) {
      const state = await join(one);
      expect(viewOf(state)).toBe(viewOf(next));
      wipeState(state);
    }
  });

  it('[O1] is refused when it is for somebody else or of another suite', async () => {
    const eve = keyPackageOf(person('Eve'));
    await expectRefusal(
      () => joinByWelcome(suite, { welcome: honest, ...eve }, application),
      ['not_allowed', 'for somebody else'],
    );
    await expectRefusal(() => join({ ...honest, secrets: [] }), ['not_allowed', 'for somebody else']);
    await expectRefusal(() => join({ ...honest, cipherSuite: 2 }), ['unsupported', 'another suite']);
  });

  it('[O1] is refused when any ciphertext in it was changed or is of another Welcome', async () => {
    const [entry] = honest.secrets;
    const { kemOutput, ciphertext } = entry!.encryptedGroupSecrets;
    const withEntry = (change: object): Welcome => ({
      ...honest,
      secrets: [{ ...entry!, encryptedGroupSecrets: { kemOutput, ciphertext, ...change } }],
    });
    await expectRefusal(
      () => join(withEntry({ ciphertext: ciphertext.map((byte) => byte ^ 1) })),
      ['not_opened', ''],
    );
    await expectRefusal(() => join(withEntry({ ciphertext: random(15) })), ['malformed', 'without a tag']);
    await expectRefusal(
      () => join(withEntry({ kemOutput: new Uint8Array(32) })),
      ['malformed', 'small order'],
    );
    const { encryptedGroupInfo } = sealWelcome(dots, withJoiner(random(32)));
    await expectRefusal(() => join({ ...honest, encryptedGroupInfo }), ['not_opened', '']);
  });

  it('[O1] is refused with secrets of another size', async () => {
    for (const length of [0, 31, 33]) {
      await refuse(withSecrets({ joinerSecret: random(length) }), ['malformed', 'another size']);
      await refuse(withSecrets({ pathSecret: { secret: random(length) } }), ['malformed', 'another size']);
    }
  });

  it('[O1] is refused with a joiner secret of another epoch: the confirmation tag is not its', async () => {
    await expectRefusal(
      () => join(sealWelcome(dots, withJoiner(random(32)))),
      ['bad_commit', 'confirmation tag'],
    );
    await refuse(withInfo({ confirmationTag: random(32) }), ['bad_commit', 'confirmation tag']);
  });

  it('[O1] is refused with a GroupInfo that its signer did not sign', async () => {
    await refuse({ info: { ...opened.info, signature: random(64) } }, ['bad_signature', 'GroupInfoTBS']);
    await refuse(withInfo({ signer: 0 }), ['bad_signature', 'GroupInfoTBS']);
    await refuse(withInfo({ signer: 2 ** 32 - 1 }), ['out_of_range', 'no leaf at']);
  });

  it('[O1] is refused with a tree in which Dot’s leaf is not', async () => {
    const { info } = withInfo(infoWithNodes(mals, mals.tree.toNodes()));
    await refuse({ info }, ['not_allowed', 'a tree without me']);
    await refuse(withInfo({ extensions: [] }), ['malformed', 'without a tree']);
  });

  it('[O1] is refused with a path secret that does not lead to the tree’s keys', async () => {
    await refuse(withSecrets({ pathSecret: { secret: random(32) } }), ['bad_commit', 'does not belong']);
    const bare = await createCommit(mals, { proposals, withPath: false }, application);
    const blank = openWelcome(welcomeIn(bare.welcome!), dots);
    expect(blank.secrets.pathSecret).toBeUndefined();
    const secrets = { ...blank.secrets, pathSecret: { secret: random(32) } };
    const sealed = sealWelcome(dots, { ...blank, secrets });
    await expectRefusal(() => join(sealed), ['bad_commit', 'path secret for a blank node']);
  });
});

describe('pre-shared keys of a Welcome', () => {
  const withPsks = (...psks: readonly PskId[]) => withSecrets({ psks });

  it('[O1] refuses one that Dot does not have', async () => {
    await refuse(withPsks(newExternalPskId(suite, utf8('unknown'))), ['missing_psk', 'not here']);
    const old = {
      kind: 'resumption',
      usage: 'application',
      pskGroupId: mals.context.groupId,
      pskEpoch: 0n,
    } as const;
    await refuse(withPsks({ psk: old, nonce: random(32) }), ['missing_psk', 'not here']);
  });

  it('[O1] refuses one twice, ones of re-initialisation and branching, and a nonce of another size', async () => {
    const once = sharedPskId();
    await refuse(withPsks(once, once), ['not_allowed', 'a PSK twice']);
    for (const usage of ['reinit', 'branch'] as const) {
      const psk = { kind: 'resumption', usage, pskGroupId: random(4), pskEpoch: 0n } as const;
      await refuse(withPsks({ psk, nonce: random(32) }), ['unsupported', `a PSK for ${usage}`]);
    }
    await refuse(withPsks({ ...sharedPskId(), nonce: random(31) }), ['malformed', 'a PSK nonce']);
  });

  it('[O1] refuses more than can be numbered', async () => {
    await refuse(withPsks(...new Array<PskId>(2 ** 16).fill(sharedPskId())), ['out_of_range', '65536 PSKs']);
  });
});

describe('a key package of one’s own', () => {
  it('[O1] is refused when it has expired in the meantime, as a leaf of the tree', async () => {
    const later = { ...application, nowSeconds: nowSeconds + 90_000n };
    await expectRefusal(
      () => joinByWelcome(suite, { welcome: honest, ...dots }, later),
      ['expired', 'lifetime'],
    );
  });
});

function withJoiner(joinerSecret: OpenWelcome['secrets']['joinerSecret']): OpenWelcome {
  return { ...opened, ...withSecrets({ joinerSecret }) };
}
