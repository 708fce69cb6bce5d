// The baseline of ../service.ts: Fastify with one table and two routes, in a process of its own. A read answers what a row holds, a write
// adds one, as durable as ours. Prints its address. The database is that of APARTE_DATA or DATABASE_URL, and the tables there are not ours.
import { join } from 'node:path';
import Fastify from 'fastify';
import Database from 'libsql';
import pg from 'pg';

const { APARTE_DATA: folder, DATABASE_URL: url } = process.env;

interface Rows {
  read(id: string): Promise<string | undefined>;
  write(id: string, body: string): Promise<void>;
}

const rows = url === undefined ? openFile(join(folder ?? '', 'bare.db')) : await openServer(url);
const app = Fastify();

app.get<{ Params: { id: string } }>('/rows/:id', async ({ params }, reply) => {
  const body = await rows.read(params.id);
  if (body === undefined) return reply.code(404).send();
  return reply.type('application/json').send(body);
});
app.post<{ Params: { id: string }; Body: object }>('/rows/:id', async ({ params, body }, reply) => {
  await rows.write(params.id, JSON.stringify(body));
  return reply.code(201).send({});
});
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);

function openFile(path: string): Rows {
  const database = new Database(path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma);
  database.exec('create table rows (id text primary key, body text not null)');
  const read = database.prepare('select body from rows where id = ?');
  const write = database.prepare('insert into rows (id, body) values (?, ?)');
  return {
    read: (id) => Promise.resolve((read.get([id]) as { body: string } | undefined)?.body),
    write(id, body) {
      write.run([id, body]);
      return Promise.resolve();
    },
  };
}

async function openServer(connectionString: string): Promise<Rows> {
  const pool = new pg.Pool({ connectionString });
  await pool.query('create table rows (id text primary key, body text not null)');
  return {
    async read(id) {
      const found = await pool.query<{ body: string }>('select body from rows where id = $1', [id]);
      return found.rows[0]?.body;
    },
    async write(id, body) {
      await pool.query('insert into rows (id, body) values ($1, $2)', [id, body]);
    },
  };
}
