// `npm run icons`: draws the icons in client/public anew, from the mark and the tokens (icon-svg.ts). The SVGs are written as they are,
// the PNGs photographed in Chromium.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../../server/start/find-browser.ts';
import { iconSvg, type Shape } from './icon-svg.ts';

const to = (name: string): string => fileURLToPath(new URL(`../public/${name}`, import.meta.url));

writeFileSync(to('icon.svg'), iconSvg('rounded'));
writeFileSync(to('icons/maskable.svg'), iconSvg('full'));

const pictures: readonly [name: string, shape: Shape, size: number][] = [
  ['icons/icon-192.png', 'rounded', 192],
  ['icons/icon-512.png', 'rounded', 512],
  ['icons/maskable-192.png', 'full', 192],
  ['icons/maskable-512.png', 'full', 512],
  // iOS cuts its own shape, too, and wants no transparency.
  ['icons/apple-touch-icon.png', 'full', 180],
];
const browser = await chromium.launch({
  executablePath: await findChromium({ say: (line) => console.log(line) }),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [name, shape, size] of pictures) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${iconSvg(shape)}`);
    await page.screenshot({ path: to(name), omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
