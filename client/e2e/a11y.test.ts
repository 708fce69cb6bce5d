// The screens of a whole run for everybody (screens.test.ts has every state): axe finds nothing, the keyboard alone gets through a whole call, French is French, and a phone never
// has to scroll sideways.
import { expect, test } from 'vitest';
import { axeViolations } from './harness/axe.ts';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();
const phone = { viewport: { width: 390, height: 844 } };

/** Axe and width, for the screen as it stands. Collected, so that one run names them all. */
class Findings {
  readonly list: string[] = [];

  async look(person: Person, screen: string): Promise<void> {
    const width = person.page.viewportSize()!.width;
    await person.page.evaluate(haveSettled);
    for (const violation of await axeViolations(person.page))
      this.list.push(`${screen} at ${width}: ${violation}`);
    const overflow = await person.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    if (overflow > 0) this.list.push(`${screen} at ${width}: ${overflow} px wider than the window`);
  }

  /** The same at the width of a phone, and back. */
  async lookTwice(person: Person, screen: string): Promise<void> {
    const before = person.page.viewportSize()!;
    await this.look(person, screen);
    await person.page.setViewportSize(phone.viewport);
    await this.look(person, screen);
    await person.page.setViewportSize(before);
  }
}

test('axe finds nothing on the screens of a whole run, desktop and phone, light beside the dark call', async () => {
  const findings = new Findings();
  const context = { colorScheme: 'light' } as const;
  const a = await stage.enter(ada, { context });
  const b = await stage.enter(ben, { context });
  await a.openApp();
  await a.button('Create group').waitFor();
  await findings.lookTwice(a, 'start');
  await a.createGroup('The rehearsal');
  await findings.lookTwice(a, 'group, nobody talking');
  const link = await a.copyLink();
  await a.press('Show QR code');
  await findings.lookTwice(a, 'invite dialog');
  await a.page.keyboard.press('Escape');
  await a.press('Group settings');
  await findings.look(a, 'group menu');
  await a.press('Delete group');
  await findings.lookTwice(a, 'question before deleting');
  await a.press('Cancel');
  await a.page.setViewportSize(phone.viewport);
  await a.press('All groups');
  await findings.look(a, 'list of groups');
  await a.page.keyboard.press('Escape');
  await a.page.setViewportSize({ width: 1280, height: 800 });

  await b.openApp('/#/join/broken');
  await b.reads(/link is incomplete/);
  await findings.lookTwice(b, 'damaged link');
  await b.page.goto('about:blank');
  await b.page.goto(link);
  await b.button('Join group').waitFor();
  await findings.lookTwice(b, 'invitation');
  await b.joinByLink(link);
  await a.press('More about Ben');
  await a.press('Remove Ben');
  await findings.lookTwice(a, 'question before removing');
  await a.press('Cancel');

  await a.startVoiceChat();
  await b.button('Join voice chat').waitFor();
  await findings.lookTwice(b, 'group, voice chat running');
  await b.joinVoiceChat();
  await a.hears('Ben');
  await findings.lookTwice(a, 'call with voice');
  await a.mute();
  await findings.lookTwice(a, 'call, muted');
  await b.turnOnCamera();
  await a.sees('Ben');
  await findings.lookTwice(a, 'call with video');
  await a.openSecurity();
  await a.button('Verify Ben').first().waitFor();
  await findings.lookTwice(a, 'trust');
  await a.openVerify('Ben');
  await findings.lookTwice(a, 'verify');
  expect(findings.list).toEqual([]);
});

test('the keyboard alone creates a group, talks, mutes, turns the camera on and leaves, with a visible focus', async () => {
  const a = await stage.enter(ada);
  await a.openApp();
  const { keyboard } = a.page;
  await focus(a, 'textbox', 'Your name');
  await keyboard.type('Ada');
  await focus(a, 'textbox', 'Name of the group');
  await keyboard.type('The rehearsal');
  await focus(a, 'button', 'Create group');
  await keyboard.press('Enter');
  await a.button('Start voice chat').waitFor();
  await focus(a, 'button', 'Start voice chat');
  await keyboard.press('Enter');
  await a.isInCall();
  await focus(a, 'button', 'Mute microphone');
  await keyboard.press('Space');
  await a.button('Unmute microphone').waitFor();
  await focus(a, 'button', 'Turn on camera');
  await keyboard.press('Space');
  await a.button('Turn off camera').waitFor();
  await focus(a, 'button', 'Leave');
  await keyboard.press('Enter');
  await a.button('Start voice chat').waitFor();
});

test('French is French, on a phone, through a whole call', async () => {
  const findings = new Findings();
  const a = await stage.enter(ada, { context: { ...phone, locale: 'fr-FR' } });
  await a.openApp();
  await a.page.getByRole('textbox').first().waitFor();
  expect(await a.page.locator('html').getAttribute('lang')).toBe('fr');
  await findings.look(a, 'start, French');
  const boxes = a.page.getByRole('textbox');
  await boxes.nth(0).fill('Ada');
  await boxes.nth(1).fill('La répétition');
  await boxes.nth(1).press('Enter');
  await a.page.getByRole('button', { name: 'Ouvrir le salon vocal', exact: true }).click();
  await a.page
    .getByRole('button', { name: /^Couper/ })
    .first()
    .waitFor();
  await findings.look(a, 'call, French');
  const english = /\b(Create group|Start voice chat|Mute microphone|Leave|Security|Copy link|You’re live)\b/;
  expect(await a.page.locator('body').innerText()).not.toMatch(english);
  const names = await a.page
    .getByRole('button')
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));
  expect(names.join('\n')).not.toMatch(english);
  expect(findings.list).toEqual([]);
});

/** Until what comes in has come in: half-transparent text has no contrast yet. */
async function haveSettled(): Promise<void> {
  const once = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
  await Promise.allSettled(once.map((animation) => animation.finished));
}

/** Tab until the element has the focus, and see that the focus shows. */
async function focus(person: Person, role: 'button' | 'textbox', name: string): Promise<void> {
  const target = person.page.getByRole(role, { name, exact: true });
  await until(() => target.isEnabled(), { what: `${name} can be used` });
  const hasFocus = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 60; presses++) {
    if (await hasFocus()) break;
    await person.page.keyboard.press('Tab');
  }
  expect(await hasFocus(), `${name} is reached with Tab`).toBe(true);
  const isVisible = await target.evaluate((element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none';
  });
  expect(isVisible, `the focus on ${name} shows`).toBe(true);
}
