// States of what is seen behind somebody: to choose from, being put there, and where it cannot be. Part of states.ts and checks.ts.
import { pictureUrls } from '../media/background/pictures.ts';
import type { BuiltInPicture } from '../media/types.ts';
import type { AppView, BackgroundsView, CallView, DevicesView } from '../state/view.ts';

export const bare = { background: 'none', picture: null } as const;

const names: readonly BuiltInPicture[] = ['dusk', 'hills', 'paper'];
export const backgrounds: BackgroundsView = {
  pictures: names.map((name) => ({ name, url: pictureUrls[name] })),
  ...{ own: null, isWorking: false, problem: null },
};

/** Somebody with a picture behind them: head and shoulders, drawn. */
export function inFrontOf(name: BuiltInPicture): MediaStream {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const context = canvas.getContext('2d');
  const image = new Image(640, 360);
  image.src = pictureUrls[name];
  const draw = (): void => {
    if (context === null || !image.complete) return;
    context.drawImage(image, 0, 0, 640, 360);
    for (const [colour, y, wide, high] of [
      ['#c9b9a0', 400, 150, 150],
      ['#c98f6c', 170, 50, 66],
    ] as const) {
      context.fillStyle = colour;
      context.beginPath();
      context.ellipse(320, y, wide, high, 0, 0, 2 * Math.PI);
      context.fill();
    }
  };
  const stream = canvas.captureStream(5);
  image.onload = draw;
  setInterval(draw, 200);
  return stream;
}

interface Around {
  readonly app: (more: Partial<AppView>) => AppView;
  readonly devices: (more: Partial<DevicesView>) => DevicesView;
  readonly call: () => CallView;
  readonly withCall: (more: Partial<CallView>) => AppView;
}

export function backgroundStates({ app, devices, call, withCall }: Around): Record<string, () => AppView> {
  const wishes = { microphone: 'm2', camera: null, speaker: null, noise: 'standard', picture: 'p' } as const;
  const chosen = (background: DevicesView['chosen']['background'], more: Partial<DevicesView>): AppView =>
    app({ devices: devices({ chosen: { ...wishes, background }, ...more }), call: call() });
  return {
    'background-picture': () => chosen('hills', { camera: 'on', cameraStream: inFrontOf('hills') }),
    'background-own': () =>
      chosen('own', {
        ...{ camera: 'on', cameraStream: inFrontOf('dusk') },
        backgrounds: { ...backgrounds, own: pictureUrls.dusk },
      }),
    'background-coming': () => chosen('strong', { camera: 'starting' }),
    'background-failed': () => chosen('slight', { camera: 'noBackground' }),
    'background-bad-file': () => chosen('none', { backgrounds: { ...backgrounds, problem: 'unreadable' } }),
    'call-no-background': () => withCall({ camera: 'noBackground' }),
  };
}
