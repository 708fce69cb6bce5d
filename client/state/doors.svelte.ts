// Doors as screens show them (G15): where I wait to be let in, and who waits where I may let somebody in. app.svelte.ts holds one;
// client/groups/knocking.ts and door.ts know.
import { equal, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { Member } from '../../crypto/group/index.ts';
import { safetyNumber } from '../../crypto/safety/index.ts';
import type { Waiting } from '../groups/door.ts';
import type { MyKnock } from '../groups/knocking.ts';
import { verificationOf } from '../groups/verification.ts';
import type { Core } from './core.ts';
import { idOf } from './ids.ts';
import type { Changing, Knowledge } from './people.ts';
import type { DoorView, KnockCard, WaitingView } from './view.ts';

/** Of the number, on a card: enough to recognise one that was compared before, and no comparison. */
const shownGroups = 3;

type DoorCore = Pick<Core, 'groups' | 'doors' | 'knocking' | 'device'>;

export class DoorModel {
  readonly #core: DoorCore;
  #mine: readonly MyKnock[] = $state.raw([]);
  #before: Readonly<Record<string, Waiting>> = $state.raw({});
  #numbers: Readonly<Record<string, string>> = $state.raw({});
  #counting: Promise<void> = Promise.resolve();

  constructor(core: DoorCore) {
    this.#core = core;
    const look = () => this.#look();
    core.groups.subscribe(look);
    core.doors.subscribe(look);
    core.knocking.subscribe(() => (this.#mine = core.knocking.all));
    this.#mine = core.knocking.all;
    look();
  }

  /** Where I wait, or have an answer that I did not put away yet. */
  get waiting(): readonly WaitingView[] {
    return this.#mine;
  }

  waitingFor(groupId: string): WaitingView | null {
    return this.#mine.find(({ id }) => id === groupId) ?? null;
  }

  /** Who waits at a group's door; null where that is not for me to see. */
  view(groupId: string, knowledge: Knowledge & { readonly changing: Changing | null }): DoorView | null {
    const waiting = this.#before[groupId];
    if (!waiting) return null;
    const { changing, verifications } = knowledge;
    const cardOf = ({ identity, name }: Member): KnockCard => {
      const id = idOf(identity);
      return {
        ...{ id, name },
        verification: verificationOf(verifications, groupId, { identity: id, name }),
        number: this.#numbers[id] ?? null,
        isChanging: changing?.groupId === groupId && changing.personId === id,
      };
    };
    return { people: waiting.people.map(cardOf), refused: waiting.refused };
  }

  /** Somebody who waits, for comparing numbers. */
  find(groupId: string, personId: string): Member | null {
    const people = this.#before[groupId]?.people ?? [];
    return people.find(({ identity }) => idOf(identity) === personId) ?? null;
  }

  /** The service is there again: looks at every door and for every answer. */
  refresh(): void {
    void this.#core.knocking.refreshAll();
    void this.#core.doors.refreshAll();
  }

  #look(): void {
    const { groups, doors } = this.#core;
    const before: Record<string, Waiting> = {};
    for (const { id } of groups.all) {
      const waiting = doors.get(id);
      if (waiting === null) continue;
      before[id] = waiting;
      // A door that has only just become mine.
      if (!(id in this.#before)) void doors.refresh(id);
    }
    this.#before = before;
    for (const { people } of Object.values(before)) for (const one of people) this.#count(one.identity);
  }

  /** One number after the other: each is some ten thousand hashes. */
  #count(identity: Bytes): void {
    const id = toBase64url(identity);
    const me = this.#core.device.identity.publicKey;
    if (id in this.#numbers || equal(identity, me)) return;
    this.#numbers = { ...this.#numbers, [id]: '' };
    this.#counting = this.#counting.then(async () => {
      const digits = (await safetyNumber(me, identity)).match(/\d{5}/g) ?? [];
      this.#numbers = { ...this.#numbers, [id]: digits.slice(0, shownGroups).join(' ') };
    });
  }
}
