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

export function captureMicrophone(): Promise<LocalAudioTrack> {
  return createLocalAudioTrack();
}

export function captureCamera(): Promise<LocalVideoTrack> {
  return createLocalVideoTrack({ resolution: VideoPresets.h720.resolution });
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
