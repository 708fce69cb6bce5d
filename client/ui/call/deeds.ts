// What a row's menu can do, bound once for all rows: two hundred of them need no closures of their own.
import type { Actions, RowAction } from '../../state/view.ts';
import type { Shell } from '../shell.svelte.ts';

export interface RowDeeds {
  act(personId: string, action: RowAction): void;
  setVolume(personId: string, volume: number): void;
  muteForMe(personId: string, isMuted: boolean): void;
  pin(tileId: string, isPinned: boolean): void;
  verify(personId: string): void;
}

export function deedsOf(actions: Actions, shell: Shell): RowDeeds {
  return {
    act: (personId, action) => actions.actInCall(personId, action),
    setVolume: (personId, volume) => actions.setVolume(personId, volume),
    muteForMe: (personId, isMuted) => actions.muteForMe(personId, isMuted),
    pin: (tileId, isPinned) => shell.pin(tileId, isPinned),
    verify: (personId) => actions.openVerify(personId),
  };
}
