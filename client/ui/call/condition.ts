// What one row of the people list says: the first of these that holds. Trouble comes before speech, because somebody who
// cannot be decrypted is not "listening".
import type { Words } from '../../i18n/en.ts';
import type { CallRow, CallView, MediaTrouble } from '../../state/view.ts';

export type Condition =
  | 'outsider'
  | 'lost'
  | 'entering'
  | MediaTrouble
  | 'away'
  | 'apart'
  | 'forked'
  | 'stale'
  | 'misshown'
  | 'silenced'
  | 'shutOut'
  | 'mutedForMe'
  | 'withholding'
  | 'withheld'
  | 'listener'
  | 'hand'
  | 'changing'
  | 'mute'
  | 'live'
  | 'muted'
  | 'speaking'
  | 'listening';

type MyCall = Pick<CallView, 'phase' | 'mic'>;

export function conditionOf(row: CallRow, call: MyCall): Condition {
  if (row.status === 'outsider') return 'outsider';
  if (call.phase === 'reconnecting') return 'lost';
  if (row.isMe) return myCondition(row, call);
  if (row.status !== 'here') return row.status;
  if (row.isChanging === true) return 'changing';
  if (row.isMutedForMe === true) return 'mutedForMe';
  // The ring says who speaks; a hand would go unseen for as long as they do.
  if (row.hand > 0) return 'hand';
  if (row.isSpeaking && !row.isMuted) return 'speaking';
  return row.isListener === true ? 'listener' : 'listening';
}

function myCondition(row: CallRow, call: MyCall): Condition {
  if (call.mic === 'denied' || call.mic === 'missing' || call.mic === 'failed') return 'mute';
  if (call.phase === 'inCall' && call.mic === 'listener') return row.hand > 0 ? 'hand' : 'listening';
  if (call.phase !== 'inCall' || call.mic === 'starting') return 'entering';
  if (call.mic === 'withheld') return 'withheld';
  if (!row.isMuted) return 'live';
  return row.hand > 0 ? 'hand' : 'muted';
}

export function conditionWords(
  t: Words,
  condition: Condition,
  { name, hand }: Pick<CallRow, 'name' | 'hand'>,
): string {
  switch (condition) {
    case 'outsider':
      return t.row.outsider;
    case 'lost':
      return t.call.reconnecting;
    case 'entering':
      return t.bar.notHeardYet;
    case 'waiting':
      return t.row.waiting(name);
    case 'wrongKey':
      return t.row.wrongKey(name);
    case 'stalled':
      return t.row.stalled(name);
    case 'damaged':
      return t.row.damaged(name);
    case 'away':
      return t.row.away;
    case 'apart':
      return t.row.apart(name);
    case 'forked':
      return t.row.forked;
    case 'stale':
      return t.row.stale;
    case 'misshown':
      return t.row.misshown;
    case 'shutOut':
      return t.row.shutOut;
    case 'withholding':
      return t.row.withholding;
    case 'withheld':
      return t.bar.withheld;
    case 'silenced':
      return t.row.silenced(name);
    case 'mutedForMe':
      return t.row.mutedForMe;
    case 'listener':
      return t.row.listener;
    case 'hand':
      return t.row.hand(hand);
    case 'changing':
      return t.loading;
    case 'mute':
      return t.bar.noMic;
    case 'live':
      return t.row.live;
    case 'muted':
      return t.row.muted;
    case 'speaking':
      return t.row.speaking;
    case 'listening':
      return t.row.listening;
  }
}
