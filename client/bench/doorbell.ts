// How long a change at one service takes to reach who waits at another, both on one PostgreSQL: from the sending of a commit to the first
// until the long poll at the second has its answer, and the same where both are at one service. Three processes and a database, here.
import { randomBytes } from 'node:crypto';
import type { Page, Ticket } from '../../server/testing/asker.ts';
import type { Person } from '../../server/testing/people.ts';
import { startPostgres } from '../../server/testing/postgres.ts';
import { Remote } from '../../server/testing/remote.ts';
import { percentile, spread, type Measure } from './report.ts';

const rounds = 300;
const reachMs = 200;

export async function measureDoorbell(): Promise<readonly Measure[]> {
  const postgres = await startPostgres({ isDurable: true });
  const services: Remote[] = [];
  try {
    for (let count = 0; count < 2; count += 1)
      services.push(await Remote.start({ DATABASE_URL: postgres.urlOf('postgres') }));
    const [one, two] = services as [Remote, Remote];
    const [ada, ben] = [await one.person('Ada'), await one.person('Ben')];
    const group = await one.group(ada, ben);
    const ticket = await one.join(ada, group);
    await two.join(ben, group);
    const call = new Call(ada, ben, ticket);
    await call.append(one, 'open');
    await call.everybodyIsThere(one);
    // Turns about, so that both see the same machine.
    const [across, within]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      across.push(await call.ring(one, two));
      within.push(await call.ring(one, one));
    }
    const p95 = percentile(across, 0.95);
    return [
      {
        what: 'doorbell: commit at one service → long poll answered at the other, p95',
        value: `${p95.toFixed(0)} ms`,
        baseline: `${percentile(within, 0.95).toFixed(0)} ms`,
        ratio: p95 / percentile(within, 0.95),
        reach: `≤ ${reachMs} ms`,
        isReached: p95 <= reachMs,
      },
      { what: 'doorbell: the same, median and range', value: spread(across), baseline: spread(within) },
    ];
  } finally {
    await Promise.all(services.map((service) => service.kill()));
    await postgres.remove();
  }
}

class Call {
  readonly #sender: Person;
  readonly #waiter: Person;
  readonly #url: string;
  #position = 0;

  constructor(sender: Person, waiter: Person, { callId }: Ticket) {
    this.#sender = sender;
    this.#waiter = waiter;
    this.#url = `/api/calls/${callId}/log`;
  }

  async append(service: Remote, kind: 'open' | 'commit'): Promise<void> {
    const bytes = (size: number): string => randomBytes(size).toString('base64url');
    const body = {
      ...{ kind, generation: 1, epoch: Math.max(0, this.#position - 1), after: this.#position },
      ...{ message: kind === 'open' ? '' : bytes(800), groupInfo: bytes(4_000) },
    };
    const { status } = await service.ask('POST', this.#url, { by: this.#sender, body });
    if (status !== 201) throw new Error(`not appended: ${status}`);
    this.#position += 1;
  }

  /** Until both are seen in the media server: after that nothing but commits changes. */
  async everybodyIsThere(service: Remote): Promise<void> {
    for (;;) {
      const { body } = await service.ask<Page>('GET', `${this.#url}?after=${this.#position}`, {
        by: this.#waiter,
      });
      if (body.participants.every(({ state }) => state === 'present')) return;
      const change = `${this.#url}?after=${this.#position}&seen=${body.participantsVersion}&waitMs=5000`;
      await service.ask('GET', change, { by: this.#waiter });
    }
  }

  /** From the sending at `from` to the answer at `at`, in milliseconds. */
  async ring(from: Remote, at: Remote): Promise<number> {
    const after = `${this.#url}?after=${this.#position}`;
    const { body } = await at.ask<Page>('GET', after, { by: this.#waiter });
    const poll = `${after}&seen=${body.participantsVersion}&waitMs=20000`;
    const waiting = at.ask<Page>('GET', poll, { by: this.#waiter });
    await waits(at);
    const beganMs = performance.now();
    const appended = this.append(from, 'commit');
    const { entries } = (await waiting).body;
    const tookMs = performance.now() - beganMs;
    await appended;
    if (entries.length !== 1) throw new Error(`${entries.length} entries came`);
    return tookMs;
  }
}

/** Until the service has somebody who waits. */
async function waits(service: Remote): Promise<void> {
  for (;;) {
    const { body } = await service.ask<string>('GET', '/metrics');
    if (/aparte_waiting\{what="polls"\} [1-9]/.test(body)) return;
  }
}
