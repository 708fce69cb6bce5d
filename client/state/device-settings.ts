// Which microphone, camera and speaker, what is done about noise and what is seen behind one: remembered by this browser, in its own words.
// What is kept there and makes no sense counts as nothing, but never as a bare room where something was to be seen in its place.
import * as v from 'valibot';
import type { Background, DeviceWishes } from '../media/types.ts';

const key = 'aparte.devices';

export const firstDevices: DeviceWishes = {
  microphone: null,
  camera: null,
  speaker: null,
  noise: 'standard',
  background: 'none',
  picture: null,
};

export const backgrounds: readonly Background[] = [
  ...(['none', 'slight', 'strong', 'dusk', 'hills', 'paper', 'own'] as const),
];

const id = v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(512))), null);
const schema = v.object({
  microphone: id,
  camera: id,
  speaker: id,
  noise: v.fallback(v.picklist(['standard', 'strong', 'off']), firstDevices.noise),
  // A word of another build, or a damaged one: somebody wanted not to be seen as they are.
  background: v.optional(v.fallback(v.picklist(backgrounds), 'strong'), 'none'),
  picture: id,
});

export class DeviceSettings {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
  }

  read(): DeviceWishes {
    try {
      const kept: unknown = JSON.parse(this.#storage.getItem(key) ?? '{}');
      const found = v.safeParse(schema, kept);
      return found.success ? whole(found.output) : firstDevices;
    } catch {
      return firstDevices;
    }
  }

  /** A browser that keeps nothing forgets it with the page. */
  write(wishes: DeviceWishes): void {
    try {
      this.#storage.setItem(key, JSON.stringify(wishes));
    } catch {
      // As said.
    }
  }
}

/** A picture of one's own that is not named is not there. */
function whole(wishes: DeviceWishes): DeviceWishes {
  const isWithout = wishes.background === 'own' && wishes.picture === null;
  return isWithout ? { ...wishes, background: 'strong' } : wishes;
}
