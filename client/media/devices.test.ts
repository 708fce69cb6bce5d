// What a browser's refusal of a device means for the person.
import { expect, it } from 'vitest';
import { deviceFailure } from './devices.ts';

it('[M5] a refusal, a missing device and anything else are told apart', () => {
  const of = (name: string): string => deviceFailure(new DOMException('', name));
  expect(['NotAllowedError', 'SecurityError'].map(of)).toEqual(['denied', 'denied']);
  expect(['NotFoundError', 'OverconstrainedError'].map(of)).toEqual(['missing', 'missing']);
  expect(['NotReadableError', 'AbortError', 'TypeError'].map(of)).toEqual(['failed', 'failed', 'failed']);
  expect([deviceFailure(new TypeError('ours')), deviceFailure('text'), deviceFailure(null)]).toEqual([
    'failed',
    'failed',
    'failed',
  ]);
});
