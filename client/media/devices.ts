// Getting at microphone, camera and screen, and naming what stands in the way (denied, missing, failed).
import {
  createLocalAudioTrack,
  createLocalScreenTracks,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalTrack,
  type LocalVideoTrack,
} from 'livekit-client';
import { cameraSize, screenSize, type PictureCeiling } from './ceiling.ts';

/** Why a device could not be had. */
export type DeviceFailure = 'denied' | 'missing' | 'failed';

/** Without the browser's own suppression of noise: ours does more (noise-control.ts), and twice is too much for a voice. */
export function captureMicrophone(deviceId: string | null): Promise<LocalAudioTrack> {
  return createLocalAudioTrack({
    ...(deviceId === null ? {} : { deviceId }),
    ...{ echoCancellation: true, autoGainControl: true, noiseSuppression: false },
  });
}

export function captureCamera(deviceId: string | null, ceiling: PictureCeiling): Promise<LocalVideoTrack> {
  return createLocalVideoTrack({
    ...(deviceId === null ? {} : { deviceId }),
    resolution: cameraSize(ceiling),
  });
}

/** The picture, and its sound where the browser and the person give it. */
export function captureScreen(ceiling: PictureCeiling): Promise<LocalTrack[]> {
  const resolution = screenSize(ceiling);
  return createLocalScreenTracks({ audio: true, contentHint: 'detail', ...(resolution && { resolution }) });
}

/** What getUserMedia's exception means for the person. */
export function deviceFailure(error: unknown): DeviceFailure {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    default:
      return 'failed';
  }
}
