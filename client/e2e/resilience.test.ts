// What goes wrong by itself: the service or LiveKit restarts, the network is gone for 20 seconds, a link is damaged or opens nothing, the
// microphone is refused, the call is taken over in another tab. It comes back without a tap, or says what it is.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { random } from '../../crypto/bytes.ts';
import { decodeInvite, encodeInvite } from '../../crypto/invite/index.ts';
import { launchBrowser } from './harness/browser.ts';
import { cutNetwork } from './harness/network.ts';
import { ada, ben, cyd } from './harness/people.ts';
import { Person } from './harness/person.ts';
import { enterCall, setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();
/** How long a call may take to come back by itself. */
const backWithinMs = 45_000;

test('[D1] a restart of the service leaves the call running, and the next one can join it', async () => {
  const [a, b, c] = await stage.group(ada, ben, cyd);
  await enterCall([a!, b!]);
  await stage.aparte.stopService();
  await Promise.all([a!.hears('Ben'), b!.hears('Ada')]);
  await stage.aparte.startService();
  await c!.button('Join voice chat').waitFor({ timeout: backWithinMs });
  await c!.joinVoiceChat();
  await Promise.all([a!.hears('Ben', 'Cyd'), b!.hears('Ada', 'Cyd'), c!.hears('Ada', 'Ben')]);
});

test('a restart of LiveKit brings sound and picture back without a tap', async () => {
  const [a, b] = await stage.call(ada, ben);
  await a!.turnOnCamera();
  await b!.sees('Ada');
  await stage.aparte.livekit.restart();
  await a!.reads(/Reconnecting|may not be heard/);
  await Promise.all([
    a!.hearsWithin(backWithinMs, 'Ben'),
    b!.hearsWithin(backWithinMs, 'Ada'),
    b!.sees('Ada', backWithinMs),
  ]);
  await Promise.all([a!.hasRows(2), b!.hasRows(2)]);
});

test('[M8] twenty seconds without network: the page says so before livekit-client does, and the call comes back by itself', async () => {
  const [a, b] = await stage.call(ada, ben);
  const mend = await cutNetwork(await stage.browser(ben));
  try {
    // The length of the outage is what is tested: it is no wait for a state. livekit-client says it after fifteen seconds.
    await Promise.all([pause(20_000), b!.reads('You may not be heard', 12_000), a!.hears()]);
  } finally {
    mend();
  }
  await Promise.all([a!.hearsWithin(backWithinMs, 'Ben'), b!.hearsWithin(backWithinMs, 'Ada')]);
  await Promise.all([a!.hasRows(2), b!.hasRows(2)]);
});

test('[G3] a damaged link and a link that opens nothing get a page that says so', async () => {
  const [a] = await stage.group(ada);
  const link = await a!.copyLink();
  const [origin, payload] = [link.slice(0, link.indexOf('#')), link.slice(link.lastIndexOf('/') + 1)];
  const invite = decodeInvite(payload);
  const to = (text: string): string => `${origin}#/join/${text}`;
  const unknown = encodeInvite({ ...invite, groupId: random(16) });
  const revoked = encodeInvite({ ...invite, secret: random(32) });
  const cases: readonly (readonly [string, RegExp])[] = [
    [to(payload.slice(0, -3)), /link is incomplete/],
    [to(payload.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))), /link is incomplete/],
    [to(''), /link is incomplete/],
    [to(unknown), /no longer opens anything/],
    [to(revoked), /no longer opens anything/],
  ];
  const b = await stage.enter(ben);
  for (const [address, words] of cases) {
    await b.page.goto('about:blank');
    await b.page.goto(address);
    await b.reads(words);
    expect(await b.button('Join group').count()).toBe(0);
  }
});

test.each([
  {
    what: 'a refused microphone',
    launch: { args: ['--use-fake-ui-for-media-stream=deny'] },
    words: /No microphone yet/,
  },
  { what: 'a machine without one', launch: { isWithoutDevices: true }, words: /No microphone found/ },
])('[M5] $what is said in words, and one can listen', async ({ launch, words }) => {
  const [a] = await stage.group(ada);
  const browser = await launchBrowser(ben, launch);
  try {
    const b = await Person.sitDown(ben, { browser, aparte: stage.aparte });
    await b.joinByLink(await a!.copyLink());
    await a!.startVoiceChat();
    await b.press('Join voice chat');
    await b.reads(words);
    await b.hears('Ada');
    await a!.hears();
    await a!.hasRows(2);
    await b.press('Turn on camera');
    await b.reads(/No camera yet/);
    expect((await b.complaints()).pageErrors).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('[C4] the same person joining in a second tab takes the place over, and the first tab says so', async () => {
  const [a, b] = await stage.call(ada, ben);
  const second = await b!.openSecondTab();
  await second.openApp(new URL(b!.page.url()).pathname);
  await second.reads(/You are in this call in another tab/);
  await second.joinVoiceChat();
  await Promise.all([a!.hears('Ben'), second.hears('Ada')]);
  await b!.reads(/The call is over for you/);
  await b!.hears();
  await Promise.all([a!.hasRows(2), second.hasRows(2)]);
  await b!.press('Back to the group');
  await b!.reads(/You are in this call in another tab/);
  // A tab that goes without a word has not got it any more.
  const third = await b!.openSecondTab();
  await third.openApp(new URL(b!.page.url()).pathname);
  await third.reads(/You are in this call in another tab/);
  await second.page.evaluate(() => (BroadcastChannel.prototype.postMessage = () => undefined));
  await second.page.close();
  for (const tab of [b!, third])
    await until(async () => !(await tab.page.getByText('in another tab').isVisible()), {
      what: 'nobody is in another tab',
    });
});

test('[T5] the group comes back from this device when the service is away', async () => {
  const [a] = await stage.group(ada);
  const link = await a!.copyLink();
  await stage.aparte.stopService();
  await a!.context.setOffline(true);
  await a!.reads(/offline|No network/i);
  await a!.context.setOffline(false);
  await stage.aparte.startService();
  await a!.button('Start voice chat').waitFor({ timeout: backWithinMs });
  const b = await stage.enter(ben);
  await b.joinByLink(link);
  await gatherRowsOf(a!, 'Ben');
});

/** The group page shows the new member by itself. */
async function gatherRowsOf(person: Person, name: string): Promise<void> {
  await person.page.getByRole('listitem').filter({ hasText: name }).first().waitFor();
}
