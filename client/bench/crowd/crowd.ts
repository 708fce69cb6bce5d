// The headless members of the benchmark, spread over a few processes: starts them, and asks all of them the same thing at once.
// members.ts is the process.
import type { MembersApi, Reached, Tally } from './api.ts';
import type { PresenceKind } from './presence.ts';
import { Remote } from './remote.ts';

/** More than there are cores, so that one event loop's queue is not what is measured. */
const processCount = 4;
/** So that one who leaves does not leave a process empty. */
const leastInAProcess = 2;

/** One member by where it sits. */
export interface Seat {
  readonly process: Remote<MembersApi>;
  readonly index: number;
}

export class Crowd {
  readonly seats: readonly Seat[];
  readonly invite: string;
  readonly #processes: readonly Remote<MembersApi>[];

  private constructor(processes: readonly Remote<MembersApi>[], seats: readonly Seat[], invite: string) {
    this.#processes = processes;
    this.seats = seats;
    this.invite = invite;
  }

  /** `size` members of one group, which the first of them founded; nobody is in the call. */
  static async gather(url: string, size: number, presence: PresenceKind): Promise<Crowd> {
    const processes = Array.from(
      { length: Math.min(processCount, Math.floor(size / leastInAProcess)) },
      () => new Remote<MembersApi>('./members.ts'),
    );
    const seats = Array.from({ length: size }, (_, i) => ({
      process: processes[i % processes.length]!,
      index: Math.floor(i / processes.length),
    }));
    await Promise.all(
      processes.map((process, p) =>
        process
          .call(
            'create',
            { url, presence },
            seats.flatMap((seat, i) => (seat.process === process ? [`Member ${i}`] : [])),
          )
          .catch((error: unknown) => Promise.reject(new Error(`process ${p}: ${String(error)}`))),
      ),
    );
    const invite = await processes[0]!.call('found', 'The crowd');
    const crowd = new Crowd(processes, seats, invite);
    await crowd.#all((process) => process.call('joinGroup', invite));
    return crowd;
  }

  /** Everybody has an open page: the group as it is now, and its events. */
  async follow(): Promise<void> {
    await this.#all((process) => process.call('follow'));
  }

  /** All at the same moment. Resolves when each has a place. */
  async enter(): Promise<void> {
    await this.#all((process) => process.call('enter'));
  }

  /** Resolves when all are in the one epoch that has so many leaves. */
  async settled(leaves: number): Promise<Reached> {
    for (;;) {
      const all = await this.#all((process) => process.call('settled', leaves));
      const isSame = all.every(({ authenticator }) => authenticator === all[0]!.authenticator);
      if (isSame) return lastOf(all);
    }
  }

  /** Who is not with the others, and where instead. */
  async stragglers(leaves: number): Promise<readonly string[]> {
    return (await this.#all((process) => process.call('stragglers', leaves))).flat();
  }

  /** Resolves when all are in an epoch without this leaf; gives the lowest of these. */
  async gone(livekitIdentity: string): Promise<Reached> {
    return lastOf(await this.#all((process) => process.call('gone', livekitIdentity)));
  }

  /** When the last of all would have begun to send in this epoch (K4). */
  async switched({ generation, epoch }: Pick<Reached, 'generation' | 'epoch'>): Promise<number> {
    return Math.max(...(await this.#all((process) => process.call('switched', generation, epoch))));
  }

  /** See signal.ts. */
  async renewPresence(): Promise<void> {
    await this.#all((process) => process.call('renewPresence'));
  }

  async tally(): Promise<Tally> {
    const all = await this.#all((process) => process.call('tally'));
    const sum = (read: (tally: Tally) => number): number => all.reduce((total, one) => total + read(one), 0);
    return {
      cpuMs: sum(({ cpuMs }) => cpuMs),
      bytes: sum(({ bytes }) => bytes),
      epochCount: sum(({ epochCount }) => epochCount),
      restartCount: sum(({ restartCount }) => restartCount),
      ends: all.flatMap(({ ends }) => ends),
    };
  }

  async end(): Promise<void> {
    await this.#all((process) => process.end());
  }

  #all<T>(work: (process: Remote<MembersApi>) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#processes.map(work));
  }
}

function lastOf(all: readonly Reached[]): Reached {
  const lowest = all.reduce((found, one) => (one.epoch < found.epoch ? one : found));
  return { ...lowest, lastMs: Math.max(...all.map(({ lastMs }) => lastMs)) };
}
