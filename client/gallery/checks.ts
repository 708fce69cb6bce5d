// States of the check of devices before a voice chat. Part of states.ts.
import type { AppView, DeviceCheckView } from '../state/view.ts';
import { backgrounds, bare, inFrontOf } from './backgrounds.ts';
import { ada, cyd, elif, letters, noor, picture } from './people.ts';

const wishes: DeviceCheckView['chosen'] = {
  microphone: 'm1',
  camera: null,
  speaker: 's1',
  noise: 'standard',
  ...bare,
};

const check = (more: Partial<DeviceCheckView> = {}): DeviceCheckView => ({
  group: { name: 'Rehearsal room', inside: [ada, elif, cyd] },
  me: { id: noor.id, name: 'Noor', face: letters },
  chosen: wishes,
  found: [
    { kind: 'microphone', id: 'm1', label: 'Built-in microphone' },
    { kind: 'microphone', id: 'm2', label: 'Studio condenser microphone with a very long name (USB Audio)' },
    { kind: 'speaker', id: 's1', label: 'Headphones' },
    { kind: 'camera', id: 'c1', label: 'Built-in camera' },
  ],
  canChooseSpeaker: true,
  ...{ microphone: 'on', level: 0.65, sound: 'idle', camera: 'off', cameraStream: null },
  backgrounds,
  ...more,
});

export function checkStates(app: (more: Partial<AppView>) => AppView): Record<string, () => AppView> {
  const shown = (more: Partial<DeviceCheckView> = {}): AppView => app({ deviceCheck: check(more) });
  return {
    'check-idle': () => shown(),
    'check-asking': () =>
      shown({
        ...{ microphone: 'starting', level: 0, found: [] },
        group: { name: 'Maximiliane-Alexandrine von Hohenstein-Wiedenbrück', inside: [] },
        chosen: { microphone: null, camera: null, speaker: null, noise: 'standard', ...bare },
      }),
    'check-recording': () => shown({ sound: 'recording', level: 0.9 }),
    'check-playing': () => shown({ sound: 'playing', level: 0.1 }),
    'check-testing': () => shown({ sound: 'testing', level: 0 }),
    'check-unrecorded': () => shown({ sound: 'failed', level: 0 }),
    'check-camera': () => shown({ camera: 'on', cameraStream: picture('Noor', 'camera') }),
    'check-background': () =>
      shown({
        ...{ camera: 'on', cameraStream: inFrontOf('hills') },
        chosen: { ...wishes, background: 'hills' },
      }),
    'check-background-coming': () =>
      shown({ camera: 'starting', chosen: { ...wishes, background: 'strong' } }),
    'check-background-failed': () =>
      shown({ camera: 'noBackground', chosen: { ...wishes, background: 'strong' } }),
    'check-camera-denied': () => shown({ camera: 'denied' }),
    'check-denied': () => shown({ microphone: 'denied', level: 0 }),
    'check-missing': () =>
      shown({
        ...{ microphone: 'missing', level: 0, canChooseSpeaker: false, found: [], camera: 'missing' },
      }),
    'check-in-use': () => shown({ microphone: 'failed', level: 0, camera: 'failed' }),
    'check-unplugged': () =>
      shown({ chosen: { microphone: 'gone', camera: null, speaker: 'gone', noise: 'strong', ...bare } }),
    'check-alone': () => shown({ group: null }),
  };
}
