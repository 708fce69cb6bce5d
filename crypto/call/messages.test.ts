// Messages inside an epoch (protocol.md A1, A2): who can read them, who can write them, once each, and late.
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { random, toHex, utf8, type Bytes } from '../bytes.ts';
import { again, Call, person, refused, type Person } from '../test/call.ts';
import { mutations, seed } from '../test/fuzz.ts';
import { mlsGroupId, placeOfMessage } from './index.ts';

const [ada, ben, cyd, mal] = (await Promise.all(
  ['ada', 'ben', 'cyd', 'mal'].map((name) => person(name)),
)) as [Person, Person, Person, Person];
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, cyd);
});
const textOf = async (who: Person, message: Bytes): Promise<string> => {
  const { sender, data } = await call.state(who).messages().open(message);
  return `${sender.livekitIdentity}: ${toHex(data)}`;
};

it('[A1] are read by everybody in the epoch, with who sent them', async () => {
  const message = call.state(ben).messages().seal(utf8('hello'));
  for (const who of [ada, cyd]) expect(await textOf(who, message)).toBe(`ben-1: ${toHex(utf8('hello'))}`);
});

it('[A1] are taken once, and in any order', async () => {
  const sent = ['one', 'two', 'three'].map((text) => call.state(ben).messages().seal(utf8(text)));
  for (const at of [2, 0, 1]) expect(await textOf(ada, sent[at]!)).toContain('ben-1');
  for (const message of sent) await expect(textOf(ada, message)).rejects.toMatchObject(refused('replayed'));
  await expect(textOf(ben, sent[0]!)).rejects.toMatchObject(refused('replayed'));
});

it('[A1] are read though many open at the same moment, and while others are sealed', async () => {
  const sent = Array.from({ length: 20 }, (_, at) => call.state(ben).messages().seal(Uint8Array.of(at)));
  const opening = sent.map((message) => textOf(ada, message));
  const answer = call.state(ada).messages().seal(utf8('meanwhile'));
  expect(new Set(await Promise.all(opening)).size).toBe(20);
  expect(await textOf(ben, answer)).toContain('ada-1');
  await expect(textOf(ada, sent[7]!)).rejects.toMatchObject(refused('replayed'));
});

it('[A1] of an epoch that was left are still read, until its messages are wiped', async () => {
  const [before, late] = [call.state(ada).messages(), call.state(ben).messages().seal(utf8('late'))];
  await call.accept(cyd, await call.state(cyd).selfUpdate());
  expect((await before.open(late)).sender.livekitIdentity).toBe('ben-1');
  before.wipe();
  await expect(before.open(late)).rejects.toBeInstanceOf(TypeError);
  expect(() => before.seal(utf8('more'))).toThrow(TypeError);
});

it('[A1] are the same object for one state, so that no key is used twice, and outlive its wipe', async () => {
  const state = call.state(ben);
  const messages = state.messages();
  expect(state.messages()).toBe(messages);
  state.wipe();
  expect(await textOf(ada, messages.seal(utf8('still')))).toContain('ben-1');
  expect(() => state.messages()).not.toThrow();
});

it('[A1] of who was removed, or joins later, open nowhere, and theirs is not what they read', async () => {
  const before = call.state(ben).messages();
  await call.accept(ada, await call.state(ada).remove([1]));
  const later = call.state(ada).messages().seal(utf8('without Ben'));
  await expect(before.open(later)).rejects.toMatchObject(refused('wrong_epoch'));
  await expect(textOf(ada, before.seal(utf8('from outside')))).rejects.toMatchObject(refused('wrong_epoch'));
  const unheard = call.state(cyd).messages().seal(utf8('before Mal'));
  await call.join(mal);
  await expect(textOf(mal, unheard)).rejects.toMatchObject(refused('wrong_epoch'));
});

it('[A1] are refused after any change, and nothing is lost by the attempt', async () => {
  const message = call.state(ben).messages().seal(utf8('true'));
  for (const changed of mutations(message)) {
    await expect(textOf(ada, changed)).rejects.toMatchObject({ name: 'CryptoError' });
  }
  expect(await textOf(ada, message)).toContain('ben-1');
});

it('[A1] cannot be written in the name of another leaf of the same epoch', async () => {
  const other = await Call.of(mal, again(ada));
  const forged = other.state(mal).messages().seal(utf8('as Ada'));
  await expect(textOf(ben, forged)).rejects.toMatchObject(refused('wrong_group'));
});

it('[A2] are at most 16 KiB, sealed', async () => {
  const messages = call.state(ben).messages();
  expect(() => messages.seal(random(16 * 1024))).toThrow(RangeError);
  expect(await textOf(ada, messages.seal(random(16_000)))).toContain('ben-1');
  await expect(textOf(ada, random(16 * 1024 + 1))).rejects.toMatchObject(refused('out_of_range'));
});

it('[A1] say of which call, generation and epoch they are, and bytes that are none say nothing', () => {
  const place = placeOfMessage(call.state(ben).messages().seal(utf8('where')));
  expect(place?.epoch).toBe(call.epoch);
  expect(toHex(place!.mlsGroupId)).toBe(toHex(mlsGroupId(call.context)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(placeOfMessage(new Uint8Array(bytes))).toBeUndefined();
    }),
    { seed },
  );
});
