// What the rows of the people list show, each as one object that stays the same while nothing of it changes: a row reads its own and nothing
// else of the call, so that the levels of one voice, ten times a second, are not asked about by two hundred rows.
import type { CallRow, CallView } from '../../state/view.ts';
import { conditionOf, type Condition } from './condition.ts';

export interface ShownPerson {
  readonly row: CallRow;
  readonly condition: Condition;
  /** The picture that can be pinned, the screen before the camera; null: there is none. */
  readonly tileId: string | null;
  readonly isPinned: boolean;
}

type Call = Pick<CallView, 'rows' | 'tiles' | 'phase' | 'mic'>;

export class ShownPeople {
  #shown = new Map<string, ShownPerson>();

  /** In the order of the rows. `pins`: ids of tiles. */
  of(call: Call, pins: readonly string[]): readonly ShownPerson[] {
    const tileOf = new Map(call.tiles.toReversed().map(({ personId, id }) => [personId, id]));
    const people = call.rows.map((row) => {
      const tileId = tileOf.get(row.id) ?? null;
      return this.#keep({
        ...{ row, condition: conditionOf(row, call), tileId: call.tiles.length > 1 ? tileId : null },
        isPinned: tileId !== null && pins.includes(tileId),
      });
    });
    this.#shown = new Map(people.map((person) => [person.row.id, person]));
    return people;
  }

  #keep(person: ShownPerson): ShownPerson {
    const old = this.#shown.get(person.row.id);
    const isOld =
      old?.row === person.row &&
      old.condition === person.condition &&
      old.tileId === person.tileId &&
      old.isPinned === person.isPinned;
    return isOld ? old : person;
  }
}
