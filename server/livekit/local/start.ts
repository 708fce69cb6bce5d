// Runs a LiveKit server of our own on the loopback interface, for `npm start` and for tests. It never outlives us (see
// server/start/child.mjs), writes warnings into one file, and its configuration travels in its environment: no file with
// keys is left behind when we are killed. build.ts finds the binary, keys.ts keeps the keys.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines, startChild, type Child } from '../../start/child.mjs';
import { SetupError, assertWritable, loopback } from '../../start/machine.mjs';
import { ensureLivekit } from './build.ts';
import { livekitConfig } from './config.ts';
import { createKeys, keptKeys, type LivekitKeys } from './keys.ts';
import { choosePorts, defaultPort, defaultUdpPort, type LivekitPorts } from './ports.mjs';

export interface LocalLivekitOptions {
  /** Path of the binary; found or built when left out. */
  binary?: string | undefined;
  /** Keeps the keys and the log; without it both live only as long as this server. */
  dataFolder?: string | undefined;
  /** Address of the service's webhook route. */
  webhookUrl?: string | undefined;
  /** 0 lets the system choose. Default 7880. */
  port?: number;
  /** The first of two neighbouring ports; 0 lets the system choose. Default 7882. */
  udpPort?: number;
  env?: NodeJS.ProcessEnv;
  say?: (line: string) => void;
  /** Ends the search, the build and the start at once; not the running server. */
  signal?: AbortSignal | undefined;
  /** The server ended although nobody closed it. Told once per end; `restart()` starts it again. */
  onLost?: (why: string) => void;
}

export interface LocalLivekit {
  /** For browsers and for the service alike: `ws://127.0.0.1:<port>`. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly ports: LivekitPorts;
  /** Of the present run; changes with `restart()`. */
  readonly pid: number;
  readonly logFile: string;
  /** Ends the server at once, calls included. Harmless when repeated. */
  close(): Promise<void>;
  /** Ends the server at once and starts it again: same address, same keys, no rooms. */
  restart(): Promise<void>;
}

/** About one second is usual; a machine with two busy cores needs more. */
const readyWithinMs = 30_000;
const readyPollMs = 50;

/** The first SIGTERM waits for participants, the second does not; and a server that is still starting hears neither. */
const secondSignalAfterMs = 100;
const killAfterMs = 2_000;

export async function startLocalLivekit(options: LocalLivekitOptions = {}): Promise<LocalLivekit> {
  const { dataFolder, signal } = options;
  const ports = await choosePorts({
    port: options.port ?? defaultPort,
    udpPort: options.udpPort ?? defaultUdpPort,
  });
  const binary = options.binary ?? (await ensureLivekit(options));
  if (dataFolder !== undefined) assertWritable(dataFolder);
  const keys = dataFolder === undefined ? createKeys() : keptKeys(dataFolder);
  const ownFolder = dataFolder === undefined ? mkdtempSync(join(tmpdir(), 'aparte-livekit-')) : undefined;
  const logFile = join(ownFolder ?? dataFolder ?? '', 'livekit.log');
  rmSync(logFile, { force: true });
  const config = livekitConfig({ ...keys, ...ports, webhookUrl: options.webhookUrl });
  const server = new Server({ binary, config, logFile, port: ports.port, onLost: options.onLost });
  try {
    await server.start(signal);
  } catch (error) {
    if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true });
    throw error;
  }
  return handle({ server, keys, ports, logFile, ownFolder });
}

interface HandleParts {
  server: Server;
  keys: LivekitKeys;
  ports: LivekitPorts;
  logFile: string;
  ownFolder: string | undefined;
}

function handle({ server, keys, ports, logFile, ownFolder }: HandleParts): LocalLivekit {
  return {
    url: `ws://${loopback}:${ports.port}`,
    ...keys,
    ports,
    logFile,
    get pid() {
      return server.pid;
    },
    async close() {
      await server.close();
      if (ownFolder !== undefined) rmSync(ownFolder, { recursive: true, force: true });
    },
    async restart() {
      await server.close();
      await server.start();
    },
  };
}

interface ServerParts {
  binary: string;
  config: string;
  logFile: string;
  port: number;
  onLost: ((why: string) => void) | undefined;
}

class Server {
  readonly #parts: ServerParts;
  #child: Child | undefined;
  #isClosing = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(signal?: AbortSignal): Promise<void> {
    this.#isClosing = false;
    const { binary, config, logFile, onLost } = this.#parts;
    const log = openSync(logFile, 'a', 0o600);
    let child: Child;
    try {
      // Only what it needs: LiveKit reads dozens of LIVEKIT_* variables, ours among them, as settings.
      const { PATH, HOME, TMPDIR } = process.env;
      child = startChild(binary, [], { env: { PATH, HOME, TMPDIR, LIVEKIT_CONFIG: config }, output: log });
    } finally {
      closeSync(log);
    }
    this.#child = child;
    try {
      await this.#untilReady(child, signal);
    } catch (error) {
      await this.close();
      throw error;
    }
    void child.ended.then(({ code, signal: endSignal }) => {
      if (!this.#isClosing && this.#child === child)
        onLost?.(`ended with ${endSignal ?? `code ${code}`}: ${this.#lastWords()}`);
    });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#isClosing = true;
    child.send('SIGTERM');
    const timers = [
      setTimeout(() => child.send('SIGTERM'), secondSignalAfterMs),
      setTimeout(() => child.kill(), killAfterMs),
    ];
    await child.ended;
    for (const timer of timers) clearTimeout(timer);
  }

  async #untilReady(child: Child, signal: AbortSignal | undefined): Promise<void> {
    const deadlineMs = Date.now() + readyWithinMs;
    while (!(await this.#answers())) {
      signal?.throwIfAborted();
      if (!child.isRunning()) throw new SetupError(`LiveKit did not start: ${this.#lastWords()}`);
      if (Date.now() > deadlineMs) {
        throw new SetupError(`LiveKit did not answer within ${readyWithinMs / 1000} s: ${this.#lastWords()}`);
      }
      await pause(readyPollMs);
    }
    if (!child.isRunning())
      throw new SetupError(`LiveKit did not start, something else answers on its port: ${this.#lastWords()}`);
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await fetch(`http://${loopback}:${this.#parts.port}/`, {
        signal: AbortSignal.timeout(1_000),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #lastWords(): string {
    try {
      return lastLines(readFileSync(this.#parts.logFile, 'utf8')) || 'it printed nothing';
    } catch {
      return 'it left no log';
    }
  }
}
