// The colour of the footlight and the words that go with it: one source for the bar, the pill and the bar at the foot of a
// page. The lamp is out whenever nobody can hear me and it is not by my own wish.
import type { Words } from '../../i18n/en.ts';
import type { CallView } from '../../state/view.ts';

/** `held`: it is for others to let me speak, or one of them muted me. */
export type Lamp = 'live' | 'muted' | 'held' | 'lost';

type MicOfCall = Pick<CallView, 'phase' | 'mic' | 'isHandUp' | 'mutedBy' | 'isTalkHeld' | 'isTalkingMuted'>;

export function lampOf(call: MicOfCall): Lamp {
  if (call.phase !== 'inCall') return 'lost';
  if (call.mic === 'listener' || (call.mic === 'muted' && call.mutedBy !== null)) return 'held';
  return call.mic === 'live' ? 'live' : call.mic === 'muted' ? 'muted' : 'lost';
}

/** What is on the lamp, by what a tap on it does. */
export type Press = 'mute' | 'unmute' | 'raise' | 'lower';

export function pressOf(call: MicOfCall): Press {
  if (call.mic === 'listener') return call.isHandUp ? 'lower' : 'raise';
  return isMicOn(call) ? 'mute' : 'unmute';
}

export function pressWords(t: Words, press: Press): string {
  const { bar } = t;
  return { mute: bar.mute, unmute: bar.unmute, raise: bar.raise, lower: bar.lower }[press];
}

/** What a tap on the mic does: the microphone is on, or on its way. */
function isMicOn(call: MicOfCall): boolean {
  return call.mic === 'live' || call.mic === 'starting' || call.mic === 'withheld';
}

/** Two short sentences: how it is, and what a tap does or what comes next. */
export function stateWords(t: Words, call: MicOfCall): { state: string; hint: string } {
  const { bar } = t;
  if (call.phase === 'joining') return { state: bar.joining, hint: bar.notHeardYet };
  if (call.phase !== 'inCall') return { state: bar.lost, hint: bar.lostHint };
  switch (call.mic) {
    case 'live':
      return { state: bar.live, hint: call.isTalkHeld ? bar.letGoToMute : bar.tapToMute };
    case 'muted':
      if (call.isTalkingMuted && call.mutedBy === null) return { state: bar.talkingMuted, hint: bar.justTap };
      return { state: call.mutedBy === null ? bar.muted : bar.mutedBy(call.mutedBy), hint: bar.tapToTalk };
    case 'starting':
      return { state: bar.joining, hint: bar.notHeardYet };
    case 'withheld':
      return { state: bar.withheld, hint: bar.withheldHint };
    case 'listener':
      return call.isHandUp
        ? { state: bar.handUp, hint: bar.handUpHint }
        : { state: bar.listener, hint: bar.listenerHint };
    case 'denied':
    case 'missing':
    case 'failed':
      return { state: bar.noMic, hint: bar.listenOnly };
  }
}
