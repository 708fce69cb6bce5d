// What the service does a second with groups, on either kind of store, and how much memory it takes: a read, a founding and a change of a
// group, against reading and writing a row of the same bytes by Fastify alone (service/bare.ts) on the same kind of store. One core serves,
// the load comes from this process.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { fromBase64url } from '../../crypto/bytes.ts';
import { genesisState } from '../../crypto/group/history/index.ts';
import { draftChange } from '../../server/testing/changes.ts';
import { startListening } from '../../server/testing/listening.ts';
import {
  draftGroup,
  memberRecord,
  randomText,
  type Draft,
  type Person,
} from '../../server/testing/people.ts';
import { startPostgres } from '../../server/testing/postgres.ts';
import { Remote } from '../../server/testing/remote.ts';
import type { Measure } from './report.ts';

const connections = 8;
const secondsOfReads = 5;
const memberCount = 20;
const writeCount = 2_000;
/** An identity may be in 200 groups. */
const groupsOfAPerson = 100;

type Env = Readonly<Record<string, string>>;

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function measureService(): Promise<readonly Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aparte-bench-'));
  const postgres = await startPostgres({ isDurable: true });
  try {
    return [
      ...(await measureOn('embedded store', { APARTE_DATA: folder })),
      ...(await measureOn('PostgreSQL', { DATABASE_URL: postgres.urlOf('postgres') })),
    ];
  } finally {
    await postgres.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureOn(where: string, env: Env): Promise<Measure[]> {
  const service = await Remote.start(env);
  const bare = await startListening(new URL('./service/bare.ts', import.meta.url), env);
  try {
    const people = await Promise.all(
      Array.from({ length: memberCount }, (_, i) => service.person(`Member ${i}`)),
    );
    const [owner, ...others] = people as [Person, ...Person[]];
    const group = await service.group(owner, ...others);
    const path = `/api/groups/${group.groupId}`;
    const { body: answer } = await service.ask('GET', path, { by: owner });

    const foundings = await draftFoundings(people);
    const requests = foundings.map(({ request }) => request);
    const rowOf = (request: Request): Request => ({ ...request, path: `/rows/${randomText(16)}` });
    const row = rowOf({ method: 'POST', path, body: JSON.stringify(answer), headers: json });
    const isKept = await fetch(`${bare.address}${row.path}`, { ...row, body: row.body ?? null });
    if (isKept.status !== 201) throw new Error(`bare: ${isKept.status}`);
    const ours = {
      founding: await fireAll(service.address, requests),
      change: await fireAll(service.address, await draftChanges(foundings)),
      read: await fireAgain(service.address, { method: 'GET', path, headers: bearer(owner) }),
    };
    const theirs = {
      write: await fireAll(bare.address, requests.map(rowOf)),
      read: await fireAgain(bare.address, { method: 'GET', path: row.path }),
    };
    const compare = (what: string, mine: number, baseline: number): Measure => ({
      what: `${where}: ${what}`,
      value: `${mine.toFixed(0)}/s`,
      baseline: `${baseline.toFixed(0)}/s`,
      ratio: mine / baseline,
    });
    return [
      compare(`read of a group of ${memberCount}`, ours.read, theirs.read),
      compare('founding a group', ours.founding, theirs.write),
      compare('change of a group, signed', ours.change, theirs.write),
      {
        what: `${where}: memory after all that, at its highest`,
        value: `${highestMegabytes(service.pid)} MB`,
        baseline: `${highestMegabytes(bare.pid)} MB`,
        ratio: highestMegabytes(service.pid) / highestMegabytes(bare.pid),
      },
    ];
  } finally {
    await Promise.all([service.kill(), bare.kill()]);
  }
}

const json = { 'content-type': 'application/json' };
const bearer = (person: Person) => ({ authorization: `Bearer ${person.token}` });

interface Founding {
  readonly owner: Person;
  readonly draft: Draft;
  readonly request: Request;
}

/** As a client makes them, signed; before the clock runs. */
function draftFoundings(people: readonly Person[]): Promise<Founding[]> {
  return Promise.all(
    Array.from({ length: writeCount }, async (_, i) => {
      const owner = people[Math.floor(i / groupsOfAPerson) % people.length]!;
      const draft = draftGroup(owner);
      const body = JSON.stringify({ ...draft, member: await memberRecord(owner, draft) });
      const headers = { ...json, ...bearer(owner) };
      return { owner, draft, request: { method: 'POST', path: '/api/groups', body, headers } as const };
    }),
  );
}

/** One to each group: another ceiling for pictures. */
function draftChanges(foundings: readonly Founding[]): Promise<Request[]> {
  return Promise.all(
    foundings.map(async ({ owner, draft }) => {
      const { groupId, nonce } = draft;
      const state = genesisState({
        groupId: fromBase64url(groupId),
        owner: fromBase64url(owner.identity),
        nonce: fromBase64url(nonce),
      });
      const policy = { ...state.policy, pictures: '720p' } as const;
      const actions = [{ kind: 'policy', policy, present: [] }] as const;
      const { body } = await draftChange(owner, state, { actions, members: [owner.identity] });
      return {
        method: 'POST',
        path: `/api/groups/${groupId}/history`,
        body: JSON.stringify(body),
        headers: { ...json, ...bearer(owner) },
      } as const;
    }),
  );
}

/** Each once. Gives how many were answered a second; throws when any was refused. */
async function fireAll(url: string, requests: readonly Request[]): Promise<number> {
  const share = requests.length / connections;
  let next = 0;
  const beganMs = performance.now();
  const result = await autocannon({
    url,
    connections,
    amount: requests.length,
    setupClient: (client) => {
      client.setRequests(requests.slice(next, (next += share)).map((request) => ({ ...request })));
    },
  });
  return answered(result, requests.length) / ((performance.now() - beganMs) / 1000);
}

/** Again and again. */
async function fireAgain(url: string, { path, headers = {} }: Request): Promise<number> {
  const result = await autocannon({ url: `${url}${path}`, headers, connections, duration: secondsOfReads });
  return answered(result, 1) / result.duration;
}

function answered(result: autocannon.Result, least: number): number {
  const count = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0 || count < least)
    throw new Error(
      `${result.url}: ${result.non2xx} refused, ${result.errors} failed, ${count} well: ${JSON.stringify(result.statusCodeStats)}`,
    );
  return count;
}

/** What a process had in memory at most (Linux). */
function highestMegabytes(pid: number): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
