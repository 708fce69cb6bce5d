// Which key does what in a call. Single keys rest where somebody writes, in dialogs and menus, and where the person switched them off
// (WCAG 2.1.4); those with Ctrl or Cmd always work. Pure; shortcuts.ts listens.

export type KeyCommand = 'mic' | 'camera' | 'hand' | 'focus' | 'talk' | 'help' | 'back' | 'details';

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export interface KeyPlace {
  /** In a field, or where what is typed is chosen by letters. */
  readonly isTyping: boolean;
  /** A dialog or a menu is open. */
  readonly isCovered: boolean;
  readonly hasSingleKeys: boolean;
}

const withControl: Readonly<Record<string, KeyCommand>> = { d: 'mic', e: 'camera' };
const withControlAndShift: Readonly<Record<string, KeyCommand>> = { d: 'details' };
const single: Readonly<Record<string, KeyCommand>> = {
  m: 'mic',
  v: 'camera',
  h: 'hand',
  f: 'focus',
  ' ': 'talk',
  '?': 'help',
  escape: 'back',
};

export function commandOf(pressed: Pressed, place: KeyPlace): KeyCommand | null {
  const { ctrlKey, metaKey, altKey, shiftKey } = pressed;
  const key = letterOf(pressed);
  if (ctrlKey !== metaKey) {
    const commands = shiftKey ? withControlAndShift : withControl;
    return altKey ? null : (commands[key] ?? null);
  }
  if (ctrlKey || altKey || place.isTyping || place.isCovered) return null;
  const command = single[key] ?? null;
  // A question mark is one wherever it stands on the keyboard; everything else is without Shift.
  if (shiftKey && command !== 'help') return null;
  return place.hasSingleKeys || command === 'back' ? command : null;
}

/** The letter that is written, or on a keyboard with other letters the one at its place. */
function letterOf({ key, code }: Pressed): string {
  const isOther = key.length === 1 && key > '\u007f';
  return isOther && code.startsWith('Key') ? code.slice(3).toLowerCase() : key.toLowerCase();
}

const fields = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
const silentInputs = ['button', 'checkbox', 'radio', 'range', 'color', 'file', 'submit', 'reset'];

/** Whether what is typed goes into `target`. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const field = target.closest(fields);
  return !(field === null || (field instanceof HTMLInputElement && silentInputs.includes(field.type)));
}
