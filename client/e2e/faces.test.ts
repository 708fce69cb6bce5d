// G18–G20 in real browsers: a name, a picture and the group's own change before everybody's eyes; a picture leaves without what its file
// held beside it; and what another member calls a picture is shown only if it is one.
import { expect, test } from 'vitest';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import { decodeInvite } from '../../crypto/invite/index.ts';
import { systemClock } from '../api/clock.ts';
import { Service } from '../api/service.ts';
import { openDevice } from '../groups/device.ts';
import { Groups } from '../groups/groups.ts';
import { Looks } from '../groups/looks.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { ada, ben } from './harness/people.ts';
import type { Person } from './harness/person.ts';
import { gather, setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();
/** With a Cyrillic А. */
const namesake = 'Аda L.';
const whereTaken = 'Exif\0\0 GPS 48.8566 N 2.3522 E';

/** Keeps every picture that the page makes an address of. */
const keepBlobs = `
  globalThis.blobs = [];
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => (globalThis.blobs.push(blob), make.call(URL, blob));
`;

test('[G18] [G19] [G20] [S5] a name and a picture are there for everybody at once, nothing else of the file is, and a namesake is told apart', async () => {
  const [a, b] = [
    await stage.enter(ada, { initScripts: [keepBlobs] }),
    await stage.enter(ben, { initScripts: [keepBlobs] }),
  ];
  const link = await gather([a, b]);
  await a.press('Edit my name and picture');
  await a.page.getByRole('textbox', { name: 'Your name', exact: true }).fill('Ada L.');
  await a.page.getByText('A picture', { exact: true }).click();
  const buffer = Buffer.from(await photograph(a));
  expect(buffer.includes('GPS 48.8566')).toBe(true);
  await a.page
    .locator('dialog input[type=file]')
    .setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await a.page.locator('dialog img').waitFor();
  await a.press('Save');
  await a.page.locator('dialog').waitFor({ state: 'detached' });
  for (const person of [a, b]) {
    const picture = memberRow(person, 'Ada L.').locator('img');
    await picture.waitFor();
    // Square, small, and the middle of the photograph: what was left and right of it is cut off.
    expect(await colours(person, 'Ada L.')).toEqual({ side: 320, middle: 'green', corner: 'green' });
    for (const text of await blobTexts(person)) expect(text).not.toContain('GPS');
  }

  await a.press('Group settings');
  await a.press('Name and picture of the group');
  await a.page.getByRole('textbox', { name: 'Name of the group', exact: true }).fill('The quartet');
  await a.page.getByText('A sign', { exact: true }).click();
  await a.page.getByRole('textbox', { name: 'Or another one' }).fill('☀️');
  await a.press('Save');
  await b.page.getByRole('heading', { level: 1, name: 'The quartet' }).waitFor();
  await b.page.locator('header').getByText('☀️').waitFor();
  expect(await b.page.getByRole('navigation').getByText('☀️').count()).toBe(1);
  // Kept on the device: it is not asked for again.
  await b.reload();
  await memberRow(b, 'Ada L.').locator('img').waitFor();

  expect(b.requests.filter((url) => url.includes('/pictures/'))).toHaveLength(1);
  await malShows(
    link,
    utf8('<svg xmlns="http://www.w3.org/2000/svg"><image href="https://elsewhere.example/"/></svg>'),
  );
  await memberRow(b, namesake).waitFor();
  await until(async () => (await b.page.evaluate('globalThis.blobs.length')) === 1, {
    what: 'one picture is shown',
  });
  expect(await memberRow(b, namesake).locator('img').count()).toBe(0);
  const digits = (person: Person, name: string) => memberRow(person, name).locator('bdi').textContent();
  const [hers, theirs] = [await digits(b, 'Ada L.'), await digits(b, namesake)];
  for (const shown of [hers, theirs]) expect(shown).toMatch(/^\d{5} \d{5}$/);
  expect(theirs).not.toBe(hers);
  // The same for everybody, and in the number that is compared.
  expect([await digits(a, 'Ada L.'), await digits(a, namesake)]).toEqual([hers, theirs]);
  expect(await memberRow(b, 'Ben').locator('bdi').count()).toBe(0);
  expect(await b.openVerify('Ada L.')).toContain(hers!.replace(' ', ''));
});

function memberRow({ page }: Person, name: string) {
  return page.getByRole('region', { name: 'Members' }).getByRole('listitem').filter({ hasText: name });
}

/** A wide JPEG, red to the left and right and green in the middle, which says where it was taken. */
async function photograph({ page }: Person): Promise<number[]> {
  const plain = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1600, 800];
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#f00';
    context.fillRect(0, 0, 1600, 800);
    context.fillStyle = '#0c0';
    context.fillRect(400, 0, 800, 800);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
    return [...new Uint8Array(await blob!.arrayBuffer())];
  });
  const said = [...Buffer.from(whereTaken, 'latin1')];
  const length = said.length + 2;
  return [...plain.slice(0, 2), 0xff, 0xe1, length >> 8, length & 255, ...said, ...plain.slice(2)];
}

/** What the picture in somebody's row looks like: its side, and whether middle and corner are rather green or red. */
async function colours(person: Person, name: string) {
  return memberRow(person, name)
    .locator('img')
    .evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const side = image.naturalWidth;
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [side, image.naturalHeight];
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const at = (x: number, y: number) => {
        const [red = 0, green = 0] = context.getImageData(x, y, 1, 1).data;
        return green > red ? 'green' : 'red';
      };
      return { side, middle: at(side / 2, side / 2), corner: at(4, 4) };
    });
}

async function blobTexts({ page }: Person): Promise<string[]> {
  return page.evaluate(async () => {
    const { blobs } = globalThis as unknown as { blobs: Blob[] };
    return Promise.all(
      blobs.map(async (blob) => String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()))),
    );
  });
}

/** A member who turned: joins by the link and calls these bytes a picture. */
async function malShows(link: string, bytes: Bytes): Promise<void> {
  const { url } = stage.aparte;
  const store = new MemoryStore();
  const device = await openDevice(store);
  const line = { fetch, baseUrl: url, clock: systemClock, random: Math.random };
  const service = new Service({ line, identity: device.identity, audience: new URL(url).host });
  const parts = { service, store, device, clock: systemClock };
  const groups = new Groups(parts);
  const { id } = await groups.join(decodeInvite(link.slice(link.lastIndexOf('/') + 1)), 'Mal');
  await new Looks(groups, parts).showMe(id, { name: namesake, face: { kind: 'picture', bytes } });
}
