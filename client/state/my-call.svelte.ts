// The voice chat that I am in, one at a time in all tabs of this browser, and when its screen comes. What is in it is call.svelte.ts;
// app.svelte.ts holds it.
import type { Group } from '../groups/group.ts';
import { CallModel } from './call.svelte.ts';
import type { Core } from './core.ts';
import type { DevicesModel } from './devices.svelte.ts';
import { livePartsOf, type AppParts } from './parts.ts';
import type { Changing, Knowledge } from './people.ts';
import type { PreferencesModel } from './preferences.svelte.ts';
import { TabCalls } from './tab-calls.svelte.ts';
import { takeCallLock, type HeldLock } from './tab-lock.ts';
import type { CallView } from './view.ts';

/**
 * The screen of a call is much to lay out, and what makes the call sound is in more of a hurry: it comes with the first sound, or after
 * this long. The button answers at once.
 */
const shownAfterMs = 150;

export interface MyCallParts {
  readonly app: AppParts;
  readonly devices: DevicesModel;
  readonly preferences: PreferencesModel;
  /** These three read state. */
  readonly group: (id: string) => Group | null;
  readonly knowledge: () => Knowledge;
  readonly changing: () => Changing | null;
  /** Enter again after it ended. */
  readonly retry: (groupId: string) => void;
}

export class MyCall {
  readonly #parts: MyCallParts;
  readonly #tabs: TabCalls;
  #lock: HeldLock | null = null;
  #call: CallModel | null = $state.raw(null);
  #isShown = $state(false);
  readonly view: CallView | null = $derived(this.#isShown ? (this.#call?.view ?? null) : null);
  readonly isEntering: boolean = $derived(this.#call !== null && !this.#isShown);

  constructor(parts: MyCallParts) {
    this.#parts = parts;
    this.#tabs = new TabCalls(parts.app.tabs, parts.app.locks);
  }

  /** Also one that is over, until it is put away. */
  get model(): CallModel | null {
    return this.#call;
  }

  /** The same, if it is this group's. */
  of(groupId: string): CallModel | null {
    return this.#call?.groupId === groupId ? this.#call : null;
  }

  /** Of whose group I am in the voice chat. */
  isIn(groupId: string): boolean {
    return this.of(groupId)?.isOver === false;
  }

  get isOver(): boolean {
    return this.#call === null || this.#call.isOver;
  }

  /** The group whose voice chat another tab of this browser is in. */
  get elsewhere(): string | null {
    return this.#tabs.elsewhere;
  }

  /** Leaves any other and goes into that of `group`. */
  enter(core: Core, group: Group, wishes: { readonly isMuted: boolean; readonly isCameraOn: boolean }): void {
    const { app, devices, preferences, knowledge, changing } = this.#parts;
    // One that is on the screen, and over, makes way for the next without a gap.
    this.#isShown = this.#call !== null;
    this.leave();
    const show = (): void => {
      if (this.#call === call) this.#isShown = true;
    };
    app.line.clock.after(shownAfterMs, show);
    const call: CallModel = new CallModel({
      onUnderWay: () => {
        show();
        if (this.#call === call && call.isOver) this.#letGo();
      },
      ...livePartsOf(app, core, group),
      group: () => this.#parts.group(group.id),
      ...{ knowledge, changing, preferences },
      hasOtherCamera: () => devices.hasOtherCamera,
      onDevice: () => devices.watch(),
      onEndedForAll: () => {
        if (this.#call === call) this.leave();
      },
      retry: () => this.#parts.retry(group.id),
    });
    this.#call = call;
    this.#lock = takeCallLock(app.locks, {
      onHeld: () => this.#tabs.enter(group.id),
      onTaken: () => call.end('call_elsewhere'),
    });
    // Before anything is captured.
    if (wishes.isMuted) call.toggleMic();
    if (wishes.isCameraOn) call.toggleCamera();
    call.start();
  }

  leave(): void {
    this.#call?.end(null);
    this.#call = null;
    this.#letGo();
  }

  /** The page goes away. */
  abandon(): void {
    this.#call?.abandon();
    this.#call = null;
    this.#letGo();
  }

  /** Another tab may have the voice chat. */
  #letGo(): void {
    this.#lock?.release();
    this.#lock = null;
    this.#tabs.enter(null);
  }
}
