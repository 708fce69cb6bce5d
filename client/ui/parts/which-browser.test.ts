import { expect, test } from 'vitest';
import { whichBrowser } from './which-browser.ts';

test('a browser is told by what it calls itself', () => {
  const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
  expect(
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/156.0.0.0 Safari/537.36`,
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`,
      'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/26.0 Safari/605.1.15`,
      `Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) ${webkit} CriOS/156.0 Mobile/15E148 Safari/604.1`,
      '',
    ].map(whichBrowser),
  ).toEqual(['chrome', 'edge', 'firefox', 'safari', 'ios', 'chrome']);
});
