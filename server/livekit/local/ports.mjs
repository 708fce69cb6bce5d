// The ports of the local LiveKit server: a fixed one is checked and named when taken, 0 lets the system choose. Built-ins only:
// doctor.mjs asks too.
import { SetupError, takePort, tryPort } from '../../start/machine.mjs';

export const defaultPort = 7880;
export const defaultUdpPort = 7882;

/** Two ports, two sockets: LiveKit shares them among all connections. */
export const udpPortCount = 2;

const attempts = 20;

/** @typedef {{ port: number, udpPort: number }} LivekitPorts `udpPort` is the first of two neighbours */

/**
 * @param {LivekitPorts} wanted
 * @returns {Promise<LivekitPorts>}
 * @throws {SetupError} in one line, with port and variable
 */
export async function choosePorts({ port, udpPort }) {
  return {
    port: await takePort({ protocol: 'tcp', port, variable: 'LIVEKIT_PORT' }),
    udpPort: udpPort === 0 ? await freeUdpPorts() : await fixedUdpPorts(udpPort),
  };
}

/** @param {number} first */
async function fixedUdpPorts(first) {
  for (let port = first; port < first + udpPortCount; port += 1) {
    await takePort({ protocol: 'udp', port, variable: 'LIVEKIT_UDP_PORT' });
  }
  return first;
}

async function freeUdpPorts() {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const first = await tryPort('udp', 0);
    try {
      await tryPort('udp', first + 1);
      return first;
    } catch {
      // Its neighbour is taken: try another pair.
    }
  }
  throw new SetupError('No two neighbouring UDP ports are free: set LIVEKIT_UDP_PORT.');
}
