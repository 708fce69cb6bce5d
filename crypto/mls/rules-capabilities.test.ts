// Rules of what members can do (RFC 9420 §7.2, §7.3, §11.1, §13): versions, suites, credentials and extensions that a leaf lists or uses, and
// what a group asks of everybody. Mal adds Dot, whose key package is signed whatever it says.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { createCommit, createGroup, decodeMessage, receive } from './index.ts';
import { encode } from './codec.ts';
import type { Capabilities } from './credential.ts';
import { extensionTypes, requiredCapabilities, type RequiredCapabilities } from './extension.ts';
import { encodeMessage } from './framing.ts';
import { createKeyPackage, type KeyPackage } from './key-package.ts';
import type { Proposal } from './proposal.ts';
import { forgeCommit, type Forgery } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { Group } from './test/group.ts';
import { adding, forgePackage, type Change } from './test/key-packages.ts';
import { application, capabilities, keyPackageOf, lifetime, person, suite } from './test/people.ts';
import { expectRefusal, expectRefused, type Refusal } from './test/refusal.ts';

const { group, ada, mal } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const dot = person('Dot');

const packageOf = (change: Change, who = dot): KeyPackage => forgePackage(who, change, adas.context.groupId);

async function refuse(keyPackage: KeyPackage, refusal: Refusal): Promise<void> {
  const proposals = adding(keyPackage);
  await expectRefused(adas, forgeCommit(mals, { proposals }), refusal);
  await expectRefusal(() => createCommit(adas, { proposals }, application), refusal);
}

async function accept(keyPackage: KeyPackage): Promise<void> {
  const bytes = forgeCommit(mals, { proposals: adding(keyPackage) });
  expect((await receive(adas, bytes, application)).kind).toBe('commit');
}

describe('what a leaf can do', () => {
  const able = (change: Partial<Capabilities>): Change => ({
    leaf: { capabilities: { ...capabilities, ...change } },
  });

  it('[C1] refuses a key package of another version or suite', async () => {
    await refuse(packageOf({ packet: { version: 2 } }), ['unsupported', 'another version or suite']);
    await refuse(packageOf({ packet: { cipherSuite: 2 } }), ['unsupported', 'another version or suite']);
  });

  it('[C1] refuses a leaf that does not list the version, the suite or the credential', async () => {
    for (const change of [{ versions: [] }, { cipherSuites: [2] }, { credentials: [2] }]) {
      await refuse(packageOf(able(change)), ['unsupported', 'not support the group']);
    }
  });

  it('[C2] refuses a credential of another type', async () => {
    const credential = { type: 'x509', certificates: [{ data: random(9) }] } as const;
    await refuse(packageOf({ leaf: { credential } }), ['unsupported', 'credential of type x509']);
    const bytes = encodeMessage({ wireFormat: 'key_package', keyPackage: packageOf({}) });
    const at = Buffer.from(bytes).indexOf(Buffer.from([0, 1, 3, 0x44, 0x6f, 0x74])); // basic, "Dot"
    for (const type of [0, 3, 0x0a0a]) {
      const other = bytes.slice();
      other.set([type >> 8, type & 0xff], at);
      await expectRefusal(() => decodeMessage(other), ['unsupported', 'names nothing here']);
    }
  });

  it('[O1] refuses a leaf with an extension that it does not list, and takes one that it lists', async () => {
    const extensions = [{ type: 0xf100, data: random(3) }];
    await refuse(packageOf({ leaf: { extensions } }), ['unsupported', 'does not list']);
    await accept(
      packageOf({ leaf: { extensions, capabilities: { ...capabilities, extensions: [0xf100] } } }),
    );
  });

  it('[O1] refuses an extension twice', async () => {
    const twice = [
      { type: 0xf100, data: random(3) },
      { type: 0xf100, data: random(3) },
    ];
    const listed = { ...capabilities, extensions: [0xf100] };
    for (const change of [
      { packet: { extensions: twice } },
      { leaf: { extensions: twice, capabilities: listed } },
    ]) {
      const bytes = encodeMessage({ wireFormat: 'key_package', keyPackage: packageOf(change) });
      await expectRefusal(() => decodeMessage(bytes), ['malformed', 'an extension twice']);
    }
  });

  it('[O1] takes GREASE values in every list, and calls themselves list no defaults', async () => {
    const grease = [0x0a0a, 0x1a1a, 0xeaea];
    const all = Object.fromEntries(
      Object.entries(capabilities).map(([name, list]) => [name, [...grease, ...list]]),
    );
    await accept(packageOf(able(all)));
    const { keyPackage } = createKeyPackage(suite, dot, {
      capabilities: { ...capabilities, ...all },
      lifetime,
    });
    await accept(keyPackage);
  });
});

describe('required capabilities', () => {
  const required = (change: Partial<RequiredCapabilities>) => ({
    type: extensionTypes.requiredCapabilities,
    data: encode(requiredCapabilities, { extensions: [], proposals: [], credentials: [], ...change }),
  });
  const lacking = {
    extensions: { extensions: [0xf100] },
    proposals: { proposals: [0xf200] },
    credentials: { credentials: [2] },
  };

  it.each(Object.entries(lacking))('[O1] refuses who lacks required %s', async (_, asked) => {
    const strict = Group.of(person('Ada'), [required(asked)]);
    const [founder] = strict.members;
    const proposals = adding(packageOf({}));
    const words = ['unsupported', 'required capability'] as const;
    await expectRefusal(() => createCommit(strict.state(founder!), { proposals }, application), words);
    const { keyPackage } = keyPackageOf(dot, asked);
    const able = strict.state(founder!);
    if (!('credentials' in asked)) {
      expect(
        (await createCommit(able, { proposals: adding(keyPackage) }, application)).welcome,
      ).toBeDefined();
    }
  });

  it.each(Object.entries(lacking))(
    '[O1] refuses group extensions that ask for %s which members lack',
    async (_, asked) => {
      const proposals: Proposal[] = [{ type: 'group_context_extensions', extensions: [required(asked)] }];
      // Mal's own new leaf has it: only the others' have not.
      const leaf: Forgery['leaf'] = (content) => ({
        ...content,
        capabilities: { ...capabilities, ...asked, credentials: [1, 2] },
      });
      await expectRefused(adas, forgeCommit(mals, { proposals, leaf }), [
        'unsupported',
        'required capability',
      ]);
    },
  );

  it('[O1] follows group extensions that ask for what RFC 9420 has anyway', async () => {
    const asked = required({
      extensions: [1, 2, 3, 4, 5],
      proposals: [1, 2, 3, 4, 5, 6, 7],
      credentials: [1],
    });
    const bytes = forgeCommit(mals, {
      proposals: [{ type: 'group_context_extensions', extensions: [asked] }],
    });
    expect((await receive(adas, bytes, application)).kind).toBe('commit');
  });

  it.each([extensionTypes.externalSenders, 0x0a0a, 0xf100])(
    '[O1] refuses group extension %d',
    async (type) => {
      const extensions = [{ type, data: random(2) }];
      const proposals: Proposal[] = [{ type: 'group_context_extensions', extensions }];
      await expectRefused(adas, forgeCommit(mals, { proposals }), ['unsupported', `extension ${type}`]);
      const me = keyPackageOf(ada);
      await expectRefusal(
        () => createGroup(suite, me, { groupId: random(4), extensions }),
        ['unsupported', `${type}`],
      );
    },
  );

  it('[O1] refuses required capabilities that are malformed', async () => {
    for (const data of [random(0), new Uint8Array([1, 0, 0, 0]), new Uint8Array([0, 0, 0, 0])]) {
      const extensions = [{ type: extensionTypes.requiredCapabilities, data }];
      const proposals: Proposal[] = [{ type: 'group_context_extensions', extensions }];
      await expectRefused(adas, forgeCommit(mals, { proposals }), ['malformed', '']);
    }
  });
});
