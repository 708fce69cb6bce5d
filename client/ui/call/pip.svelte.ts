// The call in a small window above all others: who speaks or presents, with mute and leave in it. A window of the page's own where there is
// one (Document Picture-in-Picture), else the browser's own for the picture alone.
import { mount, unmount } from 'svelte';
import type { Actions, CallView } from '../../state/view.ts';

interface DocumentPip {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const size = { width: 380, height: 300 };

/** What is in it. */
export const loadPip = () => import('./Pip.svelte');

function documentPip(): DocumentPip | null {
  return (globalThis as { documentPictureInPicture?: DocumentPip }).documentPictureInPicture ?? null;
}

export class SmallWindow {
  #open: { readonly window: Window; readonly component: object } | null = null;
  isOpen = $state(false);
  /** The browser is asked for one: a second tap asks for no second one. */
  isOpening = $state(false);
  #isOver = false;

  /** Whether this browser has one, for a call with pictures or without. */
  static canHave(hasPicture: boolean): boolean {
    return documentPip() !== null || (hasPicture && document.pictureInPictureEnabled);
  }

  /** Answers a tap: browsers want one. Where it is refused nothing happens, and the button says so by staying as it is. */
  async toggle(call: () => CallView, actions: Actions): Promise<void> {
    if (this.isOpen) {
      this.close();
      return;
    }
    if (this.isOpening) return;
    this.isOpening = true;
    const pip = documentPip();
    let window: Window | null = null;
    try {
      if (pip === null) await openPicture();
      else await this.#fill((window = await pip.requestWindow(size)), call, actions);
    } catch {
      // Its contents did not come: an empty window is worse than none.
      window?.close();
    } finally {
      this.isOpening = false;
    }
  }

  /** The call is over: one that is still opening closes, too. */
  end(): void {
    this.#isOver = true;
    this.close();
  }

  close(): void {
    const open = this.#open;
    this.#open = null;
    this.isOpen = false;
    if (open === null) return;
    void unmount(open.component);
    open.window.close();
  }

  async #fill(window: Window, call: () => CallView, actions: Actions): Promise<void> {
    const { default: Pip } = await loadPip();
    if (this.#isOver || window.closed) {
      window.close();
      return;
    }
    const target = window.document;
    target.documentElement.lang = document.documentElement.lang;
    target.title = call().groupName;
    for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
      const copy = target.createElement('link');
      copy.rel = 'stylesheet';
      copy.href = link.href;
      target.head.append(copy);
    }
    const props = {
      get call(): CallView {
        return call();
      },
      actions,
      onback: () => {
        globalThis.focus();
        this.close();
      },
    };
    this.#open = { window, component: mount(Pip, { target: target.body, props }) };
    this.isOpen = true;
    window.addEventListener('pagehide', () => this.close(), { once: true });
  }
}

/** The largest picture that plays. */
async function openPicture(): Promise<void> {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.stage video')];
  const largest = videos.toSorted(
    (a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight,
  )[0];
  await largest?.requestPictureInPicture();
}
