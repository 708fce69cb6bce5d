// A picture of one's own to be seen behind one: made as large as a camera's on this device, stripped of everything else that its file says,
// and kept by this browser alone, in a database of its own. There is one; a new one takes its place.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { pictureSize } from './pictures.ts';

/** More than cameras and screens make. */
export const mostFileBytes = 20 * 1024 * 1024;
const types = ['image/webp', 'image/jpeg'] as const;
const quality = 0.86;

/** Why a file does not become a background: larger than 20 MB, nothing this browser can show, no room to keep it. */
export type PictureProblem = 'tooLarge' | 'unreadable' | 'notKept';

export class PictureError extends Error {
  readonly problem: PictureProblem;

  constructor(problem: PictureProblem) {
    super(problem);
    this.problem = problem;
  }
}

interface Schema extends DBSchema {
  pictures: {
    key: string;
    value: { readonly id: string; readonly type: string; readonly bytes: ArrayBuffer };
  };
}

/** What reads and writes pixels: the browser's own, or a test's. */
export interface Drawing {
  /** Rejects for what is no picture. */
  readonly decode: (file: Blob) => Promise<ImageBitmap>;
  /** The middle of it, as far as it has the shape of a camera's picture; null where the browser does not write such a file. */
  readonly encode: (picture: ImageBitmap, type: string) => Promise<Blob | null>;
}

/** `file` as it will be kept. Throws `PictureError`. */
export async function fitted(file: Blob, { decode, encode }: Drawing = drawing): Promise<Blob> {
  if (file.size > mostFileBytes) throw new PictureError('tooLarge');
  let picture: ImageBitmap;
  try {
    picture = await decode(file);
  } catch {
    throw new PictureError('unreadable');
  }
  try {
    for (const type of types) {
      const written = await encode(picture, type);
      // A browser that does not know the type writes another.
      if (written?.type === type) return written;
    }
  } finally {
    picture.close();
  }
  throw new PictureError('unreadable');
}

/** Keeps `file` in place of the one before, and says under which name. Throws `PictureError`. */
export async function keepOwnPicture(file: Blob): Promise<string> {
  const picture = await fitted(file);
  const id = crypto.randomUUID();
  try {
    const bytes = await picture.arrayBuffer();
    await withDatabase(async (database) => {
      const transaction = database.transaction('pictures', 'readwrite');
      await transaction.store.clear();
      await transaction.store.put({ id, type: picture.type, bytes });
      await transaction.done;
    });
    return id;
  } catch {
    throw new PictureError('notKept');
  }
}

/** Rejects where it is not there any more. */
export async function loadOwnPicture(id: string): Promise<Blob> {
  const kept = await withDatabase((database) => database.get('pictures', id));
  if (kept === undefined) throw new Error('the picture is gone');
  return new Blob([kept.bytes], { type: kept.type });
}

async function withDatabase<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const database = await openDB<Schema>('aparte-background', 1, {
    upgrade: (fresh) => void fresh.createObjectStore('pictures', { keyPath: 'id' }),
  });
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

const drawing: Drawing = {
  decode: (file) => createImageBitmap(file),
  encode: (picture, type) => {
    const { width, height } = pictureSize;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    if (context === null) return Promise.resolve(null);
    // What is see-through would be black in a JPEG.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    const scale = Math.max(width / picture.width, height / picture.height);
    const [wide, high] = [picture.width * scale, picture.height * scale];
    context.drawImage(picture, (width - wide) / 2, (height - high) / 2, wide, high);
    return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
  },
};
