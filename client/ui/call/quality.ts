// The words of a connection that is weak (client/media/quality.ts): of somebody else, or one's own.
import type { Words } from '../../i18n/en.ts';
import type { QualityView } from '../../state/view.ts';

/** Part of a row's status line. */
export function qualityWords(t: Words, { grade, reason, amount }: QualityView): string {
  const words = grade === 'bad' ? t.quality.bad : t.quality.weak;
  return reason === 'line' ? words : t.quality.because(words, reasonWords(t, reason, amount));
}

/** A whole sentence about one's own. */
export function ownQualityWords(t: Words, { grade, reason, amount }: QualityView): string {
  if (reason === 'far') return t.quality.far(amount);
  const words = grade === 'bad' ? t.quality.mineBad : t.quality.mineWeak;
  return reason === 'loss' ? t.quality.because(words, t.quality.loss(amount)) : words;
}

/** A whole sentence about somebody else, for a mark. */
export function theirQualityWords(t: Words, name: string, { grade }: QualityView): string {
  return grade === 'bad' ? t.quality.theirsBad(name) : t.quality.theirsWeak(name);
}

function reasonWords(t: Words, reason: QualityView['reason'], amount: number): string {
  if (reason === 'loss') return t.quality.loss(amount);
  return reason === 'far' ? t.quality.away(amount) : t.quality.frozen;
}
