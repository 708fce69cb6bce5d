// The address bar: the secret of a link is out of it before anything else happens, and nothing but ids stays.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstVisit, type TestBrowser } from '../testing/browser.ts';
import { inviteLink, takeInvite } from './invite-link.ts';
import { formatRoute, parseRoute, Router, type Route } from './router.ts';

const groupId = 'AAAAAAAAAAAAAAAAAAAAAA';
const seen = (browser: TestBrowser) => [browser.address, ...browser.entries].join(' ');

test('[G3] the payload of a link is read once and stays neither in the address bar nor in history', () => {
  const browser = firstVisit('https://talk.example/?g=x#/join/SECRETpayload');
  expect(takeInvite(browser)).toBe('SECRETpayload');
  expect(seen(browser)).not.toContain('SECRET');
  expect(browser.address).toBe('https://talk.example/?g=x');
  expect(takeInvite(browser)).toBeNull();
});

test('[G3] a link pasted into an open tab is taken likewise, once, whichever event the browser fires first', () => {
  for (const order of [
    ['popstate', 'hashchange'],
    ['hashchange', 'popstate'],
  ] as const) {
    const browser = firstVisit('https://talk.example/');
    const router = new Router(browser);
    const invites: string[] = [];
    const routes: Route[] = [];
    router.listen({ onInvite: (payload) => invites.push(payload), onRoute: (route) => routes.push(route) });
    browser.paste('#/join/SECRETpayload');
    for (const event of order) browser.fire(event);
    expect(invites).toEqual(['SECRETpayload']);
    expect(seen(browser)).not.toContain('SECRET');
  }
});

test('[G3] a link that the app makes is one that the app takes, for any payload', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/), (payload) => {
      const browser = firstVisit(inviteLink('https://talk.example', payload));
      expect(takeInvite(browser)).toBe(payload);
      expect(browser.address).toBe('https://talk.example/');
    }),
  );
});

test('routes survive the address bar, and anything strange in it is the start', () => {
  for (const route of [{ name: 'home' }, { name: 'new' }, { name: 'group', groupId }] as const) {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  }
  fc.assert(
    fc.property(fc.string(), (query) => {
      const route = parseRoute(`?g=${query}`);
      if (route.name === 'group') expect(route.groupId).toMatch(/^[A-Za-z0-9_-]{22}$/);
    }),
  );
  expect(parseRoute('?g=<script>')).toEqual({ name: 'home' });
});

test('going somewhere is a step for the back button, replacing is none', () => {
  const browser = firstVisit('https://talk.example/');
  const router = new Router(browser);
  router.go({ name: 'new' });
  router.go({ name: 'group', groupId }, { replaces: true });
  expect(browser.entries).toEqual(['https://talk.example/', `https://talk.example/?g=${groupId}`]);
  expect(router.route).toEqual({ name: 'group', groupId });
});
