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
  | 'stale'
  | 'misshown'
  | 'silenced'
  | 'listener'
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
  if (row.isListener === true) return 'listener';
  return row.isSpeaking && !row.isMuted ? 'speaking' : 'listening';
}

function myCondition(row: CallRow, call: MyCall): Condition {
  if (call.mic === 'denied' || call.mic === 'missing' || call.mic === 'failed') return 'mute';
  if (call.phase === 'inCall' && call.mic === 'listener') return 'listening';
  if (call.phase !== 'inCall' || call.mic === 'starting') return 'entering';
  return row.isMuted ? 'muted' : 'live';
}

export function conditionWords(t: Words, condition: Condition, name: string): string {
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
    case 'stale':
      return t.row.stale;
    case 'misshown':
      return t.row.misshown;
    case 'silenced':
      return t.row.silenced(name);
    case 'listener':
      return t.row.listener;
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
