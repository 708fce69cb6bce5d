// The server cannot: with LiveKit's API key, a token for everything and a modified signalling channel, it hears nothing, sees
// nothing, is heard by nobody, and is named on the screen.
import { expect, onTestFinished, test } from 'vitest';
import { Encryption_Type, SignalResponse, type TrackInfo } from '@livekit/protocol';
import { startBareServer, type LivekitAccess } from './harness/bare-server.ts';
import { Pile, runInCommon } from './harness/frames.ts';
import { onlyRoom, participants, pushData } from './harness/livekit-api.ts';
import { sendOutsider } from './harness/outsider.ts';
import { pageScript } from './harness/page/bundle.ts';
import { ada, ben, mal } from './harness/people.ts';
import { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

const stage = setStage({ aparte: { isSfuDisobedient: true } });

test('[F1] a browser with a valid token and no leaf decodes nothing, and no 16 bytes of any frame reach it in clear', async () => {
  const tap = await pageScript('tap');
  const [a, b] = await Promise.all([ada, ben].map((persona) => stage.enter(persona, { initScripts: [tap] })));
  await stage.callOf([a!, b!]);
  await a!.turnOnCamera();
  await b!.sees('Ada');

  const access = stage.aparte.livekit;
  const room = await onlyRoom(access);
  const m = await openOutsiderPage(access, room);
  const loot = new Pile(m.page);
  await loot.grow('receive', 'audio', 150);
  await loot.grow('receive', 'video', 30);
  const secrets = [new Pile(a!.page), new Pile(b!.page)];
  for (const pile of secrets) await pile.collect();

  const plain = secrets
    .flatMap((pile) => [...pile.of('send', 'audio'), ...pile.of('send', 'video')])
    .map((frame) => frame.bytes);
  const stolen = [...loot.of('receive', 'audio'), ...loot.of('receive', 'video')].map((frame) => frame.bytes);
  const longest = plain.reduce((a, b) => (b.length > a.length ? b : a));
  expect(runInCommon(plain, [longest]), 'the search itself works').not.toBeNull();
  expect(runInCommon(plain, stolen)).toBeNull();
  expect(await m.everHeard()).toEqual([]);
  await never(
    async () => (await m.seeing()).some((sight) => sight.whose !== null),
    'Mal sees somebody',
    1500,
  );

  await Promise.all([a!, b!].map((person) => namesTheStranger(person, room)));
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);
});

/** Mal in a browser of his own, on the bare page, in `room`, with every received frame copied. Gone after the test. */
async function openOutsiderPage(access: LivekitAccess, room: string): Promise<Person> {
  const bare = await startBareServer(access);
  const initScripts = ['window.aparteTapReceivers = true', await pageScript('tap')];
  const m = await Person.sitDown(mal, {
    browser: await stage.browser(mal),
    aparte: stage.aparte,
    initScripts,
  });
  onTestFinished(async () => {
    await m.standUp();
    await bare.close();
  });
  await m.page.goto(bare.url);
  await m.page.evaluate(
    (url) => {
      window.bare.ticketUrl = url;
      return window.bare.join({ microphone: false });
    },
    bare.ticketUrl(room, 'mal-in-a-browser'),
  );
  return m;
}

test('[M3] a third-party participant hears nothing, its plaintext sound and picture never play, and it is named on screen', async () => {
  const [a, b] = await stage.call(ada, ben);
  await a!.turnOnCamera();
  await b!.sees('Ada');
  const room = await onlyRoom(stage.aparte.livekit);
  const m = await sendOutsider(stage.aparte.livekit, room);
  await m.publishVoice();
  await m.publishPicture();
  await Promise.all([a!, b!].map((person) => namesTheStranger(person, room)));
  await until(() => m.loot.subscribedTracks >= 3 && m.loot.secondsOfSound > 3, {
    what: 'Mal is subscribed to all and has listened for three seconds',
    instead: () => m.loot,
  });
  await never(
    async () => {
      const all = await Promise.all(
        [a!, b!].map(async (person) => [await person.everHeard(), await person.seeing()] as const),
      );
      return all.some(
        ([heard, seen]) => heard.includes('Mal') || seen.some((sight) => sight.whose === 'Mal'),
      );
    },
    'Mal is heard or seen',
    2000,
  );
  expect([...m.loot.voicesHeard]).toEqual([]);
  expect([...m.loot.picturesSeen]).toEqual([]);
  await Promise.all([a!.hears('Ben'), b!.hears('Ada'), b!.sees('Ada')]);
  await m.leave();
});

test('[M4] data packets with the API key, from the server and from a participant, change nothing', async () => {
  const [a, b] = await stage.call(ada, ben);
  const access = stage.aparte.livekit;
  const room = await onlyRoom(access);
  const before = [await a!.epoch(), await a!.callText(), await b!.callText()];
  const errorsBefore = [...(await a!.complaints()).consoleErrors];
  const letters = [
    new Uint8Array(0),
    new Uint8Array(64).fill(255),
    Buffer.from(JSON.stringify({ kind: 'epoch', epoch: 999, baseKey: 'AAAA' })),
    Buffer.from(JSON.stringify({ type: 'mute', identity: (await participants(access, room))[0]!.identity })),
  ];
  for (const letter of letters) await pushData(access, room, letter);
  const m = await sendOutsider(access, room);
  for (const letter of letters.slice(1)) await m.sendData(new Uint8Array(letter));
  await m.leave();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);
  await until(
    async () =>
      JSON.stringify([await a!.epoch(), await a!.callText(), await b!.callText()]) === JSON.stringify(before),
    {
      what: 'the call looks as it did before the packets',
      instead: async () => [await a!.epoch(), await a!.callText(), await b!.callText()],
    },
  );
  expect((await a!.complaints()).consoleErrors).toEqual(errorsBefore);
});

test('[F8] what the server says about a track\'s encryption changes nothing: "none" on a member\'s, "encrypted" on an outsider\'s', async () => {
  let rewritten = 0;
  const lie = (info: TrackInfo): void => {
    info.encryption = info.encryption === Encryption_Type.NONE ? Encryption_Type.GCM : Encryption_Type.NONE;
    rewritten++;
  };
  const a = await stage.enter(ada);
  const b = await stage.enter(ben, {
    prepare: (context) =>
      context.routeWebSocket(/\/rtc/, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) =>
          socket.send(typeof message === 'string' ? message : rewrite(message, lie)),
        );
      }),
  });
  await stage.callOf([a, b]);
  await a.turnOnCamera();
  await b.sees('Ada');
  const room = await onlyRoom(stage.aparte.livekit);
  const m = await sendOutsider(stage.aparte.livekit, room);
  await m.publishVoice();
  await m.publishPicture();
  await namesTheStranger(b, room);
  await never(async () => {
    const sights = await b.seeing();
    return (await b.everHeard()).includes('Mal') || sights.some((sight) => sight.whose === 'Mal');
  }, 'Mal is heard or seen');
  await Promise.all([b.hears('Ada'), b.sees('Ada')]);
  expect(rewritten).toBeGreaterThan(3);
  await m.leave();
});

/** Until the screen says that somebody is there without a key. */
async function namesTheStranger(person: Person, room: string): Promise<void> {
  const words = person.page.getByText(/without a key/).filter({ visible: true });
  await until(async () => (await words.count()) > 0, {
    what: `${person.name}'s screen names the stranger`,
    instead: async () => ({
      inLivekit: (await participants(stage.aparte.livekit, room)).map(
        (one) => `${one.identity} ${one.state}`,
      ),
      screen: await person.callText(),
    }),
  });
}

/** A signalling message with every remote track's description changed by `lie`. */
function rewrite(message: Buffer, lie: (info: TrackInfo) => void): Buffer {
  const response = SignalResponse.fromBinary(new Uint8Array(message));
  const { message: inner } = response;
  const people =
    inner.case === 'join'
      ? inner.value.otherParticipants
      : inner.case === 'update'
        ? inner.value.participants
        : [];
  for (const participant of people) participant.tracks.forEach(lie);
  return Buffer.from(response.toBinary());
}
