// A list of buttons that arrows walk through, Home and End from end to end: two hundred groups are too many for Tab alone.
import type { Attachment } from 'svelte/attachments';

export const arrows: Attachment<HTMLElement> = (list) => {
  const onkeydown = (event: KeyboardEvent): void => {
    const buttons = [...list.querySelectorAll<HTMLElement>('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    buttons[to]?.focus();
  };
  list.addEventListener('keydown', onkeydown);
  return () => list.removeEventListener('keydown', onkeydown);
};
