// The call as it was, told to a joiner in such a way that all of it agrees: the epoch, its very own GroupInfo, a log that ends with it, and who
// had places then. hostile-service.ts carries it; pages.ts has what is changed in single pages.
import type { Attack } from './hostile-service.ts';
import { isAppend, isLogRead, linger, withPage, type Page, type Participant } from './pages.ts';
import type { StolenStore } from './stolen-store.ts';

type State = Pick<Page, 'generation' | 'epoch' | 'position' | 'groupInfo'>;

export interface FormerCall extends State {
  readonly participants: readonly Participant[];
}

/** As it is now: for later. */
export function keepCall(store: StolenStore): FormerCall {
  const { call_id, generation, epoch, position, group_info: groupInfo } = store.call();
  return { generation, epoch, position, groupInfo, participants: store.places(call_id) };
}

/**
 * What `identity` is told of the call is `former`, and of who is there now only their own place. A commit of theirs is offered to the
 * service, or, with `areCommitsKept`, is told to be accepted while nobody else hears of it. A generation that they open is the service's to
 * accept, and the end of the lie.
 */
export function formerCallFor(
  identity: string,
  former: FormerCall,
  { areCommitsKept }: { readonly areCommitsKept: boolean },
): Attack {
  let { participants, ...state } = former;
  let isOver = false;
  const tell = (page: Page): Page => {
    const own = page.participants.filter((one) => one.identity === identity);
    if (own.length > 0) participants = [...former.participants, ...own];
    const groupInfo = page.groupInfo && state.groupInfo;
    return { ...page, ...state, groupInfo, entries: [], participants, participantsSince: null };
  };
  return async (asked, truth) => {
    if (asked.by !== identity || isOver) return truth();
    if (isAppend(asked)) {
      const { kind, groupInfo } = asked.body as { kind: string; groupInfo: string };
      isOver = kind === 'open';
      if (isOver) return truth();
      if (areCommitsKept) {
        const { generation, epoch, position } = state;
        state = { generation, epoch: epoch + 1, position: position + 1, groupInfo };
        return { status: 201, body: { generation, epoch: epoch + 1, position: position + 1 } };
      }
    }
    const answer = await truth();
    const { participantsVersion } = (answer.body ?? {}) as Partial<Page>;
    if (isLogRead(asked) && String(participantsVersion) === asked.query.get('seen'))
      await linger(Number(asked.query.get('waitMs')), [asked.hungUp, asked.nudged]);
    return withPage(answer, tell);
  };
}
