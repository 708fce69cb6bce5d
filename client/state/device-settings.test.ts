import { describe, expect, test } from 'vitest';
import { DeviceSettings, firstDevices } from './device-settings.ts';
import { choicesOf } from './devices.svelte.ts';

/** A browser's storage with this under our key. */
function storage(kept: string | null): Storage {
  let value = kept;
  return {
    getItem: () => value,
    setItem: (_key: string, next: string) => void (value = next),
  } as unknown as Storage;
}

describe('the devices a browser remembers', () => {
  test('are what was chosen last', () => {
    const kept = storage(null);
    const chosen = {
      ...({ microphone: 'm', camera: null, speaker: 's', noise: 'strong' } as const),
      ...({ background: 'own', picture: 'p' } as const),
    };
    new DeviceSettings(kept).write(chosen);
    expect(new DeviceSettings(kept).read()).toEqual(chosen);
  });

  test('count as nothing where they make no sense, each for itself', () => {
    expect(new DeviceSettings(storage(null)).read()).toEqual(firstDevices);
    for (const damaged of ['{', '7', 'null', '[]']) {
      expect(new DeviceSettings(storage(damaged)).read()).toEqual(firstDevices);
    }
    const odd = JSON.stringify({ microphone: 'm', camera: 7, speaker: 'x'.repeat(513), noise: 'louder' });
    expect(new DeviceSettings(storage(odd)).read()).toEqual({ ...firstDevices, microphone: 'm' });
  });

  test('of which the background, where it makes no sense, is not the bare room', () => {
    const read = (kept: object) => new DeviceSettings(storage(JSON.stringify(kept))).read().background;
    expect(read({ microphone: 'm' })).toBe('none');
    expect(read({ background: 'none' })).toBe('none');
    for (const odd of ['aurora', 7, null, ['none']]) expect(read({ background: odd })).toBe('strong');
    expect(read({ background: 'own' })).toBe('strong');
    expect(read({ background: 'own', picture: 'p' })).toBe('own');
  });

  test('do not stop a page that may keep nothing', () => {
    const refusing = {
      getItem: () => {
        throw new Error('SecurityError');
      },
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
    };
    const settings = new DeviceSettings(refusing);
    expect(settings.read()).toEqual(firstDevices);
    settings.write({ ...firstDevices, noise: 'off' });
  });
});

test('a device is offered once, and none before the browser tells of it', () => {
  const found = [
    { kind: 'audioinput', deviceId: 'default', label: 'Default - Headset' },
    { kind: 'audioinput', deviceId: 'communications', label: 'Communications - Headset' },
    { kind: 'audioinput', deviceId: 'a', label: 'Headset' },
    { kind: 'videoinput', deviceId: '', label: '' },
    { kind: 'audiooutput', deviceId: 'b', label: '' },
  ] as const;
  expect(choicesOf(found)).toEqual([
    { kind: 'microphone', id: 'a', label: 'Headset' },
    { kind: 'speaker', id: 'b', label: '' },
  ]);
});
