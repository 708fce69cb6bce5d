// Listens to the keyboard and to the loss of it while a call is on the screen: keys.ts says what is meant, hold.ts what it does to the
// microphone. Whatever takes the keyboard away ends what it holds.
import { on } from 'svelte/events';
import { holdAfterMs, type Hold } from './hold.ts';
import { commandOf, isTyping, type KeyCommand } from './keys.ts';

export interface ShortcutParts {
  readonly hold: Hold;
  readonly run: (command: Exclude<KeyCommand, 'talk'>) => void;
  /** A tap on the microphone. */
  readonly tap: () => void;
  readonly hasSingleKeys: () => boolean;
}

/** What presses something of its own with the space bar, while the keyboard is what moves the focus. */
const pressable = 'button, a[href], summary, [role="button"], [role="menuitem"], [role="switch"]';

/** Returns the way to stop. */
export function listenForKeys({ hold, run, tap, hasSingleKeys }: ShortcutParts): () => void {
  /** The microphone's button has the key: a short press is a tap. */
  let isOnMic = false;

  const takeSpace = (event: KeyboardEvent): void => {
    const target = event.target instanceof Element ? event.target : null;
    isOnMic = target !== null && target.closest('[data-hold]') !== null;
    if (!isOnMic && target?.closest(pressable)?.matches(':focus-visible') === true) return;
    if (hold.press('key', isOnMic ? holdAfterMs : 0)) event.preventDefault();
  };

  const onkeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if (hold.grip === 'key') {
      if (event.key === ' ') {
        hold.repeat();
        event.preventDefault();
        return;
      }
      // With Cmd or Ctrl down some systems never tell that the other key came up.
      if (event.metaKey || event.ctrlKey) hold.stop();
      else hold.interrupt();
    }
    if (event.repeat) return;
    const command = commandOf(event, {
      isTyping: isTyping(event.target),
      isCovered: document.querySelector('dialog[open], :popover-open') !== null,
      hasSingleKeys: hasSingleKeys(),
    });
    if (command === null) return;
    if (command === 'talk') {
      takeSpace(event);
      return;
    }
    event.preventDefault();
    run(command);
  };

  const onkeyup = (event: KeyboardEvent): void => {
    if (event.key !== ' ' || hold.grip !== 'key') return;
    event.preventDefault();
    if (hold.release('key') === 'tap' && isOnMic) tap();
  };

  const stop = (): void => hold.stop();
  const onvisibilitychange = (): void => {
    if (document.visibilityState !== 'visible') hold.stop();
  };
  const ends = [
    on(window, 'keydown', onkeydown),
    on(window, 'keyup', onkeyup),
    on(window, 'blur', stop),
    on(window, 'pagehide', stop),
    on(document, 'freeze' as 'visibilitychange', stop),
    on(document, 'visibilitychange', onvisibilitychange),
  ];
  return () => {
    for (const end of ends) end();
    hold.stop();
  };
}
