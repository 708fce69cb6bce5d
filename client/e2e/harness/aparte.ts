// One whole Aparté for tests: the built client (built when older than its sources), a LiveKit server of our own on free loopback
// ports, and the service as its own process on a free port with a data folder, or with APARTE_TEST_STORE=postgres a PostgreSQL, that goes
// afterwards.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalLivekit, type LocalLivekit } from '../../../server/livekit/local/index.ts';
import { lastLines, startChild, type Child } from '../../../server/start/child.mjs';
import { buildClient } from '../../../server/start/client-build.ts';
import { projectRoot, tryPort } from '../../../server/start/machine.mjs';
import { startPostgres } from '../../../server/testing/postgres.ts';
import { startDisobedientSfu } from './disobedient-sfu.ts';
import type { LoopbackServer } from './loopback-server.ts';
import { until } from './wait.ts';

export interface Aparte {
  /** `http://127.0.0.1:<port>`: where people go. */
  readonly url: string;
  /** The service itself, whatever stands before it. */
  readonly serviceUrl: string;
  readonly livekit: LocalLivekit;
  readonly dataFolder: string;
  /** Everything the service has written so far. */
  serviceLog(): string;
  stopService(): Promise<void>;
  /** At once and without a word, as when the machine dies. */
  killService(): Promise<void>;
  /** With `nodeOptions`, for this start only, it need not become ready: it only has to answer. */
  startService(nodeOptions?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface AparteOptions {
  /** Further variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** LiveKit keeps in a room whom the service wants out. */
  readonly isSfuDisobedient?: boolean;
  /** Stands between people and the service. */
  readonly front?: (serviceUrl: string) => Promise<LoopbackServer>;
  /** No page will be opened: the client need not be built. */
  readonly isPageless?: boolean;
}

/** Starts everything; ready when it resolves. */
export async function startAparte(options: AparteOptions = {}): Promise<Aparte> {
  if (options.isPageless !== true) await buildClient({ say: () => undefined });
  const folder = mkdtempSync(join(tmpdir(), 'aparte-e2e-'));
  const port = await tryPort('tcp', 0);
  const serviceUrl = `http://127.0.0.1:${port}`;
  const livekit = await startLocalLivekit({
    binary: process.env['APARTE_TEST_LIVEKIT_BINARY'],
    port: 0,
    udpPort: 0,
    webhookUrl: `${serviceUrl}/livekit/webhook`,
  });
  const sfu = options.isSfuDisobedient === true ? await startDisobedientSfu(livekit.url) : null;
  const postgres = process.env['APARTE_TEST_STORE'] === 'postgres' ? await startPostgres() : null;
  const logFile = join(folder, 'service.log');
  const settings = {
    APARTE_HOST: '127.0.0.1',
    APARTE_PORT: String(port),
    APARTE_DATA: join(folder, 'data'),
    APARTE_CLIENT: join(projectRoot, 'build/client'),
    LIVEKIT_URL: sfu?.url ?? livekit.url,
    LIVEKIT_PUBLIC_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    ...(postgres && { DATABASE_URL: postgres.urlOf('postgres') }),
    ...options.env,
  };
  const service = new ServiceProcess(serviceUrl, settings, logFile);
  const front = (await options.front?.(serviceUrl)) ?? null;
  try {
    await service.start();
  } catch (error) {
    await front?.close();
    await livekit.close();
    await postgres?.remove();
    throw error;
  }
  return {
    url: front?.url ?? serviceUrl,
    serviceUrl,
    livekit,
    dataFolder: settings.APARTE_DATA,
    serviceLog: () => readFileSync(logFile, 'utf8'),
    stopService: () => service.stop(),
    killService: () => service.kill(),
    startService: (nodeOptions) => service.start(nodeOptions),
    async close() {
      await front?.close();
      await service.stop();
      await sfu?.close();
      await livekit.close();
      await postgres?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

class ServiceProcess {
  #child: Child | null = null;
  readonly #url: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #logFile: string;

  constructor(url: string, settings: Readonly<Record<string, string>>, logFile: string) {
    this.#url = url;
    this.#settings = settings;
    this.#logFile = logFile;
  }

  async start(nodeOptions: readonly string[] = []): Promise<void> {
    const log = openSync(this.#logFile, 'a');
    const { PATH, HOME, TMPDIR } = process.env;
    const command = [...nodeOptions, '--import', 'tsx', join(projectRoot, 'server/main.ts')];
    const child = startChild(process.execPath, command, {
      cwd: projectRoot,
      env: { PATH, HOME, TMPDIR, ...this.#settings },
      output: log,
    });
    closeSync(log);
    this.#child = child;
    const isReady = async (): Promise<boolean> => {
      if (!child.isRunning()) return true;
      const { ok } = await fetch(`${this.#url}/readyz`);
      return ok || nodeOptions.length > 0;
    };
    const instead = (): string => lastLines(readFileSync(this.#logFile, 'utf8'), 3);
    await until(isReady, { what: 'the service is ready', withinMs: 30_000, instead });
    if (!child.isRunning()) throw new Error(`the service did not start: ${instead()}`);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill();
    await child?.ended;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    child.send('SIGTERM');
    const killer = setTimeout(() => child.kill(), 10_000);
    await child.ended;
    clearTimeout(killer);
  }
}
