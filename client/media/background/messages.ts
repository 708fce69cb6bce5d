// What filter.ts and painter.ts, its worker, say to each other.

/** What is put behind somebody: the room itself, blurred so much, or a picture. */
export type Backdrop = { readonly blur: 'slight' | 'strong' } | { readonly picture: ImageBitmap };

export type ToPainter =
  | { readonly kind: 'backdrop'; readonly id: number; readonly backdrop: Backdrop }
  /** One at a time. The painter closes it. `asFrame`: what comes back is to be a `VideoFrame`. */
  | { readonly kind: 'frame'; readonly frame: VideoFrame | ImageBitmap; readonly asFrame: boolean };

export type FromPainter =
  | { readonly kind: 'ready'; readonly id: number }
  | { readonly kind: 'painted'; readonly frame: VideoFrame | ImageBitmap }
  /** Nothing comes any more. */
  | { readonly kind: 'broken'; readonly why: string };
