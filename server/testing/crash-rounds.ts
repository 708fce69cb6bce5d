// Rounds of crash.ts over one store each: the service killed, on both kinds of database, and PostgreSQL killed under the service.
import { openLibsqlStore } from '../store/libsql.ts';
import { openPostgresStore } from '../store/postgres.ts';
import { problems, writeUntilKilled } from './crash.ts';
import type { PrivatePostgres } from './postgres.ts';
import { Remote } from './remote.ts';

export interface Round {
  readonly writes: number;
}

/** Kills the service on the embedded store in `folder`. */
export async function killOverLibsql(folder: string, { writes }: Round): Promise<string[]> {
  const service = await Remote.start({ APARTE_DATA: folder });
  const written = await writeUntilKilled(service, { writes, kill: () => service.kill() });
  const store = await openLibsqlStore(folder);
  try {
    return await problems(store, written);
  } finally {
    await store.close();
  }
}

/** Kills the service on the database at `url`. */
export async function killOverPostgres(url: string, { writes }: Round): Promise<string[]> {
  const service = await Remote.start({ DATABASE_URL: url });
  const written = await writeUntilKilled(service, { writes, kill: () => service.kill() });
  const store = await openPostgresStore(url);
  try {
    return await problems(store, written);
  } finally {
    await store.close();
  }
}

/** Kills PostgreSQL itself, starts it again, and wants the service, which stayed up, to go on. */
export async function killPostgres(postgres: PrivatePostgres, { writes }: Round): Promise<string[]> {
  const url = postgres.urlOf('postgres');
  const service = await Remote.start({ DATABASE_URL: url });
  try {
    const written = await writeUntilKilled(service, { writes, kill: () => postgres.kill() });
    const alive = await service.ask('GET', '/healthz');
    const [first] = written.logs;
    const refused = await service.refusal('GET', `${first?.url ?? ''}?after=0`, {
      by: first?.person ?? null,
    });
    await postgres.start();
    const store = await openPostgresStore(url);
    try {
      return [
        ...(await problems(store, written)),
        ...(alive.status === 200 ? [] : ['the service is not alive']),
        ...(refused === 'store_unavailable' ? [] : [`without PostgreSQL the service says ${refused}`]),
        ...(await goesOn(service)),
      ];
    } finally {
      await store.close();
    }
  } finally {
    await service.kill();
  }
}

async function goesOn(service: Remote): Promise<string[]> {
  try {
    const person = await service.person('Ben');
    await service.join(person, await service.group(person));
    return [];
  } catch (error) {
    return [`the service does not go on: ${String(error)}`];
  }
}
