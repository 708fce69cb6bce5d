// Members without a screen, in a process of their own (client/bench/crowd): who comes and goes so that there are commits.
import { onTestFinished } from 'vitest';
import { Remote } from '../../client/bench/crowd/remote.ts';
import type { MembersApi } from '../../client/bench/crowd/api.ts';

export class Headless {
  readonly #members = new Remote<MembersApi>('members.ts', { nodeFlags: ['--experimental-websocket'] });
  readonly #url: () => string;
  #count = 0;

  /** `url` of the service, asked when it is there. */
  constructor(url: () => string) {
    this.#url = url;
  }

  /** Somebody new in the group of this link, until the end of the test. */
  async join(name: string, link: string): Promise<HeadlessSeat> {
    await this.#members.call('create', { url: this.#url(), presence: 'signal' }, [name]);
    await this.#members.call('joinGroup', link.slice(link.lastIndexOf('/') + 1));
    await this.#members.call('follow');
    return this.#seat();
  }

  /** Two members of a group of their own; the first of all in this process. */
  async foundGroup(first: string, second: string): Promise<readonly [HeadlessSeat, HeadlessSeat]> {
    await this.#members.call('create', { url: this.#url(), presence: 'signal' }, [first]);
    const invite = await this.#members.call('found', `${first}’s group`);
    const seat = this.#seat();
    return [seat, await this.join(second, invite)];
  }

  end(): Promise<void> {
    return this.#members.end();
  }

  #seat(): HeadlessSeat {
    const seat = new HeadlessSeat(this.#members, this.#count++);
    onTestFinished(async () => {
      if (seat.isIn) await seat.leave();
    });
    return seat;
  }
}

export class HeadlessSeat {
  isIn = false;
  readonly #members: Remote<MembersApi>;
  readonly #seat: number;

  constructor(members: Remote<MembersApi>, seat: number) {
    this.#members = members;
    this.#seat = seat;
  }

  /** Takes a place; has keys once the tree has so many leaves. */
  async enter(leaves: number): Promise<void> {
    await this.#members.call('enter', [this.#seat]);
    this.isIn = true;
    await this.#members.call('settled', leaves);
  }

  async leave(): Promise<void> {
    this.isIn = false;
    await this.#members.call('leave', this.#seat);
  }

  /** Will be removed from the group by its owner: does not try to come back. */
  async willBeRemoved(): Promise<void> {
    this.isIn = false;
    await this.#members.call('dismiss', this.#seat);
  }
}
