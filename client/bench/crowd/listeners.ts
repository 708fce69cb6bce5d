// The three real browsers in the crowd: Ada, Ben and Cyd with their voices, in the call, and what their pages tell (page.ts).
import type { Browser } from 'playwright-core';
import type { Aparte } from '../../e2e/harness/aparte.ts';
import { launchBrowser } from '../../e2e/harness/browser.ts';
import { ada, ben, cyd } from '../../e2e/harness/people.ts';
import { Person } from '../../e2e/harness/person.ts';
import { enterCall } from '../../e2e/harness/stage.ts';
import { until } from '../../e2e/harness/wait.ts';
import { arrivalScript, noisyScript, soundScript, type PageEpoch, type Sound } from './page.ts';

/** What three pages had to make up, summed over all receivers, in a stretch of time. */
export interface Stretch {
  readonly seconds: number;
  readonly receivers: number;
  readonly concealedSamples: number;
  readonly silentConcealedSamples: number;
  readonly packetsLost: number;
}

export class Listeners {
  readonly people: readonly Person[];
  readonly #browsers: readonly Browser[];

  private constructor(people: readonly Person[], browsers: readonly Browser[]) {
    this.people = people;
    this.#browsers = browsers;
  }

  /** In the group; nobody is in the call. `watch` says what their pages note: how it sounds, or also under which keys frames come. */
  static async sitDown(aparte: Aparte, invite: string, watch: 'sound' | 'keys'): Promise<Listeners> {
    const personas = [ada, ben, cyd];
    const browsers = await Promise.all(personas.map((persona) => launchBrowser(persona)));
    const people = await Promise.all(
      personas.map((persona, i) =>
        Person.sitDown(persona, {
          browser: browsers[i]!,
          aparte,
          initScripts: [noisyScript, soundScript, ...(watch === 'keys' ? [arrivalScript] : [])],
        }),
      ),
    );
    for (const person of people) await person.joinByLink(`${aparte.url}/#/join/${invite}`);
    return new Listeners(people, browsers);
  }

  /** Done when everybody hears the two others. */
  enterCall(): Promise<void> {
    return enterCall(this.people);
  }

  /** Everybody still hears the two others. */
  async hearEachOther(): Promise<void> {
    await Promise.all(
      this.people.map((person) =>
        person.hears(...this.people.filter((one) => one !== person).map(({ name }) => name)),
      ),
    );
  }

  /** Begins a stretch; the result ends it. */
  async listen(): Promise<() => Promise<Stretch>> {
    const before = await this.#sounds();
    return async () => {
      const after = await this.#sounds();
      const grown = (name: keyof Sound): number =>
        after.reduce((total, sound, i) => total + sound[name] - before[i]![name], 0);
      return {
        seconds: grown('atMs') / after.length / 1000,
        receivers: after.reduce((total, { receivers }) => total + receivers, 0),
        concealedSamples: grown('concealedSamples'),
        silentConcealedSamples: grown('silentConcealedSamples'),
        packetsLost: grown('packetsLost'),
      };
    };
  }

  /** The latest epoch that all three have keys of. */
  async epoch(): Promise<number> {
    const all = await Promise.all(this.people.map((person) => person.epoch()));
    return Math.min(...all.map(({ epoch }) => epoch));
  }

  /** When the last page had the keys of `epoch` or of a later one. */
  async reached(wanted: { readonly generation: number; readonly epoch: number }): Promise<number> {
    const first = (epochs: readonly PageEpoch[]): PageEpoch | undefined =>
      epochs.find(
        ({ generation, epoch }) =>
          generation > wanted.generation || (generation === wanted.generation && epoch >= wanted.epoch),
      );
    const times = await Promise.all(
      this.people.map((person) =>
        until(async () => first(await person.page.evaluate(() => window.aparteCrowd.epochs()))?.atMs, {
          what: `${person.name}'s page has epoch ${wanted.generation}/${wanted.epoch}`,
          withinMs: 60_000,
        }),
      ),
    );
    return Math.max(...times);
  }

  /** When the first sound of the last of the three came under this epoch's key, at whoever got it first. */
  async heardIn({ epoch }: { readonly epoch: number }): Promise<number> {
    return until(
      async () => {
        const all = await Promise.all(
          this.people.map((person) => person.page.evaluate(() => window.aparteCrowd.arrivals)),
        );
        const firstMs = new Map<number, number>();
        for (const { leaf, epochByte, atMs } of all.flat()) {
          if (epochByte === epoch % 256) firstMs.set(leaf, Math.min(atMs, firstMs.get(leaf) ?? atMs));
        }
        return firstMs.size === this.people.length ? Math.max(...firstMs.values()) : null;
      },
      { what: `all three are heard in epoch ${epoch}`, withinMs: 60_000 },
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.close()));
  }

  #sounds(): Promise<readonly Sound[]> {
    return Promise.all(this.people.map((person) => person.page.evaluate(() => window.aparteCrowd.sound())));
  }
}
