// A view that changes as a live one does: ten times a second every level is another and every row and tile a new object. What
// must not start over for that (a video, a timer) shows itself here and on no still fixture.
import type { AppView, CallView } from '../state/view.ts';

const everyMs = 100;

export function moving(start: AppView): AppView {
  let view = $state.raw(start);
  setInterval(() => {
    if (view.call !== null) view = { ...view, call: withLevels(view.call) };
  }, everyMs);
  return new Proxy(start, { get: (_, key) => view[key as keyof AppView] });
}

function withLevels(call: CallView): CallView {
  const level = Math.abs(Math.sin(Date.now() / 300));
  return {
    ...call,
    rows: call.rows.map((row) => ({ ...row, level: row.isSpeaking ? level : 0 })),
    tiles: call.tiles.map((tile) => ({ ...tile })),
  };
}
