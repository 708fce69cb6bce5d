// Bytes of this process to and from the service, headers and all: read from its sockets. Loaded before the first request; LiveKit's
// are to another port.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const open = new Map<string, Set<Socket>>();
const closedBytes = new Map<string, number>();

subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket: Socket };
  socket.once('connect', () => {
    const port = String(socket.remotePort);
    const sockets = open.get(port) ?? new Set();
    open.set(port, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      closedBytes.set(port, (closedBytes.get(port) ?? 0) + bytesOf(socket));
    });
  });
});

/** Received and sent so far over connections to the port of `url`. */
export function trafficBytes(url: string): number {
  const { port } = new URL(url);
  return [...(open.get(port) ?? [])].reduce(
    (sum, socket) => sum + bytesOf(socket),
    closedBytes.get(port) ?? 0,
  );
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten;
}
