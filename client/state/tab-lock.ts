// One call at a time in all tabs of this browser: whoever joins last takes the lock, and the tab that held it is told. Two
// tabs with one identity would otherwise take each other's place in the call for ever.

const lockName = 'aparte:call';

export interface HeldLock {
  release(): void;
}

/** Takes the lock away from whatever tab holds it. `onTaken` is called when another tab takes it from here. */
export function takeCallLock(locks: LockManager | undefined, onTaken: () => void): HeldLock {
  let release = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isReleased = false;
  locks
    ?.request(lockName, { steal: true }, () => isHeld)
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
