import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

const secret = 'a secret of at least thirty-two characters';
const least = { LIVEKIT_URL: 'ws://127.0.0.1:7880', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: secret };

describe('configuration', () => {
  test('the least that is needed gives a service on the loopback interface', () => {
    expect(loadConfig(least)).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: resolve('data'),
      databaseUrl: null,
      origin: null,
      trustProxy: [],
      clientDir: resolve('build/client'),
      logLevel: 'info',
      maxParticipants: 100,
      limits: { perAddress: 1200, perIdentity: 600 },
      livekit: {
        url: 'http://127.0.0.1:7880',
        publicUrl: 'ws://127.0.0.1:7880',
        apiKey: 'key',
        apiSecret: secret,
      },
    });
  });

  test('everything can be said', () => {
    const config = loadConfig({
      ...least,
      APARTE_HOST: '::1',
      APARTE_PORT: ' 9000 ',
      APARTE_DATA: '/srv/aparte',
      APARTE_ORIGIN: 'https://talk.example.org/',
      APARTE_TRUST_PROXY: '10.0.0.0/8, ::1',
      APARTE_CLIENT: '/srv/client',
      APARTE_LOG_LEVEL: 'warn',
      LIVEKIT_PUBLIC_URL: 'https://sfu.example.org/rtc/',
      APARTE_MAX_PARTICIPANTS: '',
    });
    expect(config).toMatchObject({
      host: '::1',
      port: 9000,
      dataDir: '/srv/aparte',
      origin: 'https://talk.example.org',
      trustProxy: ['10.0.0.0/8', '::1'],
      clientDir: '/srv/client',
      logLevel: 'warn',
      maxParticipants: 100,
      livekit: { url: 'http://127.0.0.1:7880', publicUrl: 'wss://sfu.example.org/rtc' },
    });
  });

  test.each([
    ['LIVEKIT_URL', { LIVEKIT_URL: undefined }],
    ['LIVEKIT_URL', { LIVEKIT_URL: '  ' }],
    ['LIVEKIT_URL', { LIVEKIT_URL: 'localhost:7880' }],
    ['LIVEKIT_URL', { LIVEKIT_URL: 'http://user:password@sfu.example.org' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://aparte:password@db.example/aparte' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://aparte:password@db.example' }],
    ['LIVEKIT_API_KEY', { LIVEKIT_API_KEY: undefined }],
    ['LIVEKIT_API_SECRET', { LIVEKIT_API_SECRET: undefined }],
    ['LIVEKIT_API_SECRET', { LIVEKIT_API_SECRET: 'too-short-a-secret' }],
    ['LIVEKIT_PUBLIC_URL', { LIVEKIT_PUBLIC_URL: 'nonsense' }],
    ['LIVEKIT_PUBLIC_URL', { APARTE_ORIGIN: 'https://a.example', LIVEKIT_PUBLIC_URL: 'ws://sfu.example' }],
    ['APARTE_PORT', { APARTE_PORT: 'eighty' }],
    ['APARTE_PORT', { APARTE_PORT: '70000' }],
    ['APARTE_PORT', { APARTE_PORT: '-1' }],
    ['APARTE_ORIGIN', { APARTE_ORIGIN: 'talk.example.org' }],
    ['APARTE_ORIGIN', { APARTE_ORIGIN: 'https://talk.example.org/path' }],
    ['APARTE_TRUST_PROXY', { APARTE_TRUST_PROXY: 'true' }],
    ['APARTE_TRUST_PROXY', { APARTE_TRUST_PROXY: '10.0.0.0/33' }],
    ['APARTE_TRUST_PROXY', { APARTE_TRUST_PROXY: '10.0.0.0/8/9' }],
    ['APARTE_LOG_LEVEL', { APARTE_LOG_LEVEL: 'loud' }],
    ['APARTE_MAX_PARTICIPANTS', { APARTE_MAX_PARTICIPANTS: '1' }],
    ['APARTE_ADDRESS_LIMIT', { APARTE_ADDRESS_LIMIT: '0' }],
  ])('a bad %s stops the start with one line that names it (%j)', (name, change) => {
    let message = '';
    try {
      loadConfig({ ...least, ...change });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      ({ message } = error as ConfigError);
    }
    expect(message).toMatch(new RegExp(`^${name} .+\\.? .+`));
    expect(message).not.toContain('\n');
    for (const hidden of [secret, 'too-short-a-secret', 'password']) expect(message).not.toContain(hidden);
  });
});
