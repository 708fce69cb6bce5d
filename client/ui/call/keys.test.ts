// Which key does what, where.
import { describe, expect, it } from 'vitest';
import { commandOf, type KeyPlace } from './keys.ts';

const bare = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const room: KeyPlace = { isTyping: false, isCovered: false, hasSingleKeys: true };
const typing = { ...room, isTyping: true };
const covered = { ...room, isCovered: true };
const off = { ...room, hasSingleKeys: false };

describe('keys in a call', () => {
  it('a letter, the space bar, a question mark', () => {
    const of = (key: string) => commandOf({ ...bare, key }, room);
    expect(['m', 'v', 'h', 'f', ' ', '?', 'Escape', 'd', 'e', '1', 'Enter', 'Tab'].map(of)).toEqual([
      ...['mic', 'camera', 'hand', 'focus', 'talk', 'help', 'back', null, null, null, null, null],
    ]);
    expect(of('M')).toBe('mic');
    expect(commandOf({ ...bare, key: '?', shiftKey: true }, room)).toBe('help');
  });

  it('rest where somebody writes, under a dialog, with other modifiers, and when switched off', () => {
    for (const key of ['m', 'v', 'h', 'f', ' ', '?'])
      for (const place of [typing, covered, off]) expect(commandOf({ ...bare, key }, place)).toBe(null);
    for (const modifier of ['altKey', 'shiftKey', 'ctrlKey', 'metaKey'])
      expect(commandOf({ ...bare, key: 'm', [modifier]: true }, room)).toBe(null);
    expect(commandOf({ ...bare, key: 'Escape' }, off)).toBe('back');
    expect(commandOf({ ...bare, key: 'Escape' }, covered)).toBe(null);
  });

  it('with Ctrl or Cmd microphone and camera work everywhere, and with Shift the numbers of the call', () => {
    for (const place of [room, typing, covered, off])
      for (const modifier of ['ctrlKey', 'metaKey'] as const) {
        expect(commandOf({ ...bare, key: 'd', [modifier]: true }, place)).toBe('mic');
        expect(commandOf({ ...bare, key: 'e', [modifier]: true }, place)).toBe('camera');
        expect(commandOf({ ...bare, key: 'd', [modifier]: true, altKey: true }, place)).toBe(null);
        expect(commandOf({ ...bare, key: 'D', [modifier]: true, shiftKey: true }, place)).toBe('details');
        expect(commandOf({ ...bare, key: 'E', [modifier]: true, shiftKey: true }, place)).toBe(null);
      }
    expect(commandOf({ ...bare, key: 'd', ctrlKey: true, metaKey: true }, room)).toBe(null);
  });

  it('by its place on a keyboard that writes other letters', () => {
    expect(commandOf({ ...bare, key: 'ь', code: 'KeyM' }, room)).toBe('mic');
    expect(commandOf({ ...bare, key: 'в', code: 'KeyD', ctrlKey: true }, room)).toBe('mic');
    // Latin letters count as they are written, not by where they stand.
    expect(commandOf({ ...bare, key: ',', code: 'KeyM' }, room)).toBe(null);
  });
});
