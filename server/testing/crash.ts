// kill -9 in the middle of writing: several calls get commits, and groups rotations, as fast as they are answered, at some moment the service or PostgreSQL is
// killed, and what is in the store then is compared with what was acknowledged. crash.test.ts does it a little, `npm run crash` a lot.
import { setTimeout as pause } from 'node:timers/promises';
import { onlyState, type CallView, type Store } from '../store/store.ts';
import type { Answer, Asker, ErrorAnswer } from './asker.ts';
import { beginGroup, groupProblems, nextRotation, type RotatingGroup } from './crash-history.ts';
import { randomText, type Person } from './people.ts';

const writers = 8;
const rotatingGroups = 2;

/** One call, what was sent to its log and how much of it was acknowledged. */
interface Log {
  readonly person: Person;
  readonly callId: string;
  readonly url: string;
  readonly livekitIdentity: string;
  /** Message, Welcome and GroupInfo by position − 1; the first is the `open`. */
  readonly sent: { readonly message: string; readonly welcome: string | null; readonly groupInfo: string }[];
  acknowledged: number;
}

/** What was written when the kill came. */
export interface Written {
  readonly logs: readonly Log[];
  readonly groups: readonly RotatingGroup[];
}

export interface Crash {
  readonly writes: number;
  /** Ends something, however it likes. Called when `writes` × a random share of them are acknowledged. */
  readonly kill: () => Promise<void>;
}

/** Writes until the kill, at most `writes`. */
export async function writeUntilKilled(service: Asker, { writes, kill }: Crash): Promise<Written> {
  const logs = await Promise.all(Array.from({ length: writers }, () => begin(service)));
  const groups = await Promise.all(Array.from({ length: rotatingGroups }, () => beginGroup(service)));
  const killAt = Math.ceil(writes * (0.2 + 0.6 * Math.random()));
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  const work = async (next: () => Promise<boolean>): Promise<void> => {
    while (acknowledged < writes && (await next())) {
      acknowledged += 1;
      if (acknowledged === killAt) killed = kill();
    }
  };
  await Promise.all([
    ...logs.map((log) => work(() => write(service, log))),
    ...groups.map((group) => work(() => rotate(service, group))),
  ]);
  if (killed === undefined) throw new Error(`nothing was killed: ${acknowledged} of ${killAt} acknowledged`);
  await killed;
  return { logs, groups };
}

async function begin(service: Asker): Promise<Log> {
  const person = await service.person('Ada');
  const { callId, livekit } = await service.join(person, await service.group(person));
  const url = `/api/calls/${callId}/log`;
  const livekitIdentity = livekit.identity;
  const log: Log = { person, callId, url, livekitIdentity, sent: [], acknowledged: 0 };
  if (!(await write(service, log))) throw new Error('the log was not opened');
  // A request, which the first Welcome drops.
  const wish = { generation: 1, message: randomText(40) };
  await service.ask('PUT', `/api/calls/${callId}/requests/${livekitIdentity}`, { by: person, body: wish });
  return log;
}

/** Sends the next entry; false if it was not acknowledged, and never will be. */
async function write(service: Asker, log: Log): Promise<boolean> {
  const position = log.sent.length + 1;
  const isOpen = position === 1;
  const entry = {
    message: isOpen ? '' : randomText(300),
    welcome: isOpen ? null : randomText(300),
    groupInfo: randomText(300),
  };
  log.sent.push(entry);
  const { welcome, ...rest } = entry;
  const body = {
    ...{
      kind: isOpen ? 'open' : 'commit',
      generation: 1,
      epoch: Math.max(0, position - 2),
      after: 0,
      ...rest,
    },
    ...(welcome === null ? {} : { welcome: { message: welcome, to: [log.livekitIdentity] } }),
  };
  const ask = () => service.ask<ErrorAnswer | null>('POST', log.url, { by: log.person, body });
  if (!(await isTaken(ask))) return false;
  log.acknowledged = position;
  return true;
}

async function rotate(service: Asker, group: RotatingGroup): Promise<boolean> {
  const { body } = await nextRotation(group);
  const url = `/api/groups/${group.groupId}/history`;
  const ask = () => service.ask<ErrorAnswer | null>('POST', url, { by: group.person, body });
  if (!(await isTaken(ask))) return false;
  group.acknowledged = group.sent.length;
  return true;
}

/** Asks until it is acknowledged or refused; a machine that is too busy takes nothing, and is asked the same again. */
async function isTaken(ask: () => Promise<Answer<ErrorAnswer | null>>): Promise<boolean> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer?.status === 201) return true;
    if (answer?.body?.error.code !== 'overloaded') return false;
    await pause(100);
  }
}

/** What is wrong with the store after a kill; empty if nothing is. */
export async function problems(store: Store, { logs, groups }: Written): Promise<string[]> {
  const found: string[] = [];
  for (const group of groups) found.push(...(await groupProblems(store, group)));
  for (const log of logs) {
    const view = await readAll(store, log);
    if (typeof view === 'string') found.push(`a call is ${view}`);
    else found.push(...compare(view, log));
  }
  return found;
}

async function readAll(store: Store, { callId, person }: Log): Promise<CallView | string> {
  const wish = { ...onlyState, withWelcomes: true };
  let view = await store.calls.readAs(callId, person.identity, { ...wish, after: 0 });
  while (typeof view !== 'string' && view.entries.length < view.position) {
    const page = await store.calls.readAs(callId, person.identity, { ...wish, after: view.entries.length });
    if (typeof page === 'string' || page.entries.length === 0) break;
    view = { ...view, entries: [...view.entries, ...page.entries] };
  }
  return view;
}

function compare(view: CallView, { sent, acknowledged }: Log): string[] {
  const found: string[] = [];
  const { entries, position, epoch, groupInfo } = view;
  if (position < acknowledged) found.push(`${acknowledged} acknowledged, ${position} there`);
  if (position > sent.length) found.push(`${sent.length} sent, ${position} there`);
  if (entries.length !== position) found.push(`position ${position}, but ${entries.length} entries`);
  if (epoch !== Math.max(0, position - 1)) found.push(`position ${position} with epoch ${epoch}`);
  if (groupInfo !== sent[position - 1]?.groupInfo) found.push('a GroupInfo of another epoch');
  for (const [index, entry] of entries.entries()) {
    const { message, welcome } = sent[index] ?? {};
    const isWhole = entry.position === index + 1 && entry.message === message && entry.welcome === welcome;
    if (!isWhole) found.push(`entry ${index + 1} is not the one that was sent`);
  }
  return found;
}
