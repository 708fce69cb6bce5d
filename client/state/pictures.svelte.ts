// A picture on the screen: fetched when it comes into view, shown as a `blob:` address once this device has looked at it. Until then, and
// where there is none to show, the letters stand. faces.ts has one for each face.
import type { PictureView } from './view.ts';

export class Picture implements PictureView {
  readonly #load: () => Promise<string | null>;
  #isWanted = false;
  url: string | null = $state(null);

  constructor(load: () => Promise<string | null>) {
    this.#load = load;
  }

  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    void this.#load().then((url) => {
      this.url = url;
      // Not there, or the line was down: whoever comes into view next asks again.
      this.#isWanted = url !== null;
    });
  }
}
