// `npm start`: builds the client if it changed, gets a LiveKit server (server/livekit/local), starts the service (server/main.ts) and
// says where it is. Ctrl-C ends all of it at once. bootstrap.mjs has installed the packages before.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isLoopbackName, loadConfig, type Config } from '../config.ts';
import { defaultPort, defaultUdpPort, existingLivekit, startLocalLivekit } from '../livekit/local/index.ts';
import { startService } from '../main.ts';
import { buildClient } from './client-build.ts';
import { exitWith, interruption } from './interrupt.mjs';
import { SetupError, assertWritable, loopback, portFrom, takePort } from './machine.mjs';

interface Running {
  readonly address: string;
  close(): Promise<void>;
}

/** An end in good order takes a fraction of this; whatever hangs then is cut off. */
const closeWithinMs = 4_000;

/** LiveKit is started again when it dies; not when it dies this soon after it was started. */
const livekitMinLifeMs = 10_000;

const say = (line: string): void => console.log(line);

async function start(signal: AbortSignal): Promise<Running> {
  // The terminal is for people: requests are logged only where somebody asks for it.
  const env = { ...process.env, APARTE_LOG_LEVEL: process.env.APARTE_LOG_LEVEL?.trim() || 'warn' };
  // Read once with stand-ins for what is not known yet, so that a wrong variable is named before anything slow happens.
  const existing = existingLivekit(env);
  const read = loadConfig(existing ? env : { ...env, ...livekitVariables(standIn) });
  assertWritable(read.dataDir);
  // LiveKit has to know the address of our webhook before the service listens.
  const port = await takePort({ protocol: 'tcp', port: read.port, host: read.host, variable: 'APARTE_PORT' });
  const draft = { ...read, port };
  const seenAs = draft.origin === null ? draft.host : new URL(draft.origin).hostname;
  if (!existing && !isLoopbackName(seenAs)) {
    say(
      `Voice reaches only this machine, not others that open ${seenAs}: set LIVEKIT_URL to a LiveKit server.`,
    );
  }
  const either = new AbortController();
  const work = AbortSignal.any([signal, either.signal]);
  const parts = [
    buildClient({ say, signal: work }),
    existing ? Promise.resolve(undefined) : startLivekit(draft, work),
  ] as const;
  const [, livekit] = await Promise.all(parts).catch(async (error: unknown) => {
    either.abort(error);
    const [, started] = await Promise.allSettled(parts);
    if (started.status === 'fulfilled') await started.value?.close();
    throw error;
  });
  try {
    signal.throwIfAborted();
    const config = livekit ? loadConfig({ ...env, ...livekitVariables(livekit) }) : draft;
    const service = await startService({ ...config, port: draft.port });
    return {
      address: config.origin ?? serviceAddress({ ...config, port: service.port }),
      close: async () => {
        await Promise.allSettled([service.close(), livekit?.close()]);
      },
    };
  } catch (error) {
    await livekit?.close();
    throw error;
  }
}

async function startLivekit(config: Config, signal: AbortSignal): ReturnType<typeof startLocalLivekit> {
  let startedMs = Date.now();
  const livekit = await startLocalLivekit({
    say,
    dataFolder: config.dataDir,
    webhookUrl: `${serviceAddress(config)}/livekit/webhook`,
    port: portFrom(process.env, 'LIVEKIT_PORT', defaultPort),
    udpPort: portFrom(process.env, 'LIVEKIT_UDP_PORT', defaultUdpPort),
    signal,
    onLost: (why) => {
      if (Date.now() - startedMs < livekitMinLifeMs) exitWith(new SetupError(`LiveKit ${why}`));
      say(`LiveKit ${why}. Starting it again.`);
      startedMs = Date.now();
      livekit.restart().catch(exitWith);
    },
  });
  startedMs = Date.now();
  return livekit;
}

interface LivekitAccess {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Stands for the LiveKit server that is not started yet while the rest of the configuration is checked. */
const standIn: LivekitAccess = { url: `ws://${loopback}:1`, apiKey: 'unknown', apiSecret: '-'.repeat(32) };

function livekitVariables({ url, apiKey, apiSecret }: LivekitAccess): Record<string, string> {
  return { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret };
}

/** How a browser, and LiveKit, on this machine reach the service. */
function serviceAddress({ host, port }: Config): string {
  if (host === '0.0.0.0' || host === '::') return `http://${loopback}:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const running = await start(interruption);
say(`Aparté is ready: ${running.address}`);
say('Open it, create a group and send its invite link. Ctrl-C ends everything.');
if (!interruption.aborted) await once(interruption, 'abort');
await Promise.race([running.close(), pause(closeWithinMs)]);
process.exit(0);
