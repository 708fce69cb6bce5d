// Who hears of changes of groups: app.ts makes one that tells events.ts, `server/calls` and LiveKit; service.ts, history.ts and knocks.ts tell it.
import type { LeftPlaces } from '../store/store.ts';

/** Told after a change was stored. */
export interface GroupListener {
  changed(groupId: string): void;
  departed(groupId: string, identity: string, left: LeftPlaces | null): void;
  /** A voice chat ended with its group (G17). */
  callEnded(left: LeftPlaces): void;
  /** Somebody came to wait at the door, or waits no more (G15). */
  knocked(groupId: string): void;
  /** The knock of this identity is something else now. */
  answered(groupId: string, identity: string): void;
  /** Somebody in a call may speak now, or no longer (G9). */
  voiceChanged(of: {
    readonly callId: string;
    readonly livekitIdentity: string;
    readonly maySpeak: boolean;
  }): void;
}
