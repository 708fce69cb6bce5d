// The eyes of the probe: draws every <video> that was given a stream to a small canvas and says whose colour fills it and
// whether the bar moves. Pictures are judged by content, never by counters.
import { streamElements } from './ears.ts';

/** One `<video>`. `whose` is null when no person's colour fills the picture. */
export interface Sight {
  readonly whose: string | null;
  readonly isMoving: boolean;
  /** In the document and with a size on the page. */
  readonly isShown: boolean;
  readonly width: number;
  readonly height: number;
  /** Accessible name of the element or of what is around it, when there is one. For the log of a failure. */
  readonly near: string;
}

const everyMs = 200;
const size = { width: 48, height: 27 };
/** Movement counts when the brightest column moved by a tenth of the picture within the last looks. */
const keptLooks = 8;

/** Somebody or something with a colour of its own. */
interface Coloured {
  readonly name: string;
  readonly hue: number;
}

interface Look {
  readonly whose: string | null;
  readonly brightColumn: number;
}

/** Starts looking. The result answers what is seen. */
export function watchPictures(people: readonly Coloured[]): () => readonly Sight[] {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const looks = new Map<HTMLVideoElement, Look[]>();
  setInterval(() => {
    for (const video of videos()) {
      if (video.videoWidth === 0) continue;
      context.drawImage(video, 0, 0, size.width, size.height);
      const look = examine(context.getImageData(0, 0, size.width, size.height).data, people);
      looks.set(video, [...(looks.get(video) ?? []), look].slice(-keptLooks));
    }
  }, everyMs);
  return () =>
    videos().map((video) => {
      const kept = looks.get(video) ?? [];
      const columns = kept.map((look) => look.brightColumn);
      const box = video.getBoundingClientRect();
      return {
        whose: kept.at(-1)?.whose ?? null,
        isMoving: columns.length > 2 && Math.max(...columns) - Math.min(...columns) > size.width / 10,
        isShown: video.isConnected && box.width > 1 && box.height > 1,
        width: video.videoWidth,
        height: video.videoHeight,
        near: video.getAttribute('aria-label') ?? video.parentElement?.textContent.trim().slice(0, 40) ?? '',
      };
    });
}

function videos(): HTMLVideoElement[] {
  const isPlaying = (element: HTMLMediaElement): element is HTMLVideoElement =>
    element instanceof HTMLVideoElement &&
    element.srcObject instanceof MediaStream &&
    element.srcObject.getVideoTracks().some((track) => track.readyState === 'live');
  return streamElements().filter(isPlaying);
}

/** Whose hue fills most of the picture, and which column is brightest (centre of the brightest quarter). */
function examine(pixels: Uint8ClampedArray, people: readonly Coloured[]): Look {
  const votes = new Map<string, number>();
  const columns = new Float64Array(size.width);
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    const x = (i / 4) % size.width;
    columns[x] = columns[x]! + r + g + b;
    const hue = hueOf(r, g, b);
    if (hue === null) continue;
    for (const person of people) {
      const apart = Math.abs(((hue - person.hue + 540) % 360) - 180);
      if (apart < 25) votes.set(person.name, (votes.get(person.name) ?? 0) + 1);
    }
  }
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  const whose = best !== undefined && best[1] > 0.6 * size.width * size.height ? best[0] : null;
  return { whose, brightColumn: centreOfBrightest(columns) };
}

function hueOf(r: number, g: number, b: number): number | null {
  const max = Math.max(r, g, b);
  const chroma = max - Math.min(r, g, b);
  if (chroma < 50) return null;
  const sector =
    max === r ? ((g - b) / chroma + 6) % 6 : max === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  return sector * 60;
}

function centreOfBrightest(columns: Float64Array): number {
  const threshold = [...columns].sort((a, b) => b - a)[Math.floor(columns.length / 4)]!;
  let sum = 0;
  let count = 0;
  columns.forEach((brightness, x) => {
    if (brightness < threshold) return;
    sum += x;
    count++;
  });
  return sum / count;
}
