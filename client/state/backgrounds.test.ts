// My own picture on the screen: the one that is kept, the last of several, and what became of a file that is none.
import { expect, test } from 'vitest';
import { PictureError, type PictureProblem } from '../media/background/own-picture.ts';
import { Backgrounds, type OwnPictures } from './backgrounds.ts';
import type { BackgroundsView } from './view.ts';

class Device implements OwnPictures {
  kept: string | null = 'first';
  problem: PictureProblem | null = null;
  readonly shown = new Set<string>();
  readonly urls = {
    createObjectURL: () => {
      const url = `blob:${this.kept}`;
      this.shown.add(url);
      return url;
    },
    revokeObjectURL: (url: string) => void this.shown.delete(url),
  };

  readonly keep = (file: Blob): Promise<string> => {
    if (this.problem !== null) return Promise.reject(new PictureError(this.problem));
    this.kept = `of ${file.size}`;
    return Promise.resolve(this.kept);
  };

  readonly load = (id: string): Promise<Blob> =>
    id === this.kept ? Promise.resolve(new Blob()) : Promise.reject(new Error('gone'));
}

const file = (bytes: number): Blob => ({ size: bytes }) as Blob;
/** With what the screen was told last. */
function backgroundsOn(device: Device) {
  let view: BackgroundsView | null = null;
  const backgrounds = new Backgrounds((next) => (view = next), device);
  return { backgrounds, view: () => view! };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('the kept picture is shown to be chosen, and the next one in its place, which frees it', async () => {
  const device = new Device();
  const { backgrounds, view } = backgroundsOn(device);
  backgrounds.look('first');
  expect(view().pictures.map(({ name }) => name)).toEqual(['dusk', 'hills', 'paper']);
  await settled();
  expect(view().own).toBe('blob:first');
  expect(await backgrounds.keep(file(5))).toBe('of 5');
  expect([view().own, [...device.shown]]).toEqual(['blob:of 5', ['blob:of 5']]);
});

test('a picture that the browser has let go of is not offered', async () => {
  const { backgrounds, view } = backgroundsOn(new Device());
  backgrounds.look('another');
  await settled();
  expect(view().own).toBeNull();
});

test('a file that does not become it is named, changes nothing, and is forgotten with the next look', async () => {
  const device = new Device();
  const { backgrounds, view } = backgroundsOn(device);
  backgrounds.look('first');
  await settled();
  for (const problem of ['tooLarge', 'unreadable', 'notKept'] as const) {
    device.problem = problem;
    expect(await backgrounds.keep(file(5))).toBeNull();
    expect([view().problem, view().isWorking, view().own]).toEqual([problem, false, 'blob:first']);
  }
  backgrounds.look('first');
  expect(view().problem).toBeNull();
});
