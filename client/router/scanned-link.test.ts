// What a scanned code may open: an invite of this very service, and nothing else.
import { expect, test } from 'vitest';
import { readScanned } from './scanned-link.ts';

const origin = 'https://aparte.example';
const read = (text: string) => readScanned(new TextEncoder().encode(text), origin);

test('[G3] [G16] a code opens an invite of this service, whatever version it is of, and the invite judges the rest', () => {
  expect(read('https://aparte.example/#/join/AQIDBA')).toEqual({ kind: 'invite', payload: 'AQIDBA' });
  expect(read('https://aparte.example/#/join/')).toEqual({ kind: 'invite', payload: '' });
});

test('[G3] an invite of another service is named by its host and not opened, however it is dressed', () => {
  const hostOf = (text: string) => {
    const scanned = read(text);
    return scanned.kind === 'elsewhere' ? scanned.host : scanned.kind;
  };
  expect(hostOf('https://other.example/#/join/AQ')).toBe('other.example');
  expect(hostOf('https://aparte.example:8443/#/join/AQ')).toBe('aparte.example:8443');
  expect(hostOf('http://aparte.example/#/join/AQ')).toBe('aparte.example');
  expect(hostOf('https://aparte.example@evil.example/#/join/AQ')).toBe('evil.example');
  expect(hostOf('https://aparte.example.evil.example/#/join/AQ')).toBe('aparte.example.evil.example');
  // In letters that look like ours: shown as the address bar would.
  expect(hostOf('https://аparte.example/#/join/AQ')).toBe('xn--parte-3ve.example');
});

test('[G3] everything else is no invite', () => {
  const codes = [
    ...['', 'hello', 'AQIDBA', 'WIFI:S:net;T:WPA;P:x;;', 'javascript:alert(1)//#/join/AQ'],
    ...[
      'https://aparte.example/',
      'https://aparte.example/?x#/join/AQ',
      'https://aparte.example/a/#/join/AQ',
    ],
    ...['https://other.example/', 'https://other.example/login#/join/AQ', 'ftp://other.example/#/join/AQ'],
    ...['https://user@aparte.example/#/join/AQ', ' https://aparte.example/#/join/AQ'],
    `https://aparte.example/#/join/${'A'.repeat(1024)}`,
  ];
  for (const code of codes) expect(read(code), code).toEqual({ kind: 'other' });
  expect(readScanned(Uint8Array.of(1, 255, 254), origin)).toEqual({ kind: 'other' });
});
