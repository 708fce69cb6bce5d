// The icons of the app, drawn from the mark on its screens and the colours of its tokens. icons.ts writes them; a test holds what is in
// client/public to them.
import { readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** `rounded`: stands for itself. `full`: the system cuts its own shape out, and leaves at least the middle four fifths. */
export type Shape = 'rounded' | 'full';

const side = 64;
/** Of the mark, which is drawn 30 by 24. */
const scales: Readonly<Record<Shape, number>> = { rounded: 1.6, full: 1.5 };

export function iconSvg(shape: Shape): string {
  const scale = scales[shape];
  const [x, y] = [side / 2 - 15 * scale, side / 2 - 12 * scale].map((at) => Number(at.toFixed(2)));
  const { ground, strokes, point } = colours();
  const rounding = shape === 'rounded' ? ' rx="15"' : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}">`,
    `<rect width="${side}" height="${side}"${rounding} fill="${ground}"/>`,
    `<g transform="translate(${x} ${y}) scale(${scale})">`,
    `<path fill="${strokes}" stroke="${strokes}" stroke-width=".7" stroke-linejoin="round" d="${markPath()}"/>`,
    `<circle cx="15" cy="12" r="2.7" fill="${point}"/></g></svg>\n`,
  ].join('');
}

/** The two strokes of client/ui/parts/Mark.svelte. */
function markPath(): string {
  return found(/<path\s+d="([^"]+)"/.exec(read('../ui/parts/Mark.svelte')));
}

/** Of the house with its lights down, which is what the app shows first on most devices. */
export function colours(): { readonly ground: string; readonly strokes: string; readonly point: string } {
  const dark = found(/\[data-theme='dark'\] \{([^}]+)\}/.exec(read('../styles/tokens.css')));
  const token = (name: string): string => found(new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(dark));
  return { ground: token('bg'), strokes: token('text'), point: token('verified-fill') };
}

/** Ground of the page in the light. */
export function lightGround(): string {
  return found(/prefers-color-scheme: light\)[^}]*--bg: (#[0-9a-f]{6});/.exec(read('../styles/tokens.css')));
}

function found(match: RegExpExecArray | null): string {
  if (match?.[1] === undefined) throw new Error('mark or colours are not where icon-svg.ts looks for them');
  return match[1];
}
