// The states of a peer connection are the failure that is injected; a real one gives them in client/e2e/resilience.test.ts.
import { expect, test } from 'vitest';
import { TransportWatch, type Transport } from './transport-watch.ts';

class Line extends EventTarget implements Transport {
  iceConnectionState: RTCIceConnectionState = 'new';

  turn(state: RTCIceConnectionState): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event('iceconnectionstatechange'));
  }
}

function watch() {
  const told: boolean[] = [];
  const transports: TransportWatch = new TransportWatch(() => told.push(transports.isInterrupted));
  const [up, down] = [new Line(), new Line()];
  for (const line of [up, down]) transports.add(line);
  return { transports, up, down, told };
}

test('[M8] the call is interrupted while any of its peer connections gets no answers, and says so once each time', () => {
  const { up, down, told } = watch();
  for (const state of ['checking', 'connected', 'completed'] as const) up.turn(state);
  expect(told).toEqual([]);
  up.turn('disconnected');
  down.turn('disconnected');
  up.turn('failed');
  up.turn('connected');
  expect(told).toEqual([true]);
  down.turn('connected');
  expect(told).toEqual([true, false]);
});

test('[M8] a peer connection that was closed, or whose room was left, says nothing any more', () => {
  const { transports, up, down, told } = watch();
  up.turn('disconnected');
  up.turn('closed');
  expect(told).toEqual([true, false]);
  transports.clear();
  down.turn('failed');
  expect([told, transports.isInterrupted]).toEqual([[true, false], false]);
});

test('[M8] a room that is left while it is interrupted leaves nothing behind for the next one', () => {
  const { transports, up, told } = watch();
  up.turn('failed');
  transports.clear();
  const next = new Line();
  transports.add(next);
  next.turn('connected');
  expect([told, transports.isInterrupted]).toEqual([[true], false]);
});

test('[M8] one that is closed without an event, as `close()` does, counts no more once its successor is there', () => {
  const { transports, up, told } = watch();
  up.turn('failed');
  up.iceConnectionState = 'closed';
  transports.add(new Line());
  expect([told, transports.isInterrupted]).toEqual([[true, false], false]);
});
