// A process full of headless members: answers what api.ts says. crowd.ts starts a few of these, so that no single event loop is what
// is measured.
import { toBase64url } from '../../../crypto/bytes.ts';
import type { MembersApi, Reached } from './api.ts';
import { nowMs } from './clock.ts';
import { HeadlessMember, type MemberParts, type Standing } from './member.ts';
import { serve } from './remote.ts';
import { trafficBytes } from './traffic.ts';

/** Requests of this process at the same time while everybody gets ready. */
const atOnce = 4;

let parts: MemberParts;
const members: HeadlessMember[] = [];
/** Looked at after every change of anybody here. */
const looks = new Set<() => void>();
/** Sums of members that were replaced. */
const former = { epochCount: 0, restartCount: 0 };

const onChange = (): void => {
  for (const look of [...looks]) look();
};

/** Resolves with what `read` gives as soon as that is not null. */
function until<T>(read: () => T | null): Promise<T> {
  return new Promise((resolve) => {
    const look = (): void => {
      const value = read();
      if (value === null) return;
      looks.delete(look);
      resolve(value);
    };
    looks.add(look);
    look();
  });
}

function standings(): (Standing | null)[] {
  return members.filter((member) => member.isIn).map(({ standing }) => standing);
}

function isThere(standing: Standing | null): standing is Standing {
  return standing !== null;
}

/** The lowest of these, with the time of the last. */
function reached(all: readonly Standing[]): Reached {
  const { generation, epoch, authenticator } = all.reduce((lowest, one) =>
    one.epoch < lowest.epoch ? one : lowest,
  );
  return { generation, epoch, authenticator, lastMs: Math.max(...all.map(({ atMs }) => atMs)) };
}

async function each(work: (member: HeadlessMember) => Promise<unknown>): Promise<void> {
  const rest = [...members];
  const next = async (): Promise<void> => {
    for (let member = rest.shift(); member !== undefined; member = rest.shift()) await work(member);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

function seat(index: number): HeadlessMember {
  const member = members[index];
  if (member === undefined) throw new RangeError(`no seat ${index}`);
  return member;
}

const api: MembersApi = {
  async create(given, names) {
    parts = { ...given, onChange };
    for (const name of names) members.push(await HeadlessMember.create(name, parts));
  },
  found: (groupName) => seat(0).found(groupName),
  invite: () => Promise.resolve(seat(0).invite),
  joinGroup: (invite) => each(async (member) => member.isInGroup || member.joinGroup(invite)),
  follow: () => each((member) => member.follow()),
  async enter(indexes = [...members.keys()]) {
    await Promise.all(indexes.map((index) => seat(index).enter()));
  },
  settled: (leaves) =>
    until(() => {
      const all = standings();
      const first = all[0];
      if (!all.every(isThere)) return null;
      const isSame = all.every((one) => one.authenticator === first?.authenticator);
      if (!isSame || first?.livekitIdentities.size !== leaves) return null;
      return reached(all);
    }),
  stragglers(leaves) {
    const all = standings().filter(isThere);
    const last = Math.max(0, ...all.map(({ epoch }) => epoch));
    const isWell = ({ standing }: HeadlessMember): boolean =>
      standing?.epoch === last && standing.livekitIdentities.size === leaves;
    const lines = members
      .filter((member) => member.isIn && !isWell(member))
      .map((member) => member.whereabouts);
    return Promise.resolve(lines);
  },
  async leave(index) {
    const { livekitIdentity } = seat(index);
    return { livekitIdentity, toldMs: await seat(index).leave() };
  },
  async remove(identity) {
    const toldMs = nowMs();
    await seat(0).removeFromGroup(identity);
    return toldMs;
  },
  dismiss(index) {
    const member = seat(index);
    member.dismiss();
    return Promise.resolve({
      livekitIdentity: member.livekitIdentity,
      identity: toBase64url(member.identity),
    });
  },
  async replace(index, invite) {
    const old = seat(index);
    old.goAway();
    former.epochCount += old.epochCount;
    former.restartCount += old.restartCount;
    const fresh = await HeadlessMember.create(`${old.name}'`, parts);
    members[index] = fresh;
    await fresh.joinGroup(invite);
    await fresh.follow();
  },
  gone: (livekitIdentity) =>
    until(() => {
      const all = standings();
      const isOut = (one: Standing | null): boolean =>
        one !== null && !one.livekitIdentities.has(livekitIdentity);
      return all.every(isOut) ? reached(all.filter(isThere)) : null;
    }),
  switched: (generation, epoch) =>
    until(() => {
      const times = members
        .filter(({ isIn }) => isIn)
        .map(({ switches }) => switches.get(`${generation}/${epoch}`));
      return times.every((time) => time !== undefined) ? Math.max(...times) : null;
    }),
  renewPresence: () => each((member) => member.renewPresence()),
  tally() {
    const { user, system } = process.cpuUsage();
    const sum = (read: (member: HeadlessMember) => number): number =>
      members.reduce((total, member) => total + read(member), 0);
    return Promise.resolve({
      cpuMs: (user + system) / 1000,
      bytes: trafficBytes(parts.url),
      epochCount: former.epochCount + sum((member) => member.epochCount),
      restartCount: former.restartCount + sum((member) => member.restartCount),
      ends: members.flatMap((member) => member.ends),
    });
  },
};

serve(api);
