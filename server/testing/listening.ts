// A script of ours that listens and prints its address, as a process of its own, with the environment given and no other. It ends with us,
// or when it is killed, at once and without a goodbye. remote.ts asks one that is the service.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../start/machine.mjs';

export interface Listening {
  readonly address: string;
  readonly pid: number;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** `script`: a file URL. */
export async function startListening(
  script: URL,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Listening> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(script)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const [address] = await Promise.race([line, exited]);
  if (typeof address !== 'string' || child.pid === undefined) throw new Error(`${script.href} did not start`);
  return {
    address,
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
