// A call's entries as they are read (D1, D7), page by page, inside somebody else's transaction. calls.ts writes them.
import type { Entry } from './store.ts';
import type { Tx } from './tables.ts';

/** Most entries of one page, and most characters of their messages and Welcomes together. */
const pageEntries = 256;
const pageCharacters = 4 * 1024 * 1024;

/** One page of entries: at least one if there is one, else as many as fit both limits. */
export async function entriesAfter(
  tx: Tx,
  callId: string,
  { after, withWelcomes }: { readonly after: number; readonly withWelcomes: boolean },
): Promise<Entry[]> {
  const query = tx
    .selectFrom('entries')
    .where('call_id', '=', callId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(pageEntries);
  const sizes = await query
    .select((eb) => [
      'position',
      eb.fn<number>('length', ['message']).as('message'),
      eb.fn<number | null>('length', ['welcome']).as('welcome'),
    ])
    .execute();
  let budget = pageCharacters;
  const fitting = sizes.filter(({ message, welcome }, index) => {
    budget -= message + (withWelcomes ? (welcome ?? 0) : 0);
    return budget >= 0 || index === 0;
  });
  const last = fitting.at(-1);
  if (last === undefined) return [];
  const rows = await query
    .select(['position', 'kind', 'generation', 'epoch', 'message'])
    .$if(withWelcomes, (all) => all.select('welcome'))
    .where('position', '<=', last.position)
    .execute();
  return rows.map(({ welcome = null, ...entry }) => ({ ...entry, welcome }));
}
