// The call's numbers for a person who looks for what is wrong, and for whom they send them to: from media, the times of live-call.ts and the
// names on the screen. What is copied names nobody and holds no key, link, token, address or name: people are numbers.
import type { Diagnostics } from '../media/diagnostics.ts';
import type { JoinTimes, RekeyTimes, TimelineView } from './timeline.ts';
import type { DiagnosticsView, TrackView } from './view.ts';

export interface DiagnosticsParts {
  readonly phase: string;
  readonly timeline: TimelineView;
  /** Null: there is no media yet, or none any more. */
  readonly media: Diagnostics | null;
  /** LiveKit identities in the order of the leaves: who is which number. */
  readonly leaves: readonly string[];
  /** Null: nobody who holds the key. */
  readonly nameOf: (livekitIdentity: string) => string | null;
  readonly build: string;
  readonly browser: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export function diagnosticsOf(parts: DiagnosticsParts): DiagnosticsView {
  const { phase, timeline, media, leaves, nameOf } = parts;
  const tracks = (media?.tracks ?? []).map(({ livekitIdentity, ...figures }): TrackView => {
    const who = livekitIdentity === null ? null : nameOf(livekitIdentity);
    const place = livekitIdentity === null ? -1 : leaves.indexOf(livekitIdentity);
    return { who, isMine: livekitIdentity === null, number: place < 0 ? null : place + 1, ...figures };
  });
  const view = {
    ...{ phase, connection: media?.connection ?? 'none', build: parts.build, path: media?.path ?? null },
    ...{ joins: timeline.joins, rekeys: timeline.rekeys, tracks, frames: media?.frames ?? null },
  };
  return { ...view, text: textOf(view, parts) };
}

/** In the field's own words, whatever the language of the screen: it is read by those who mend the program. */
function textOf(view: Omit<DiagnosticsView, 'text'>, { browser, nowMs }: DiagnosticsParts): string {
  const { path, frames } = view;
  const drops = Object.entries(frames?.dropped ?? {}).filter(([, count]) => count > 0);
  return [
    `Aparté ${view.build}, ${new Date(nowMs).toISOString()}`,
    browser,
    `call: ${view.phase}; connection: ${view.connection}`,
    path === null
      ? 'path: none'
      : `path: ${path.local} to ${path.remote}, ${path.protocol}, round trip ${ms(path.roundTripMs)}`,
    '',
    'joins (ms from the tap)',
    ...view.joins.map(joinLine),
    '',
    'epochs (latest first; ms from the entry of the log)',
    ...view.rekeys.map(rekeyLine),
    '',
    'tracks',
    ...view.tracks.map(trackLine),
    '',
    frames === null
      ? 'frames: none'
      : `frames: sealed ${frames.sealed}, held ${frames.held}, arrived ${frames.arrived}, opened ${frames.opened}`,
    `dropped: ${drops.length === 0 ? 'none' : drops.map(([reason, count]) => `${reason} ${count}`).join(', ')}`,
  ].join('\n');
}

function joinLine(join: JoinTimes): string {
  const { ticketMs, connectedMs, keysMs, publishedMs, heardMs } = join;
  const steps = {
    ticket: ticketMs,
    connected: connectedMs,
    keys: keysMs,
    published: publishedMs,
    heard: heardMs,
  };
  const said = Object.entries(steps).map(([step, atMs]) => `${step} ${ms(atMs)}`);
  return `  ${timeOf(join.atMs)}: ${said.join(', ')}`;
}

function rekeyLine({ atMs, generation, epoch, members, came, went, keysMs, switchedMs }: RekeyTimes): string {
  const change = `${members} members (+${came} -${went})`;
  return `  ${timeOf(atMs)}: ${generation}/${epoch}, ${change}, keys ${ms(keysMs)}, sending ${ms(switchedMs)}`;
}

function trackLine({ isMine, number, source, codec, kbps, picture, lost }: TrackView): string {
  const who = isMine ? 'me' : number === null ? 'nobody with a key' : `member ${number}`;
  const size = picture === null ? [] : [`${picture.width}x${picture.height} at ${picture.fps}/s`];
  const parts = [codec ?? 'no codec', kbps === null ? 'no rate' : `${kbps} kbit/s`, ...size];
  return `  ${who}, ${source}: ${[...parts, lost === null ? 'loss unknown' : `loss ${percent(lost)} %`].join(', ')}`;
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}

function ms(value: number | null): string {
  return value === null ? '-' : `${value} ms`;
}

function percent(share: number): number {
  return Math.round(share * 1000) / 10;
}
