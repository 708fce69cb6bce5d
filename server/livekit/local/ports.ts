// The ports of the local LiveKit server: a fixed one is checked and named when taken, 0 lets the system choose.
import { SetupError, tryPort } from '../../start/machine.mjs';
import { udpPortCount } from './config.ts';

export const defaultPort = 7880;
export const defaultUdpPort = 7882;

const attempts = 20;

export interface LivekitPorts {
  port: number;
  /** The first of two neighbouring UDP ports. */
  udpPort: number;
}

/** @throws {SetupError} in one line, with port and variable */
export async function choosePorts(wanted: LivekitPorts): Promise<LivekitPorts> {
  return {
    port: wanted.port === 0 ? await tryPort('tcp', 0) : await fixedPort('tcp', wanted.port, 'LIVEKIT_PORT'),
    udpPort: wanted.udpPort === 0 ? await freeUdpPair() : await fixedUdpPair(wanted.udpPort),
  };
}

async function fixedPort(protocol: 'tcp' | 'udp', port: number, variable: string): Promise<number> {
  try {
    return await tryPort(protocol, port);
  } catch (error) {
    throw portTaken({ protocol, port, variable, code: (error as NodeJS.ErrnoException).code });
  }
}

async function fixedUdpPair(first: number): Promise<number> {
  for (let i = 0; i < udpPortCount; i += 1) await fixedPort('udp', first + i, 'LIVEKIT_UDP_PORT');
  return first;
}

async function freeUdpPair(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const first = await tryPort('udp', 0);
    const second = await tryPort('udp', first + 1).catch(() => undefined);
    if (second !== undefined) return first;
  }
  throw new SetupError('No two neighbouring UDP ports are free: set LIVEKIT_UDP_PORT.');
}

/** What a port that cannot be had says; the service uses the same words for APARTE_PORT. */
export function portTaken(what: {
  protocol: 'tcp' | 'udp';
  port: number;
  variable: string;
  code: string | undefined;
}): SetupError {
  const { protocol, port, variable, code } = what;
  const name = protocol === 'tcp' ? 'Port' : 'UDP port';
  const why =
    code === 'EACCES'
      ? 'may not be used by this user'
      : code === 'EADDRINUSE'
        ? 'is taken'
        : `cannot be used (${code})`;
  return new SetupError(`${name} ${port} ${why}: stop what uses it, or set ${variable} to another port.`);
}
