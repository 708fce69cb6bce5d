// What the local LiveKit server is told: nothing that listens on, asks or names another machine, and no codec that cannot be sealed.
import { expect, test } from 'vitest';
import { livekitConfig } from './config.ts';

const parts = { port: 7880, udpPort: 7882, apiKey: 'key', apiSecret: 'secret' };

interface Shape {
  bind_addresses: string[];
  rtc: { tcp_port: number; udp_port: string; interfaces: { includes: string[] }; stun_servers: string[] };
  room: { auto_create: boolean; enabled_codecs: { mime: string }[] };
  enable_data_tracks: boolean;
  keys: unknown;
  webhook?: unknown;
}
const read = (text: string): Shape => JSON.parse(text) as Shape;

test('[L1] rooms come into being only by the service', () => {
  expect(read(livekitConfig(parts)).room.auto_create).toBe(false);
});

test('every address in the configuration is of this machine', () => {
  const text = livekitConfig({ ...parts, webhookUrl: 'http://127.0.0.1:8080/livekit/webhook' });
  const addresses = text.match(/\d+\.\d+\.\d+\.\d+/g) ?? [];
  expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  const { rtc, bind_addresses: bindAddresses } = read(text);
  expect(bindAddresses).toEqual(['127.0.0.1']);
  expect(rtc.tcp_port).toBe(0);
  expect(rtc.interfaces.includes).toHaveLength(1);
  expect(rtc.udp_port).toBe('7882-7883');
  expect(rtc.stun_servers).toEqual(['127.0.0.1:3478']);
});

test('redundant audio and data tracks are off', () => {
  const config = read(livekitConfig(parts));
  const codecs = config.room.enabled_codecs.map(({ mime }) => mime);
  expect(codecs).toEqual(['audio/opus', 'video/vp8', 'video/vp9', 'video/h264', 'video/av1', 'video/rtx']);
  expect(config.enable_data_tracks).toBe(false);
});

test('webhooks are signed with the same key and sent only where asked', () => {
  expect(read(livekitConfig(parts)).webhook).toBeUndefined();
  const webhookUrl = 'http://127.0.0.1:8080/livekit/webhook';
  const { webhook, keys } = read(livekitConfig({ ...parts, webhookUrl }));
  expect(webhook).toEqual({ api_key: 'key', urls: [webhookUrl] });
  expect(keys).toEqual({ key: 'secret' });
});
