// Controls over video leave after 4.5 s without a move, and never while something in them has focus. Only where a pointer
// hovers: a finger has nothing to move, and would tap what it does not see.
import { on } from 'svelte/events';
import type { Attachment } from 'svelte/attachments';

const idleMs = 4500;

export interface Idle {
  readonly isIdle: boolean;
  /** Attach to the controls. */
  readonly watch: Attachment<HTMLElement>;
}

export function idleAfter(isWanted: () => boolean): Idle {
  let isIdle = $state(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const watch: Attachment<HTMLElement> = (controls) => {
    if (!isWanted() || !matchMedia('(hover: hover)').matches) return undefined;
    const sleep = (): void => {
      isIdle = !controls.matches(':focus-within, :hover');
      if (!isIdle) wake();
    };
    const wake = (): void => {
      isIdle = false;
      clearTimeout(timer);
      timer = setTimeout(sleep, idleMs);
    };
    const stops = [
      on(window, 'pointermove', wake),
      on(window, 'keydown', wake),
      on(controls, 'focusin', wake),
    ];
    wake();
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
      isIdle = false;
    };
  };

  return {
    get isIdle() {
      return isIdle;
    },
    watch,
  };
}
