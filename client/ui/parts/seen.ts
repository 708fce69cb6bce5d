// Something that is fetched only when it comes into view: pictures in a list of a thousand people.
import type { Attachment } from 'svelte/attachments';

/** Calls `onSeen` once, as soon as a part of the element is on the screen. */
export function whenSeen(onSeen: () => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      onSeen();
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
