// Starts the service: reads the configuration once, opens the store, listens. `startService` is what `npm start` runs in
// its own process; run by itself (`npx tsx server/main.ts`) this file also stops on signals, and prints one line instead
// of a stack when the environment is not right.
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { ConfigError, loadConfig, type Config } from './config.ts';
import { createSfu } from './livekit/room-service.ts';
import { StoreError } from './store/failure.ts';
import { openStore } from './store/open.ts';

/** Longest time that a stop may take before the process ends anyway. */
const stopWithinMs = 8_000;

/** The service cannot start here. `message` is one line: what is wrong and what to do. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly address: string;
  readonly port: number;
  /** Ends event streams and long polls at once, lets requests finish, closes the store. Idempotent. */
  close(): Promise<void>;
}

/** Starts the service. Throws `StoreError` or `StartError`, each with one line that says what to do. */
export async function startService(config: Config): Promise<Service> {
  const store = await openStore(config);
  try {
    const app = await buildApp(config, { store, sfu: createSfu(config) });
    try {
      await app.listen({ host: config.host, port: config.port });
    } catch (error) {
      await app.close();
      throw explainListen(error, config);
    }
    const { port } = app.server.address() as AddressInfo;
    let closing: Promise<void> | undefined;
    return {
      address: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
      port,
      close: () => (closing ??= app.close().then(() => store.close())),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function explainListen(error: unknown, { host, port }: Config): unknown {
  const { code } = error as { code?: string };
  const because: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken: end what uses it, or set APARTE_PORT to another.`,
    EACCES: `Port ${port} on ${host} is not allowed: set APARTE_PORT to one above 1023.`,
    EADDRNOTAVAIL: `The address ${host} is not one of this machine: set APARTE_HOST.`,
    ENOTFOUND: `The address ${host} is not known: set APARTE_HOST.`,
  };
  const message = because[code ?? ''];
  return message ? new StartError(message, { cause: error }) : error;
}

async function main(): Promise<void> {
  const service = await startService(loadConfig(process.env));
  closeWithGrace({ delay: stopWithinMs }, async ({ err }) => {
    if (err) process.stderr.write(`${err.stack ?? err.message}\n`);
    await service.close();
  });
  // Only now: who reads this line may send a signal at once.
  process.stdout.write(`Aparté's service listens on ${service.address}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    const isExpected =
      error instanceof ConfigError || error instanceof StoreError || error instanceof StartError;
    process.stderr.write(`${isExpected ? error.message : ((error as Error).stack ?? String(error))}\n`);
    process.exitCode = 1;
  });
}
