// What there is to choose from for what others see behind me: the pictures of the build, and one of my own with what became of a file that was
// to be it. The choice itself is a wish about devices (devices.svelte.ts, which loads this when somebody is about to choose); the picture is
// kept by media/background/own-picture.ts.
import { keepOwnPicture, loadOwnPicture, PictureError } from '../media/background/own-picture.ts';
import { pictureUrls } from '../media/background/pictures.ts';
import type { BuiltInPicture } from '../media/types.ts';
import type { BackgroundsView } from './view.ts';

/** Where my own picture is kept, and how it comes on the screen: the browser's, or a test's. */
export interface OwnPictures {
  readonly keep: (file: Blob) => Promise<string>;
  readonly load: (id: string) => Promise<Blob>;
  readonly urls: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>;
}

const browsers: OwnPictures = { keep: keepOwnPicture, load: loadOwnPicture, urls: URL };
const names: readonly BuiltInPicture[] = ['dusk', 'hills', 'paper'];

export class Backgrounds {
  readonly #onChange: (view: BackgroundsView) => void;
  readonly #pictures: OwnPictures;
  #ownId: string | null = null;
  #view: BackgroundsView = {
    pictures: names.map((name) => ({ name, url: pictureUrls[name] })),
    ...{ own: null, isWorking: false, problem: null },
  };

  constructor(onChange: (view: BackgroundsView) => void, ownPictures: OwnPictures = browsers) {
    this.#onChange = onChange;
    this.#pictures = ownPictures;
  }

  /** Somebody is about to choose; `id`: of my own picture. */
  look(id: string | null): void {
    this.#set({ problem: null });
    if (id === null || id === this.#ownId) return;
    // One that is not there any more is not offered.
    this.#show(id).catch(() => undefined);
  }

  /** Under which name `file` is kept from now on; null where it is not, which the view says. */
  async keep(file: Blob): Promise<string | null> {
    if (this.#view.isWorking) return null;
    this.#set({ isWorking: true, problem: null });
    try {
      const id = await this.#pictures.keep(file);
      await this.#show(id);
      return id;
    } catch (error) {
      // Whatever else stood in the way, it is not kept.
      this.#set({ problem: error instanceof PictureError ? error.problem : 'notKept' });
      return null;
    } finally {
      this.#set({ isWorking: false });
    }
  }

  async #show(id: string): Promise<void> {
    const { load, urls } = this.#pictures;
    const own = urls.createObjectURL(await load(id));
    if (this.#view.own !== null) urls.revokeObjectURL(this.#view.own);
    this.#ownId = id;
    this.#set({ own });
  }

  #set(patch: Partial<BackgroundsView>): void {
    this.#view = { ...this.#view, ...patch };
    this.#onChange(this.#view);
  }
}
