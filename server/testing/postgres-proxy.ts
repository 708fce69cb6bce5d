// An address in front of a PostgreSQL at which connections can be cut at a certain word, or fall silent: what a network does, at a moment
// that a test chooses. Used by store/postgres-connection.test.ts.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class PostgresProxy {
  /** Connections on which the service sends this are cut; null: none. */
  cutsAt: string | null = null;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, target: string) {
    this.#server = server;
    server.on('connection', (near) => {
      this.#join(near, connect(target));
    });
  }

  /** In front of the Unix socket at `target`. */
  static async start(target: string): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  urlOf(database: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `postgres://aparte@127.0.0.1:${port}/${database}?sslmode=disable`;
  }

  /** From now on nothing comes through the connections that there are. New ones are as ever. */
  silence(): void {
    for (const socket of this.#open) socket.removeAllListeners('data').pause();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      this.#open.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#open.delete(socket);
        end();
      });
    }
    near.on('data', (bytes) => {
      if (this.cutsAt !== null && bytes.includes(this.cutsAt)) end();
      else far.write(bytes);
    });
    far.on('data', (bytes) => near.write(bytes));
  }
}
