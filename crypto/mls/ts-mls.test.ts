// crypto/mls and ts-mls 1.6.4 in one group, where ts-mls is sound (docs/interop.md): each way in, each kind of commit, made by one and
// followed by the other. After every step both have the same epoch, tree hash, transcript, exporter and authenticator, and
// each reads what the other says (test/mixed-group.ts).
import { describe, it } from 'vitest';
import { utf8 } from '../bytes.ts';
import { MixedGroup } from './test/mixed-group.ts';
import type { MixedMember } from './test/mixed-member.ts';
import { OurMember } from './test/our-member.ts';
import { TsMlsMember } from './test/ts-mls-member.ts';

const ours = (name: string): MixedMember => new OurMember(name);
const theirs = (name: string): MixedMember => new TsMlsMember(name);

describe.each([
  { founders: 'ts-mls', joiners: 'crypto/mls', found: theirs, join: ours },
  { founders: 'crypto/mls', joiners: 'ts-mls', found: ours, join: theirs },
])('$joiners in a group of $founders', { timeout: 120_000 }, ({ found, join }) => {
  it.each([true, false])('is added by a Welcome and both go on (private messages: %s)', async (isPrivate) => {
    const [ada, ben, cyd] = [found('Ada'), join('Ben'), join('Cyd')];
    const group = await MixedGroup.of(ada);
    await group.commit(ada, { add: [ben], isPrivate });
    await group.commit(ben, { isPrivate });
    await group.commit(ada, { isPrivate });
    await group.commit(ben, { add: [cyd], isPrivate });
    await group.commit(cyd, { isPrivate });
    await group.commit(ada, { isPrivate });
  });

  it('joins by external commit, others after it, and all go on', async () => {
    const [ada, ben, cyd, dee] = [found('Ada'), join('Ben'), join('Cyd'), found('Dee')];
    const group = await MixedGroup.of(ada);
    await group.join(ben, ada);
    await group.join(cyd, ben);
    await group.join(dee, cyd);
    for (const who of group.members) await group.commit(who);
  });

  it('replaces its own leaf by an external commit', async () => {
    const [ada, ben, cyd] = [found('Ada'), join('Ben'), found('Cyd')];
    const group = await MixedGroup.of(ada);
    await group.join(ben, ada);
    await group.join(cyd, ada);
    await group.join(ben, cyd);
    await group.join(ada, ben);
    for (const who of group.members) await group.commit(who);
  });

  it.each([true, false])('removes and is removed (private messages: %s)', async (isPrivate) => {
    const [ada, ben, cyd, dee, eli] = [found('Ada'), join('Ben'), join('Cyd'), found('Dee'), join('Eli')];
    const group = await MixedGroup.of(ada);
    for (const who of [ben, cyd, dee, eli]) await group.join(who, ada);
    await group.commit(ben, { remove: [dee, cyd], isPrivate });
    await group.commit(ada, { remove: [eli], isPrivate });
    await group.commit(ben, { isPrivate });
    await group.commit(ada, { remove: [ben], isPrivate });
  });

  it('commits by reference what the other proposes', async () => {
    const [ada, ben, cyd, dee] = [found('Ada'), join('Ben'), ours('Cyd'), found('Dee')];
    const group = await MixedGroup.of(ada);
    for (const who of [ben, cyd, dee]) await group.join(who, ada);
    for (const isPrivate of [true, false]) {
      await group.propose(cyd, { type: 'update' }, isPrivate);
      await group.commit(ada, { isPrivate });
      await group.propose(cyd, { type: 'update' }, isPrivate);
      await group.commit(ben, { isPrivate });
    }
    const [fay, gus] = [ours('Fay'), join('Gus')];
    await group.propose(ben, { type: 'remove', removed: dee.leafIndex });
    await group.commit(ada, { alsoGone: [dee] });
    await group.propose(ben, { type: 'add', keyPackage: await fay.keyPackage() });
    await group.commit(ada, { alsoIn: [fay] });
    await group.propose(ada, { type: 'remove', removed: cyd.leafIndex });
    await group.propose(ada, { type: 'add', keyPackage: await gus.keyPackage() });
    await group.commit(ben, { alsoGone: [cyd], alsoIn: [gus] });
    for (const who of group.members) await group.commit(who);
  });

  it('mixes external PSKs into commits, and into the Welcome of who is added', async () => {
    const [ada, ben, cyd] = [found('Ada'), join('Ben'), join('Cyd')];
    const [one, two] = [utf8('one'), utf8('two')];
    const group = await MixedGroup.of(ada);
    await group.commit(ada, { add: [ben], psks: [one] });
    await group.commit(ben, { psks: [one, two], isPrivate: true });
    await group.commit(ada, { psks: [two, two] });
    await group.commit(ben, { psks: [two, one, two], add: [cyd] });
  });
});
