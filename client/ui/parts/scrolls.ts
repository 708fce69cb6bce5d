// A region that scrolls and holds nothing to focus can be scrolled by keyboard only if it takes focus itself; one that does
// not scroll must not be a stop on the way. So the tab stop comes and goes with the overflow. The observer tells the first size as
// well, once it is known: asking for it here would lay out the page in the middle of whatever made the region.
import type { Attachment } from 'svelte/attachments';

export const scrollsByKey: Attachment<HTMLElement> = (region) => {
  const measure = (): void => {
    if (region.scrollHeight > region.clientHeight + 1) region.tabIndex = 0;
    else region.removeAttribute('tabindex');
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(region);
  for (const child of region.children) sizes.observe(child);
  return () => sizes.disconnect();
};
