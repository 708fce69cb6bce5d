// How large a picture may be that this device sends (G9): what the group wants, as what is asked of camera and screen.
import { VideoPresets, type VideoResolution } from 'livekit-client';

export type PictureCeiling = 'any' | '720p' | '360p';

/** Of the camera, where its owner wants to use less data: the group's wish, or less. */
export function lowered(ceiling: PictureCeiling, isLow: boolean): PictureCeiling {
  return isLow ? '360p' : ceiling;
}

/** Of the camera. Without a ceiling it is 720p, too: more costs everybody more than it shows. */
export function cameraSize(ceiling: PictureCeiling): VideoResolution {
  return (ceiling === '360p' ? VideoPresets.h360 : VideoPresets.h720).resolution;
}

/** Of a screen; null: as it is. */
export function screenSize(ceiling: PictureCeiling): VideoResolution | null {
  return ceiling === 'any' ? null : cameraSize(ceiling);
}
