import { describe, expect, test } from 'vitest';
import { firstDevices } from './device-settings.ts';
import { DeviceMemory } from './device-memory.ts';
import type { DeviceChoice, DeviceKind } from './view.ts';

function storage(kept: string | null = null): Storage {
  let value = kept;
  return {
    getItem: () => value,
    setItem: (_key: string, next: string) => void (value = next),
  } as unknown as Storage;
}

const named = (kind: DeviceKind, ...labels: string[]): DeviceChoice[] =>
  labels.map((label) => ({ kind, id: `id of ${label}`, label }));
const unnamed: DeviceChoice[] = [{ kind: 'microphone', id: 'x', label: '' }];
const desk = [...named('microphone', 'Built-in', 'Studio'), ...named('speaker', 'Monitor')];
const train = [...named('microphone', 'Built-in', 'Headset'), ...named('speaker', 'Headset')];

describe('a check of the devices is due', () => {
  test('never before the first join of a browser, when it is offered: that is one tap', () => {
    for (const found of [[], unnamed, desk])
      expect(new DeviceMemory(storage()).isCheckDue(found, firstDevices)).toBe(false);
    for (const damaged of [null, '{', '7', 'null', '[]'])
      expect(new DeviceMemory(storage(damaged)).isFirst).toBe(true);
    const memory = new DeviceMemory(storage());
    memory.checked(desk, firstDevices);
    expect(memory.isFirst).toBe(false);
  });

  test('when others are there than at any of the last times, remembered over a restart', () => {
    const kept = storage();
    new DeviceMemory(kept).checked(desk, firstDevices);
    const memory = new DeviceMemory(kept);
    expect(memory.isCheckDue(desk, firstDevices)).toBe(false);
    expect(memory.isCheckDue([...desk].reverse(), firstDevices)).toBe(false);
    expect(memory.isCheckDue(train, firstDevices)).toBe(true);
    expect(memory.isCheckDue(desk.slice(1), firstDevices)).toBe(true);
    memory.checked(train, firstDevices);
    for (const found of [train, desk])
      expect(new DeviceMemory(kept).isCheckDue(found, firstDevices)).toBe(false);
  });

  test('when the chosen one is not there, once', () => {
    const memory = new DeviceMemory(storage());
    memory.checked(desk, firstDevices);
    memory.checked(train, firstDevices);
    const chosen = { ...firstDevices, microphone: 'id of Studio' };
    expect(memory.isCheckDue(desk, chosen)).toBe(false);
    expect(memory.isCheckDue(train, chosen)).toBe(true);
    memory.checked(train, chosen);
    expect(memory.isCheckDue(train, chosen)).toBe(false);
  });

  test('not because the browser tells less than before, or at last tells names', () => {
    const memory = new DeviceMemory(storage());
    memory.checked(unnamed, firstDevices);
    for (const found of [[], unnamed, desk]) expect(memory.isCheckDue(found, firstDevices)).toBe(false);
    memory.noteFirst(desk, firstDevices);
    for (const found of [[], unnamed, desk, named('camera', 'Eye')])
      expect(memory.isCheckDue(found, firstDevices)).toBe(false);
    expect(memory.isCheckDue(train, firstDevices)).toBe(true);
    // What it has seen of a kind is not overwritten by looking.
    memory.noteFirst(train, firstDevices);
    expect(memory.isCheckDue(train, firstDevices)).toBe(true);
  });

  test('not because ids are others, which a browser may change', () => {
    const memory = new DeviceMemory(storage());
    memory.checked(desk, firstDevices);
    expect(
      memory.isCheckDue(
        desk.map((one) => ({ ...one, id: `new ${one.id}` })),
        firstDevices,
      ),
    ).toBe(false);
  });
});

test('looking does not count as having checked', () => {
  const memory = new DeviceMemory(storage());
  memory.noteFirst(desk, firstDevices);
  expect(memory.isFirst).toBe(true);
});

test('a browser that may keep nothing asks the next time, and not twice on one page', () => {
  const refusing = {
    getItem: () => {
      throw new Error('SecurityError');
    },
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };
  const memory = new DeviceMemory(refusing);
  memory.checked(desk, firstDevices);
  expect(memory.isCheckDue(desk, firstDevices)).toBe(false);
});
