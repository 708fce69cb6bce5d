// What a system needs to install the app, against what it is made from: the mark, the tokens and the files in client/public.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { colours, iconSvg, lightGround } from './icon-svg.ts';

const file = (name: string): URL => new URL(`../${name}`, import.meta.url);
const read = (name: string): string => readFileSync(file(name), 'utf8');

interface Icon {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
  readonly purpose: string;
}
const manifest = JSON.parse(read('public/manifest.webmanifest')) as {
  readonly theme_color: string;
  readonly background_color: string;
  readonly icons: readonly Icon[];
};

test('the icons are drawn from the mark and the tokens of today', () => {
  expect(read('public/icon.svg')).toBe(iconSvg('rounded'));
  expect(read('public/icons/maskable.svg')).toBe(iconSvg('full'));
});

test('every icon of the manifest is there, in the size and form that it says', () => {
  expect(manifest.icons.length).toBeGreaterThan(4);
  for (const { src, sizes, type } of manifest.icons) {
    expect(existsSync(file(`public${src}`)), src).toBe(true);
    if (type !== 'image/png') continue;
    const png = readFileSync(file(`public${src}`));
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(`${width}x${height}`, src).toBe(sizes);
  }
  for (const purpose of ['any', 'maskable'])
    for (const size of ['192x192', '512x512'])
      expect(manifest.icons.some((icon) => icon.purpose === purpose && icon.sizes === size)).toBe(true);
});

test('manifest and page wear the colours of the tokens, dark and light', () => {
  const { ground } = colours();
  expect([manifest.theme_color, manifest.background_color]).toEqual([ground, ground]);
  const page = read('index.html');
  const themeColour = (scheme: string): string | undefined =>
    new RegExp(`content="(#\\w+)" media="\\(prefers-color-scheme: ${scheme}\\)"`).exec(page)?.[1];
  expect([themeColour('dark'), themeColour('light')]).toEqual([ground, lightGround()]);
  for (const asked of ['/manifest.webmanifest', '/icons/apple-touch-icon.png']) {
    expect(page).toContain(`href="${asked}"`);
    expect(existsSync(file(`public${asked}`)), asked).toBe(true);
  }
});
