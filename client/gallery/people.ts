// The people of the look's frames, and pictures that stand in for their cameras: drawn, so that nothing is downloaded.
import { toneOf } from '../ui/names.ts';
import type { CallRow, FaceView, Person, TileView, Verification } from '../state/view.ts';

export const verified: Verification = {
  state: 'verified',
  atMs: new Date(new Date().getFullYear(), 2, 3, 14).getTime(),
};
export const unverified: Verification = { state: 'unverified' };
export const changed: Verification = { state: 'changed' };

/** An id that gets the avatar colour of the look's frames. */
function idFor(name: string): string {
  const wanted = ['Noor', 'Ada', 'Ben', 'Cyd', 'Dora', 'Elif', 'Farid'].indexOf(name);
  let id = `id-${name}`;
  while (wanted >= 0 && toneOf(id) !== wanted) id += '.';
  return id;
}

const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: idFor(name),
  name,
  face: { kind: 'initials' },
  excerpt: null,
  isMe: false,
  role: 'member',
  can: [],
  isChanging: false,
  verification: unverified,
  isInCall: false,
  ...more,
});

export const ada = person('Ada', { role: 'owner', verification: verified });
export const noor = person('Noor', { isMe: true });
export const ben = person('Ben');
export const elif = person('Elif', { verification: verified });
export const dora = person('Dora', { verification: verified });
export const farid = person('Farid');
export const cyd = person('Cyd');
export const seven = [ada, noor, ben, elif, dora, farid, cyd];

export const row = (from: Person, more: Partial<CallRow> = {}): CallRow => ({
  id: from.id,
  name: from.name,
  face: from.face,
  excerpt: from.excerpt,
  isMe: from.isMe,
  verification: from.verification,
  isMuted: false,
  isSpeaking: false,
  level: 0,
  hand: 0,
  can: [],
  status: 'here',
  ...more,
});

export const tile = (from: Person, more: Partial<TileView> = {}): TileView => ({
  id: `${from.id}:${more.source ?? 'camera'}`,
  personId: from.id,
  name: from.name,
  face: from.face,
  isMe: from.isMe,
  source: 'camera',
  stream: picture(from.name),
  isSpeaking: false,
  ...{ isMuted: false, hand: 0 },
  verification: from.verification,
  status: 'playing',
  ...more,
});

const grounds: readonly (readonly [string, string])[] = [
  ['#6f5a4c', '#372b2c'],
  ['#35635f', '#152a2d'],
  ['#525c84', '#1d2135'],
  ['#7b5571', '#2d1e2d'],
];

/** A moving picture of somebody: head, shoulders, a wall. */
export function picture(name: string, kind: 'camera' | 'screen' = 'camera'): MediaStream {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  const context = canvas.getContext('2d');
  const [light, dark] = grounds[(name.codePointAt(0) ?? 0) % grounds.length] ?? ['#555', '#222'];
  const draw = (): void => {
    if (context === null) return;
    const wall = context.createLinearGradient(0, 0, 640, 480);
    wall.addColorStop(0, kind === 'screen' ? '#fbf7ef' : light);
    wall.addColorStop(1, kind === 'screen' ? '#ece6dc' : dark);
    context.fillStyle = wall;
    context.fillRect(0, 0, 640, 480);
    if (kind === 'screen') {
      drawNotes(context);
      return;
    }
    for (const [colour, x, y, wide, high] of [
      ['#c9b9a0', 320, 520, 200, 200],
      ['#c98f6c', 320, 220, 64, 84],
    ] as const) {
      context.fillStyle = colour;
      context.beginPath();
      context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
      context.fill();
    }
  };
  const stream = canvas.captureStream(5);
  draw();
  // A captured canvas sends a frame only when it is drawn on.
  setInterval(draw, 200);
  return stream;
}

function drawNotes(context: CanvasRenderingContext2D): void {
  context.fillStyle = '#35303a';
  context.font = 'italic 34px serif';
  context.fillText('Act two, the letter', 180, 90);
  context.strokeStyle = '#35303a';
  context.lineWidth = 3;
  context.strokeRect(150, 140, 340, 230);
}

export const letters: FaceView = { kind: 'initials' };
/** Signs that are in the fonts of a bare machine, too. */
export const sun: FaceView = { kind: 'emoji', emoji: '☀️', tone: 5 };
export const anchor: FaceView = { kind: 'emoji', emoji: '⚓', tone: 2 };

/** A drawn picture, here at once. */
export function portrait(name: string): FaceView {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [96, 96];
  const context = canvas.getContext('2d');
  const [light, dark] = grounds[(name.codePointAt(0) ?? 0) % grounds.length] ?? ['#555', '#222'];
  if (context !== null) {
    for (const [colour, x, y, wide, high] of [
      [light, 48, 48, 96, 96],
      [dark, 48, 108, 44, 40],
      ['#c98f6c', 48, 44, 19, 24],
    ] as const) {
      context.fillStyle = colour;
      context.beginPath();
      context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
      context.fill();
    }
  }
  return { kind: 'picture', picture: { url: canvas.toDataURL(), want: () => undefined } };
}
