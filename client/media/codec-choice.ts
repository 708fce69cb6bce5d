// Which codec my pictures go out in (M7): the best that every other leaf can decode and that this device encodes without taking the time
// of the processor that voices need. abilities.ts finds out what that is here, state/receivers.ts what the others can; camera.ts and
// screen.ts ask each time that they publish.
import type { Codec } from '../../crypto/sframe/index.ts';

/** What is better than VP8, which everybody has; best first. */
export const betterCodecs = ['av1', 'vp9'] as const satisfies readonly Codec[];
export type BetterCodec = (typeof betterCodecs)[number];
export type VideoCodec = BetterCodec | 'vp8' | 'h264';
export type PictureSource = 'camera' | 'screen';

/** What this device can. */
export interface Abilities {
  readonly decodes: readonly BetterCodec[];
  /** … in hardware, of the size that is sent. */
  readonly encodes: Readonly<Record<PictureSource, readonly BetterCodec[]>>;
}

export const onlyVp8: Abilities = { decodes: [], encodes: { camera: [], screen: [] } };

/** What all the others can decode. */
export interface Receivable {
  /** … by their own word: for a picture that is turned on. */
  readonly toStart: readonly BetterCodec[];
  /** … or of whom it is not known yet, since they have only just come: for one that runs. */
  readonly toKeep: readonly BetterCodec[];
}

export const nothingKnown: Receivable = { toStart: [], toKeep: [] };

/** For a picture that is turned on. */
export function bestCodec(
  receivable: readonly BetterCodec[],
  encodable: readonly BetterCodec[],
): BetterCodec | 'vp8' {
  return betterCodecs.find((codec) => receivable.includes(codec) && encodable.includes(codec)) ?? 'vp8';
}

/** Whether a picture that runs may go on so. It never changes to something better while it runs: whoever left may come again. */
export function mayKeep(codec: VideoCodec, receivable: readonly BetterCodec[]): boolean {
  return codec === 'vp8' || receivable.some((one) => one === codec);
}

/** The choices of one call. */
export class CodecChoice {
  receivable = nothingKnown;
  readonly #abilities: Abilities;
  readonly #wish: () => VideoCodec | 'best';

  /** `wish`: what the group or a test wants instead, asked each time that a picture is turned on. */
  constructor(abilities: Abilities, wish: () => VideoCodec | 'best') {
    this.#abilities = abilities;
    this.#wish = wish;
  }

  for(source: PictureSource): VideoCodec {
    const wish = this.#wish();
    return wish === 'best' ? bestCodec(this.receivable.toStart, this.#abilities.encodes[source]) : wish;
  }

  mayKeep(codec: VideoCodec): boolean {
    return mayKeep(codec, this.receivable.toKeep) || codec === this.#wish();
  }
}
