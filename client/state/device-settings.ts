// Which microphone, camera and speaker, and what is done about noise: remembered by this browser, in its own words. What is kept there
// and makes no sense counts as nothing.
import * as v from 'valibot';
import type { DeviceWishes } from '../media/types.ts';

const key = 'aparte.devices';

export const firstDevices: DeviceWishes = {
  microphone: null,
  camera: null,
  speaker: null,
  noise: 'standard',
};

const id = v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(512))), null);
const schema = v.object({
  microphone: id,
  camera: id,
  speaker: id,
  noise: v.fallback(v.picklist(['standard', 'strong', 'off']), firstDevices.noise),
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
      return found.success ? found.output : firstDevices;
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
