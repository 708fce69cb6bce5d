// The configuration of the local LiveKit server: nothing of it listens on, asks or names anything but this machine
// (docs/operating.md). Written as JSON, which is YAML, so no library is needed. start.ts hands it over.
import { networkInterfaces } from 'node:os';
import { loopback } from '../../start/machine.mjs';
import { udpPortCount } from './ports.mjs';

export interface ConfigParts {
  port: number;
  /** The first of two neighbouring UDP ports. */
  udpPort: number;
  apiKey: string;
  apiSecret: string;
  /** Where LiveKit reports joins and leaves; none when left out. */
  webhookUrl?: string | undefined;
}

/** Codecs that Aparté can seal (protocol.md, Frames). No `audio/red`: the SFU would rewrite it around the ciphertext. */
const enabledCodecs = ['audio/opus', 'video/vp8', 'video/vp9', 'video/h264', 'video/av1', 'video/rtx'];

export function livekitConfig(parts: ConfigParts): string {
  const { port, udpPort, apiKey, apiSecret, webhookUrl } = parts;
  return JSON.stringify(
    {
      port,
      bind_addresses: [loopback],
      rtc: {
        node_ip: loopback,
        use_external_ip: false,
        enable_loopback_candidate: true,
        interfaces: { includes: loopbackInterfaces() },
        udp_port: `${udpPort}-${udpPort + udpPortCount - 1}`,
        // Not 0, and it would listen on every interface whatever bind_addresses says.
        tcp_port: 0,
        // An empty list would make LiveKit send its clients the STUN servers of third parties. Nothing listens here.
        stun_servers: [`${loopback}:3478`],
      },
      room: { auto_create: false, enabled_codecs: enabledCodecs.map((mime) => ({ mime })) },
      enable_data_tracks: false,
      keys: { [apiKey]: apiSecret },
      ...(webhookUrl === undefined ? {} : { webhook: { api_key: apiKey, urls: [webhookUrl] } }),
      logging: { level: 'warn', json: true, pion_level: 'error' },
    },
    undefined,
    1,
  );
}

/** `lo` on Linux, `lo0` on macOS. */
function loopbackInterfaces(): string[] {
  return Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ internal, family }) => internal && family === 'IPv4'))
    .map(([name]) => name);
}
