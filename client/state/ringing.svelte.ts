// What the screen shows of voice chats that began elsewhere, and the choice to be told by the browser as well. rings.ts finds them.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Group } from '../groups/group.ts';
import { membersInCall, type FaceOf } from './people.ts';
import { Rings, type Notifier, type Ring } from './rings.ts';
import type { NotifyView, RingView } from './view.ts';

export class Ringing {
  readonly #notifier: Notifier;
  readonly #rings = new Rings();
  /** Said and not seen yet, the latest last. */
  #open: readonly Ring[] = $state.raw([]);
  #notify: NotifyView = $state.raw({ state: 'unsupported', isOpen: false, isAsking: false });

  constructor(notifier: Notifier) {
    this.#notifier = notifier;
    this.#notify = { ...this.#notify, state: notifier.state };
  }

  get notify(): NotifyView {
    return this.#notify;
  }

  /** A group changed. */
  note(group: Group, given: { readonly me: Bytes; readonly isMine: boolean }): void {
    const ring = this.#rings.note(group, given);
    const over = this.#open.find(({ groupId }) => groupId === group.id && group.call === null);
    if (over) this.#notifier.clear(over.callId);
    if (over || given.isMine) this.seen(group.id);
    if (ring === null) return;
    this.#open = [...this.#open.filter(({ groupId }) => groupId !== ring.groupId), ring];
    this.#notifier.ring({ ...ring, groupName: group.name });
  }

  /** The person looked, joined or does not want to. */
  seen(groupId: string): void {
    const ring = this.#open.find((one) => one.groupId === groupId);
    if (!ring) return;
    this.#open = this.#open.filter((one) => one !== ring);
    this.#notifier.clear(ring.callId);
  }

  /** The latest that is not on the page. */
  view(
    groups: readonly Group[],
    given: { readonly shownId: string | null; readonly faceOf: FaceOf },
  ): RingView | null {
    const ring = this.#open.findLast(({ groupId }) => groupId !== given.shownId);
    const group = groups.find(({ id }) => id === ring?.groupId);
    if (!ring || !group) return null;
    const names = membersInCall(group).map(({ name }) => name);
    return { groupId: group.id, groupName: group.name, face: given.faceOf(group, group.face), names };
  }

  openNotify(): void {
    this.#notify = { state: this.#notifier.state, isOpen: true, isAsking: false };
  }

  closeNotify(): void {
    this.#notify = { ...this.#notify, isOpen: false };
  }

  async setNotify(isOn: boolean): Promise<void> {
    if (this.#notify.isAsking) return;
    this.#notify = { ...this.#notify, isAsking: true };
    await (isOn ? this.#notifier.turnOn() : this.#notifier.turnOff()).catch(() => undefined);
    this.#notify = { ...this.#notify, state: this.#notifier.state, isAsking: false };
  }
}
