// One call at a time in all tabs of this browser: whoever joins last takes the lock, and the tab that held it is told. Two
// tabs with one identity would otherwise take each other's place in the call for ever.

const lockName = 'aparte:call';

export interface HeldLock {
  release(): void;
}

/** Takes the lock away from whatever tab holds it. `onHeld` is called when it is here, `onTaken` when another tab takes it from here. */
export function takeCallLock(
  locks: LockManager | undefined,
  { onHeld, onTaken }: { readonly onHeld: () => void; readonly onTaken: () => void },
): HeldLock {
  let release = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isReleased = false;
  locks
    ?.request(lockName, { steal: true }, () => {
      if (!isReleased) onHeld();
      return isHeld;
    })
    .catch(() => {
      if (!isReleased) onTaken();
    });
  return {
    release: () => {
      isReleased = true;
      release();
    },
  };
}

/** Calls `onFree` as soon as no tab holds the lock; at once where none does. */
export function afterCallLock(locks: LockManager | undefined, onFree: () => void): void {
  locks?.request(lockName, { mode: 'shared' }, () => Promise.resolve()).then(onFree, onFree);
}
