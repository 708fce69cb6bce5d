// Pictures of people and groups (G20): asked of the service by their hash when one is wanted, kept sealed on this device, opened in memory
// only. What comes out is bytes that somebody in the group made: state/show-picture.ts looks at them before anybody sees them.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { openPicture, type Face, type PictureFace } from '../../crypto/invite/index.ts';
import { ApiError } from '../api/errors.ts';
import type { Service } from '../api/service.ts';
import type { Group } from './group.ts';
import { StorageError, type DeviceStore } from './store.ts';

export class Pictures {
  readonly #service: Pick<Service, 'picture'>;
  readonly #store: DeviceStore;
  /** Groups whose kept pictures were looked through since the page began. */
  readonly #tidied = new Set<string>();
  readonly #coming = new Map<string, Promise<Bytes | null>>();

  constructor(service: Pick<Service, 'picture'>, store: DeviceStore) {
    this.#service = service;
    this.#store = store;
  }

  /** The bytes of a picture; null where it cannot be had now, or is another one than the face names. Never throws. */
  open(group: Group, face: PictureFace): Promise<Bytes | null> {
    const name = toBase64url(face.hash);
    const coming = this.#coming.get(name) ?? this.#open(group, face).finally(() => this.#coming.delete(name));
    this.#coming.set(name, coming);
    return coming;
  }

  /** Keeps one of mine, which need not be asked for, and lets go of those of the group that nobody shows. */
  async keep(group: Group, sealed: Bytes | null): Promise<void> {
    if (sealed !== null) {
      const hash = toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', sealed)));
      await this.#try(() => this.#store.savePicture({ hash, groupId: group.id, sealed }));
    }
    await this.#tidy(group);
  }

  async #tidy(group: Group): Promise<void> {
    this.#tidied.add(group.id);
    const shown = [group.face, ...group.members.map(({ face }) => face)].flatMap(hashIn);
    await this.#try(() => this.#store.keepPictures(group.id, new Set(shown)));
  }

  async #open(group: Group, face: PictureFace): Promise<Bytes | null> {
    const { groupId } = group.secret;
    const hash = toBase64url(face.hash);
    const kept = await this.#try(() => this.#store.loadPicture(hash));
    const known = kept ? opened(groupId, face, kept.sealed) : null;
    if (known !== null) return known;
    const sealed = await this.#ask(groupId, face);
    const picture = sealed && opened(groupId, face, sealed);
    if (sealed && picture)
      await this.#try(() => this.#store.savePicture({ hash, groupId: group.id, sealed }));
    return picture;
  }

  async #ask(groupId: Bytes, face: PictureFace): Promise<Bytes | null> {
    try {
      return await this.#service.picture(groupId, face.hash);
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }

  /** A device without room asks for pictures again and again, and shows them all the same. */
  async #try<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StorageError) return null;
      throw error;
    }
  }
}

function hashIn(face: Face): string[] {
  return face.kind === 'picture' ? [toBase64url(face.hash)] : [];
}

function opened(groupId: Bytes, face: PictureFace, sealed: Bytes): Bytes | null {
  try {
    return openPicture(groupId, face, sealed);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
