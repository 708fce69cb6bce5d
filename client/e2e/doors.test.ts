// A group that lets people in one by one (G15): who comes by the link waits, through a reload, and is let in or declined from inside a call.
import { expect, test } from 'vitest';
import { ada, ben, cyd, mal } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';

const stage = setStage();

test('[G15] who comes by the link waits and sees nothing, is let in from inside the call, and is heard; another is declined', async () => {
  const [a, b] = (await stage.call(ada, ben)) as [Person, Person];
  const link = await a.copyLink();
  await a.press('Group settings');
  await a.press('Let people in one by one');
  await a.press('Ask me first');
  await a.reads('Who opens the link asks you first');
  const [c, m] = await Promise.all([stage.enter(cyd), stage.enter(mal)]);
  for (const person of [c, m]) {
    await person.openApp(link.slice(link.indexOf('/#')));
    await person.page.getByRole('textbox', { name: 'Your name', exact: true }).fill(person.called);
    await person.press('Ask to join');
    await person.reads('Waiting to be let in');
  }
  await c.reload();
  await c.reads('Waiting to be let in');
  const shown = await c.page.locator('body').innerText();
  expect(shown).toContain('The rehearsal');
  expect(shown).not.toMatch(/Ada|Ben|Start voice chat|Join voice chat/);
  // Nobody but who runs the group is asked.
  await a.button('Let in Cyd').waitFor();
  await a.button('Decline Mal').waitFor();
  expect(await b.button('Let in Cyd').count()).toBe(0);

  await a.press('Decline Mal');
  await m.reads('Not this time');
  await a.press('Let in Cyd');
  await c.joinVoiceChat();
  await Promise.all([a.hears('Ben', 'Cyd'), b.hears('Ada', 'Cyd'), c.hears('Ada', 'Ben')]);
  await a.hasRows(3);
  expect(await a.button('Let in Cyd').count()).toBe(0);
});

test('[G16] a link for one person lets one in and says so to the next; another is taken back', async () => {
  const [a, b, m] = [await stage.enter(ada), await stage.enter(ben), await stage.enter(mal)];
  await a.openApp();
  await a.createGroup('The rehearsal');
  const make = async (): Promise<string> => {
    await a.press('Show QR code');
    await a.press('Make a link that ends');
    await a.reads(/0 of 1 person came by it/);
    await a.reads(/Opens the group until .* for 1 person/);
    const link = await a.page.getByRole('textbox', { name: 'Invite link', exact: true }).inputValue();
    expect(link).toMatch(/#\/join\/[\w-]{71}$/);
    return link;
  };
  const first = await make();
  await a.press('Close');
  await b.joinByLink(first);
  await m.openApp(first.slice(first.indexOf('/#')));
  await m.reads('This link has been used');
  const second = await make();
  await a.press('Take back link 1');
  await a.button('Take back link 1').waitFor({ state: 'hidden' });
  await m.page.goto('about:blank');
  await m.openApp(second.slice(second.indexOf('/#')));
  await m.reads('This link was taken back');
  // Who came by the first is a member like anybody.
  await a.press('Close');
  await a.startVoiceChat();
  await b.joinVoiceChat();
  await Promise.all([a.hears('Ben'), b.hears('Ada')]);
});

test('[G3] who scans the code of an invite is led to it; a code of another service is named and opens nothing', async () => {
  const a = await stage.enter(ada);
  const b = await stage.enter(ben);
  await a.openApp();
  await a.createGroup('The rehearsal');
  const link = await a.copyLink();
  await b.openApp();
  await b.holdCode(link.replace(/^[^#]*/, 'https://elsewhere.example/'));
  await b.press('Scan an invite');
  await b.reads('another service: elsewhere.example');
  await b.holdCode('WIFI:S:net;T:WPA;P:secret;;');
  await b.press('Scan again');
  await b.reads('This code is no invite');
  await b.holdCode(link);
  await b.press('Scan again');
  await b.acceptInvite();
  await a.reads('2 members');
  await b.reads('The rehearsal');
});

test('[G17] the owner deletes the group in mid-call: it ends for everybody, who read by whom', async () => {
  const [a, b] = (await stage.call(ada, ben)) as [Person, Person];
  await a.press('Leave');
  await a.press('Group settings');
  await a.press('Delete group');
  await a.reads('Delete The rehearsal for everybody?');
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Delete group', exact: true }).click();
  await a.reads('A new group');
  await b.reads(/Its owner deleted this group/);
  await b.reload();
  await b.reads(/Its owner deleted this group/);
  expect(await b.button('Start voice chat').count()).toBe(0);
  await b.press('Take off my list');
  await b.reads('A new group');
});
