// What a screen reader is told when the people or the safety of a call change: the difference of two moments, as lines.
// Announcer.svelte coalesces them, so that ten people who come at once are one sentence.
import type { Words } from '../../i18n/en.ts';
import type { CallView } from '../../state/view.ts';
import { trustOf, trustWords } from './trust.ts';

export type Moment = Pick<CallView, 'rows' | 'phase' | 'callCode' | 'using'>;

export interface Change {
  /** Comings and goings, and other devices than before: also the stage direction on the screen. */
  readonly direction: string;
  /** Everything, for the live region; empty when nothing worth saying changed. */
  readonly spoken: string;
}

export function changeBetween(before: Moment, after: Moment, t: Words): Change {
  const came = othersOf(after).filter((row) => !has(before, row.id));
  const went = othersOf(before).filter((row) => !has(after, row.id));
  // The first people I find when I come in did not "enter".
  const isEntry = before.phase === 'joining';
  const moves = [
    came.length > 0 && !isEntry ? t.call.enters(came.map((row) => row.name)) : '',
    went.length > 0 ? t.call.exits(went.map((row) => row.name)) : '',
  ].filter((line) => line !== '');

  const devices = devicesBetween(before.using, after.using, t);
  const hands = othersOf(after).filter((row) => row.hand > 0 && !handsOf(before).has(row.id));
  const raised = hands.length > 0 && !isEntry ? t.call.raises(hands.map((row) => row.name)) : '';
  const safety = trustWords(t, trustOf(after));
  const isSafetyNew = safety !== trustWords(t, trustOf(before));
  const phase = after.phase === before.phase ? '' : phaseWords(after, t);
  const lines = [
    ...moves,
    ...devices,
    raised,
    phase,
    isSafetyNew && phase === '' ? t.trust.said(safety) : '',
  ];
  return {
    direction: [...moves, ...devices].join('. '),
    spoken: lines.filter((line) => line !== '').join('. '),
  };
}

/** Another one than before is in use: plugged in, unplugged, chosen. The first of a call is no news. */
function devicesBetween(before: CallView['using'], after: CallView['using'], t: Words): string[] {
  const isOther = (was: string | null, is: string | null): is is string =>
    was !== null && is !== null && was !== is;
  return [
    ...(isOther(before.microphone, after.microphone) ? [t.call.nowMicrophone(after.microphone)] : []),
    ...(isOther(before.camera, after.camera) ? [t.call.nowCamera(after.camera)] : []),
  ];
}

function phaseWords(call: Moment, t: Words): string {
  switch (call.phase) {
    case 'reconnecting':
      return `${t.trouble.reconnecting}. ${t.trouble.reconnectingWhy}`;
    case 'restarting':
      return t.trouble.restarting;
    case 'inCall':
      return t.call.people(call.rows.filter((row) => row.status !== 'outsider').length);
    case 'joining':
    case 'ended':
      return '';
  }
}

function othersOf(call: Moment): Moment['rows'] {
  return call.rows.filter((row) => !row.isMe && row.status !== 'outsider');
}

function handsOf(call: Moment): ReadonlySet<string> {
  return new Set(call.rows.filter(({ hand }) => hand > 0).map(({ id }) => id));
}

function has(call: Moment, id: string): boolean {
  return call.rows.some((row) => row.id === id && row.status !== 'outsider');
}
