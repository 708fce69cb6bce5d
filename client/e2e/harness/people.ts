// Who the tests are about: each person has a name, a voice (two tones no other voice shares) and a colour, so that received
// sound and picture can be told apart by content. `media.ts` makes their files, `page/probe.ts` recognises them.

/** A person of the tests. `tonesHz` lie inside the speech band and are no multiples of anybody else's. */
export interface Persona {
  readonly name: string;
  readonly tonesHz: readonly [number, number];
  /** Hue of their camera picture, in degrees. */
  readonly hue: number;
}

export const ada: Persona = { name: 'Ada', tonesHz: [510, 740], hue: 10 };
export const ben: Persona = { name: 'Ben', tonesHz: [1150, 1640], hue: 185 };
export const cyd: Persona = { name: 'Cyd', tonesHz: [2150, 2870], hue: 240 };
/** The attacker. Never a member of a group. */
export const mal: Persona = { name: 'Mal', tonesHz: [910, 1370], hue: 300 };

/** Firefox's fake microphone is one steady tone, which noise can look like: listened for only where a page says `aparteWithFox`. */
export const fox: Persona = { name: 'Fox', tonesHz: [1900, 1900], hue: 60 };

export const everybody: readonly Persona[] = [ada, ben, cyd, mal];

/** What Chromium shares when asked for a screen without one: a green test picture with a moving hand. */
export const fakeScreen = { name: 'a screen', hue: 120 };

/** Everything that the probe can tell apart by colour. */
export const pictures: readonly { readonly name: string; readonly hue: number }[] = [
  ...everybody,
  fakeScreen,
];
