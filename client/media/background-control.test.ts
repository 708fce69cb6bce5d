// What goes out while something is put behind somebody: nothing that is against the wish, in whatever order wishes, loading and failures come.
// Track, filter and worker are stand-ins that write down what happened to them; the real ones meet in client/e2e/devices.test.ts.
import { describe, expect, test } from 'vitest';
import { Abandoned, BackgroundControl, BackgroundFailure, type Filter } from './background-control.ts';
import { deferred, type Deferred } from './deferred.ts';
import type { Background, BackgroundWish } from './types.ts';

const wish = (background: Background, picture: string | null = null): BackgroundWish => ({
  background,
  picture,
});

class World {
  readonly log: string[] = [];
  /** Of what is asked of filters: each test settles it. */
  readonly uses: { readonly background: Background; readonly there: Deferred<true> }[] = [];
  readonly loading = deferred<true>();
  readonly filters: FakeFilter[] = [];
  readonly track = new FakeTrack(this.log);

  control(first: BackgroundWish): BackgroundControl {
    const filters = this.filters;
    const log = this.log;
    const uses = this.uses;
    class Made extends FakeFilter {
      constructor(onLost: () => void) {
        super({ log, uses, onLost });
        filters.push(this);
      }
    }
    const parts = {
      shut: (isShut: boolean) => void log.push(isShut ? 'shut' : 'open'),
      load: () => this.loading.promise.then(() => Made),
      onLost: () => void log.push('lost'),
    };
    return new BackgroundControl(parts, first);
  }
}

class FakeFilter implements Filter {
  readonly name = 'fake';
  readonly processedTrack = { id: 'processed' } as MediaStreamTrack;
  readonly picture = deferred<true>();
  readonly onLost: () => void;
  readonly #log: string[];
  readonly #uses: World['uses'];

  constructor(parts: Pick<World, 'log' | 'uses'> & { readonly onLost: () => void }) {
    this.#log = parts.log;
    this.#uses = parts.uses;
    this.onLost = parts.onLost;
  }

  async use({ background }: BackgroundWish): Promise<void> {
    const there = deferred<true>();
    this.#uses.push({ background, there });
    await there.promise;
  }

  async shown(): Promise<void> {
    await this.picture.promise;
  }

  readonly init = () => Promise.resolve();
  readonly restart = () => Promise.resolve();
  readonly destroy = () => Promise.resolve(void this.#log.push('destroyed'));
}

/** As livekit-client's: what it sends is the processor's track, or its own. */
class FakeTrack {
  readonly sender = { track: { id: 'bare' } as MediaStreamTrack };
  #processor: Filter | undefined;
  readonly #log: string[];

  constructor(log: string[]) {
    this.#log = log;
  }

  readonly getProcessor = () => this.#processor;

  readonly setProcessor = (filter: unknown) => {
    this.#processor = filter as Filter;
    this.sender.track = this.#processor.processedTrack!;
    this.#log.push('processed');
    return Promise.resolve();
  };

  readonly stopProcessor = () => {
    this.#processor = undefined;
    this.sender.track = { id: 'bare' } as MediaStreamTrack;
    this.#log.push('bare');
    return Promise.resolve();
  };
}

type Given = Parameters<BackgroundControl['apply']>[0];
const asTrack = (track: FakeTrack): Given => track as unknown as Given;
/** What has been set going is done as far as it can be. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A world in which this is behind somebody, whose picture goes out. */
async function worldWith(background: Background) {
  const world = new World();
  const control = world.control(wish(background));
  const track = asTrack(world.track);
  world.loading.resolve(true);
  const applying = control.apply(track);
  await settled();
  world.uses.at(-1)?.there.resolve(true);
  world.filters.at(-1)?.picture.resolve(true);
  await applying;
  control.open(track);
  world.log.length = 0;
  const { log, uses, filters } = world;
  return { world, log, uses, filters, control, track };
}

describe('what goes out', () => {
  test('is nothing from the first moment, until a picture has come out of the filter', async () => {
    const world = new World();
    const control = world.control(wish('slight'));
    const track = asTrack(world.track);
    expect(world.log).toEqual(['shut']);
    control.prepare();
    const applying = control.apply(track);
    expect(() => control.open(track)).toThrow(BackgroundFailure);
    world.loading.resolve(true);
    await settled();
    expect(() => control.open(track)).toThrow(BackgroundFailure);
    world.uses[0]!.there.resolve(true);
    await settled();
    // It is on the track, and has shown nothing yet.
    let isApplied = false;
    void applying.then(() => (isApplied = true));
    await settled();
    expect([world.log, isApplied, control.isShut]).toEqual([['shut', 'processed'], false, true]);
    world.filters[0]!.picture.resolve(true);
    await applying;
    control.open(track);
    control.check(track);
    expect(world.log).toEqual(['shut', 'processed', 'open']);
    expect(world.filters).toHaveLength(1);
  });

  test('stops in the moment of the choice, before anything is loaded', async () => {
    const { control, log } = await worldWith('none');
    expect(control.set(wish('hills'))).toBe(true);
    expect([log, control.isShut]).toEqual([['shut'], true]);
  });

  test('goes on while one background takes the place of another, and as it is when it is to be bare', async () => {
    const { control, track, log, uses, filters } = await worldWith('slight');
    expect(control.set(wish('dusk'))).toBe(true);
    const applying = control.apply(track);
    await settled();
    expect([uses.at(-1)!.background, control.isShut]).toEqual(['dusk', false]);
    uses.at(-1)!.there.resolve(true);
    await applying;
    expect([log, filters.length]).toEqual([[], 1]);
    control.set(wish('none'));
    await control.apply(track);
    control.open(track);
    control.check(track);
    expect([log, control.isUsed]).toEqual([['bare'], false]);
  });

  test.each([
    [
      'the filter’s own code does not come',
      async (world: World) => {
        world.loading.reject(new Error('no line'));
        await settled();
      },
    ],
    [
      'the model does not come',
      async (world: World) => {
        world.loading.resolve(true);
        await settled();
        world.uses[0]!.there.reject(new Error('404'));
      },
    ],
    [
      'nothing comes out of it',
      async (world: World) => {
        world.loading.resolve(true);
        await settled();
        world.uses[0]!.there.resolve(true);
        world.filters[0]!.picture.reject(new Error('no WebGL'));
      },
    ],
  ])('is nothing where %s, and it can be tried again', async (_what, fail) => {
    const world = new World();
    const control = world.control(wish('strong'));
    const track = asTrack(world.track);
    const applying = control.apply(track);
    const failing = expect(applying).rejects.toThrow(BackgroundFailure);
    await fail(world);
    await failing;
    control.forget();
    expect(() => control.open(track)).toThrow(BackgroundFailure);
    expect(world.log).not.toContain('open');
  });

  test('is nothing from the moment the filter breaks', async () => {
    const { control, track, log, filters } = await worldWith('paper');
    filters[0]!.onLost();
    expect(log).toEqual(['shut', 'lost']);
    control.forget();
    expect(() => control.open(track)).toThrow(BackgroundFailure);
  });

  test('is nothing where livekit-client has lost the filter, or sends something else than it gives', async () => {
    const { control, track, log, world } = await worldWith('slight');
    world.track.sender.track = { id: 'bare' } as MediaStreamTrack;
    expect(() => control.check(track)).toThrow(BackgroundFailure);
    expect(log).toEqual(['shut']);
    await world.track.stopProcessor();
    expect(() => control.open(track)).toThrow(BackgroundFailure);
    expect(log).toEqual(['shut', 'bare']);
  });
});

describe('the last wish wins', () => {
  test('while the one before is being loaded, whichever comes first', async () => {
    const world = new World();
    const control = world.control(wish('slight'));
    const track = asTrack(world.track);
    const first = control.apply(track);
    world.loading.resolve(true);
    await settled();
    control.set(wish('hills'));
    await expect(first).rejects.toThrow(Abandoned);
    const second = control.apply(track);
    await settled();
    expect(world.uses.map(({ background }) => background)).toEqual(['slight', 'hills']);
    world.uses[0]!.there.resolve(true);
    await settled();
    expect(control.isShut).toBe(true);
    world.uses[1]!.there.resolve(true);
    world.filters[0]!.picture.resolve(true);
    await second;
    control.open(track);
    expect([world.log, world.filters.length]).toEqual([['shut', 'processed', 'open'], 1]);
  });

  test('and is none: the bare picture goes out, and nothing is kept of the filter', async () => {
    const world = new World();
    const control = world.control(wish('slight'));
    const track = asTrack(world.track);
    const first = control.apply(track);
    world.loading.resolve(true);
    await settled();
    control.set(wish('none'));
    await expect(first).rejects.toThrow(Abandoned);
    await control.apply(track);
    control.open(track);
    expect([world.log, control.isUsed]).toEqual([['shut', 'destroyed', 'open'], false]);
  });

  test('another picture of mine counts where it is seen, and only there', () => {
    const control = new World().control(wish('own', 'a'));
    expect(control.set(wish('own', 'a'))).toBe(false);
    expect(control.set(wish('own', 'b'))).toBe(true);
    expect(control.set(wish('dusk', 'b'))).toBe(true);
    expect(control.set(wish('dusk', 'c'))).toBe(false);
  });
});

test('a camera that is let go of lets go of the filter, and of what waits for it', async () => {
  const { control, track, log, uses } = await worldWith('slight');
  control.set(wish('dusk'));
  const applying = control.apply(track);
  await settled();
  control.forget();
  await expect(applying).rejects.toThrow(Abandoned);
  uses.at(-1)!.there.resolve(true);
  await settled();
  expect([log, control.isUsed, control.isShut]).toEqual([['destroyed', 'shut'], false, true]);
});
