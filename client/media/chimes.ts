// The few sounds of a call, made on the spot: soft, shorter than 0.3 s and at most −18 dB of full scale. They come out where the voices do.
import { routeTo } from './sink.ts';

export type ChimeName = 'join' | 'leave' | 'allowed' | 'keyChanged';

interface Note {
  readonly hz: number;
  readonly atS: number;
  readonly lastsS: number;
}

/** −18 dB of full scale. */
const loudest = 10 ** (-18 / 20);
const risesInS = 0.012;

export const notes: Readonly<Record<ChimeName, readonly Note[]>> = {
  join: [
    { hz: 587.33, atS: 0, lastsS: 0.14 },
    { hz: 880, atS: 0.11, lastsS: 0.17 },
  ],
  leave: [
    { hz: 783.99, atS: 0, lastsS: 0.14 },
    { hz: 523.25, atS: 0.11, lastsS: 0.17 },
  ],
  allowed: [
    { hz: 659.26, atS: 0, lastsS: 0.09 },
    { hz: 783.99, atS: 0.08, lastsS: 0.09 },
    { hz: 987.77, atS: 0.16, lastsS: 0.12 },
  ],
  keyChanged: [{ hz: 155.56, atS: 0, lastsS: 0.29 }],
};

/** Lays the notes into `context`, from `fromS` of its time on. */
export function score(context: BaseAudioContext, name: ChimeName, fromS: number): void {
  const out = new GainNode(context, { gain: loudest });
  out.connect(context.destination);
  for (const { hz, atS, lastsS } of notes[name]) {
    const [beginS, endS] = [fromS + atS, fromS + atS + lastsS];
    const tone = new OscillatorNode(context, { type: 'sine', frequency: hz });
    const swell = new GainNode(context, { gain: 0 });
    // Two notes that overlap are no louder together than one.
    const top = notes[name].length > 1 ? 0.5 : 1;
    swell.gain.setValueAtTime(0, beginS);
    swell.gain.linearRampToValueAtTime(top, beginS + risesInS);
    swell.gain.exponentialRampToValueAtTime(0.001, endS);
    tone.connect(swell).connect(out);
    tone.start(beginS);
    tone.stop(endS);
  }
}

/** Plays it once, on `speaker` (null: the system's) where a page can choose. Never throws: a sound is not worth an error. */
export async function playChime(name: ChimeName, speaker: string | null): Promise<void> {
  if (typeof AudioContext === 'undefined') return;
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    if (speaker !== null) await routeTo(context, speaker);
    score(context, name, context.currentTime + 0.02);
    await new Promise((resolve) => setTimeout(resolve, 500));
  } catch {
    // As said.
  } finally {
    await context.close().catch(() => undefined);
  }
}
