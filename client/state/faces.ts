// Faces as screens show them (G20). Same face, same object: what did not change is not drawn again.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { Face, PictureFace } from '../../crypto/invite/index.ts';
import type { Group } from '../groups/group.ts';
import type { Pictures } from '../groups/pictures.ts';
import { Picture } from './pictures.svelte.ts';
import type { FaceView } from './view.ts';

/** The address of a picture that decodes, or null. main.ts gives the browser's. */
export type ShowPicture = (bytes: Bytes) => Promise<string | null>;

export const letters: FaceView = { kind: 'initials' };

export class Faces {
  readonly #pictures: Pictures;
  readonly #show: ShowPicture;
  readonly #known = new Map<string, FaceView>();

  constructor(pictures: Pictures, show: ShowPicture) {
    this.#pictures = pictures;
    this.#show = show;
  }

  of(group: Group, face: Face): FaceView {
    switch (face.kind) {
      case 'initials':
        return letters;
      case 'emoji':
        return this.#once(`${face.tone} ${face.emoji}`, () => face);
      case 'picture':
        return this.#once(`${group.id} ${toBase64url(face.hash)}`, () => ({
          kind: 'picture',
          picture: new Picture(() => this.#open(group, face)),
        }));
    }
  }

  /** Of a group that I am not in: its picture came with its name. */
  behindLink(face: Face, bytes: Bytes | null): FaceView {
    if (face.kind !== 'picture') return face;
    if (bytes === null) return letters;
    return { kind: 'picture', picture: new Picture(() => this.#show(bytes)) };
  }

  async #open(group: Group, face: PictureFace): Promise<string | null> {
    const bytes = await this.#pictures.open(group, face);
    return bytes && this.#show(bytes);
  }

  #once(name: string, make: () => FaceView): FaceView {
    const known = this.#known.get(name) ?? make();
    this.#known.set(name, known);
    return known;
  }
}
