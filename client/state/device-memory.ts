// Whether somebody should look at their devices before they go in: when devices are there, or a chosen one is not, as at none of the last
// times. Before this browser's first join it is offered, and the tap goes in all the same (decision 0019). Remembered by names, which stay when ids do not. device-check.svelte.ts asks.
import * as v from 'valibot';
import type { DeviceWishes } from '../media/types.ts';
import type { DeviceChoice, DeviceKind } from './view.ts';

const key = 'aparte.device-check';
/** A desk, a headset, a train: who moves between a few places is asked once in each. */
const mostPlaces = 6;
const kinds: readonly DeviceKind[] = ['microphone', 'camera', 'speaker'];

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;
type Known = Readonly<Record<DeviceKind, readonly string[]>>;

const noneKnown: Known = { microphone: [], camera: [], speaker: [] };
const places = v.fallback(v.array(v.string()), []);
const schema = v.object({ known: v.object({ microphone: places, camera: places, speaker: places }) });

export class DeviceMemory {
  readonly #storage: Storage;
  /** Null: nobody ever joined, or checked, from here. */
  #known: Known | null;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#known = read(storage);
  }

  /** Nobody ever joined, or checked, from here. */
  get isFirst(): boolean {
    return this.#known === null;
  }

  /** At once, by what is known of the devices: a join does not wait for more. */
  isCheckDue(found: readonly DeviceChoice[], chosen: DeviceWishes): boolean {
    const known = this.#known;
    if (known === null) return false;
    return kinds.some((kind) => {
      const place = placeOf(kind, found, chosen);
      return place !== null && known[kind].length > 0 && !known[kind].includes(place);
    });
  }

  /** The person has looked at them, or gone in with them. */
  checked(found: readonly DeviceChoice[], chosen: DeviceWishes): void {
    this.#known = withPlaces(this.#known ?? noneKnown, found, chosen);
    this.#write();
  }

  /** What a check could not see, because the browser told no names then, is no change when it does. */
  noteFirst(found: readonly DeviceChoice[], chosen: DeviceWishes): void {
    const known = this.#known;
    if (known === null) return;
    const unseen = found.filter(({ kind }) => known[kind].length === 0);
    const next = withPlaces(known, unseen, chosen);
    if (JSON.stringify(next) === JSON.stringify(known)) return;
    this.#known = next;
    this.#write();
  }

  /** A browser that keeps nothing asks again the next time. */
  #write(): void {
    try {
      this.#storage.setItem(key, JSON.stringify({ known: this.#known }));
    } catch {
      // As said.
    }
  }
}

/** The devices of a kind, and whether the chosen one is among them; null where the browser tells of none, or not by name. */
function placeOf(kind: DeviceKind, found: readonly DeviceChoice[], chosen: DeviceWishes): string | null {
  const those = found.filter((one) => one.kind === kind);
  if (those.length === 0 || those.some(({ label }) => label === '')) return null;
  const isGone = chosen[kind] !== null && !those.some(({ id }) => id === chosen[kind]);
  return JSON.stringify([...those.map(({ label }) => label).sort(), ...(isGone ? [null] : [])]);
}

function withPlaces(known: Known, found: readonly DeviceChoice[], chosen: DeviceWishes): Known {
  const next = (kind: DeviceKind): readonly string[] => {
    const place = placeOf(kind, found, chosen);
    if (place === null) return known[kind];
    return [place, ...known[kind].filter((other) => other !== place)].slice(0, mostPlaces);
  };
  return { microphone: next('microphone'), camera: next('camera'), speaker: next('speaker') };
}

function read(storage: Storage): Known | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    const found = v.safeParse(schema, kept);
    return found.success ? found.output.known : null;
  } catch {
    return null;
  }
}
