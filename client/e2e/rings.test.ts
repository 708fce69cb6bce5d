// A voice chat that begins while the page shows something else, or nobody looks at it: said once on the page, and once by the system where
// the person wants that, until it is over.
import { expect, test } from 'vitest';
import { ada, ben, cyd } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { gather, setStage } from './harness/stage.ts';
import { never, until } from './harness/wait.ts';

const stage = setStage();

test('a voice chat begins elsewhere: the page says so once, the system once where it may, and both stop with it', async () => {
  const [a, c] = [await stage.enter(ada), await stage.enter(cyd)];
  const b = await stage.enter(ben, { hasWorker: true });
  await b.context.grantPermissions(['notifications', 'clipboard-read', 'clipboard-write'], {
    origin: stage.aparte.url,
  });
  await gather([a, b, c]);
  await b.page.getByRole('button', { name: 'New group' }).click();
  await b.page.getByRole('textbox', { name: 'Name of the group', exact: true }).fill('Elsewhere');
  await b.press('Create group');
  await b.button('Start voice chat').waitFor();

  await a.startVoiceChat();
  const notice = b.page.getByText('Voice chat began in The rehearsal');
  await notice.waitFor();
  await c.joinVoiceChat();
  await b.press('Go there');
  await b.button('Join voice chat').waitFor();
  expect(await notice.count()).toBe(0);
  await b.page.getByRole('button', { name: /^Elsewhere/ }).click();
  await c.leave();
  await a.leave();

  await b.press('Settings');
  await b.press('Tell me when a voice chat begins');
  await b.press('Turn on');
  await b.page.getByText('It is on, in this browser.').waitFor();
  await b.page.getByRole('button', { name: 'Close' }).last().click();
  await b.page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  // Nothing was said while it was off.
  expect(await shown(b)).toEqual([]);
  await a.startVoiceChat();
  await notice.waitFor();
  await never(async () => (await shown(b)).length > 0, 'a notification while the page is looked at', 700);
  await a.leave();
  await until(async () => (await notice.count()) === 0, { what: 'the notice goes with the voice chat' });

  await b.page.evaluate(() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }));
  await a.startVoiceChat();
  await until(async () => (await shown(b)).length === 1, { what: 'the system says so' });
  expect(await shown(b)).toEqual([{ title: 'The rehearsal', body: 'A voice chat began' }]);
  await c.joinVoiceChat();
  await never(async () => (await shown(b)).length !== 1, 'more than one for a voice chat', 700);
  await c.leave();
  await a.leave();
  await until(async () => (await shown(b)).length === 0, {
    what: 'the notification goes with the voice chat',
  });
});

function shown({ page }: Person): Promise<{ title: string; body: string }[]> {
  return page.evaluate(async () => {
    const [registration] = await navigator.serviceWorker.getRegistrations();
    const all = (await registration?.getNotifications()) ?? [];
    return all.map(({ title, body }) => ({ title, body }));
  });
}
