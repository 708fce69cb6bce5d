// Getting at microphone, camera and screen, and naming what stands in the way (denied, missing, failed).
import {
  createLocalAudioTrack,
  createLocalScreenTracks,
  createLocalVideoTrack,
  VideoPresets,
  type LocalAudioTrack,
  type LocalTrack,
  type LocalVideoTrack,
} from 'livekit-client';

/** Why a device could not be had. */
export type DeviceFailure = 'denied' | 'missing' | 'failed';

/** Without the browser's own suppression of noise: ours does more (noise-control.ts), and twice is too much for a voice. */
export function captureMicrophone(deviceId: string | null): Promise<LocalAudioTrack> {
  return createLocalAudioTrack({
    ...(deviceId === null ? {} : { deviceId }),
    ...{ echoCancellation: true, autoGainControl: true, noiseSuppression: false },
  });
}

export function captureCamera(deviceId: string | null): Promise<LocalVideoTrack> {
  return createLocalVideoTrack({
    ...(deviceId === null ? {} : { deviceId }),
    resolution: VideoPresets.h720.resolution,
  });
}

/** The picture, and its sound where the browser and the person give it. */
export function captureScreen(): Promise<LocalTrack[]> {
  return createLocalScreenTracks({ audio: true, contentHint: 'detail' });
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
