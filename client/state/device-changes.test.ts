import { expect, test } from 'vitest';
import { isBack, otherCamera } from './device-changes.ts';
import type { DeviceChoice } from './view.ts';

const camera = (id: string, label = ''): DeviceChoice => ({ kind: 'camera', id, label });
const microphone = (id: string): DeviceChoice => ({ kind: 'microphone', id, label: id });
const wishes = { microphone: 'headset', camera: null, speaker: null };

test('a device that was chosen, had gone and is here again is back; any other is not', () => {
  const [desk, headset] = [microphone('desk'), microphone('headset')];
  expect(isBack(wishes, [desk], [desk, headset])).toBe(true);
  expect(isBack(wishes, [desk, headset], [desk, headset])).toBe(false);
  expect(isBack(wishes, [desk, headset], [desk])).toBe(false);
  expect(isBack({ ...wishes, microphone: null }, [desk], [desk, headset])).toBe(false);
  // A speaker of the same name is no microphone.
  expect(isBack(wishes, [desk], [desk, { ...headset, kind: 'speaker' }])).toBe(false);
  // The first look finds everything, and nothing of it came back.
  expect(isBack(wishes, [], [desk, headset])).toBe(false);
});

test('on a phone the other side is next, whatever number of lenses is there, in the words of each system', () => {
  const android = [
    camera('1', 'camera2 1, facing front'),
    camera('0', 'camera2 0, facing back'),
    camera('2', 'camera2 2, facing back'),
  ];
  expect(otherCamera(android, { chosen: null, inUse: 'camera2 1, facing front' })!.id).toBe('0');
  expect(otherCamera(android, { chosen: '2', inUse: 'camera2 2, facing back' })!.id).toBe('1');
  const ios = [
    camera('a', 'Caméra avant'),
    camera('b', 'Caméra arrière'),
    camera('c', 'Caméra arrière double'),
  ];
  expect(otherCamera(ios, { chosen: 'c', inUse: 'Caméra arrière double' })!.id).toBe('a');
  expect(otherCamera(ios, { chosen: null, inUse: null })!.id).toBe('b');
});

test('elsewhere the next in the list, and after the last the first', () => {
  const desk = [camera('x', 'Studio'), camera('y', 'Laptop'), camera('z', 'Document')];
  expect(otherCamera(desk, { chosen: 'y', inUse: null })!.id).toBe('z');
  expect(otherCamera(desk, { chosen: null, inUse: 'Document' })!.id).toBe('x');
  // What is in use counts before what is chosen and could not be had.
  expect(otherCamera(desk, { chosen: 'x', inUse: 'Laptop' })!.id).toBe('z');
  expect(otherCamera([camera('x', 'Studio')], { chosen: null, inUse: 'Studio' })).toBeNull();
  expect(otherCamera([microphone('m')], { chosen: null, inUse: null })).toBeNull();
});
