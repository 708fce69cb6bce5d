// Getting at microphone, camera and screen; capture.ts names what stands in the way (denied, missing, failed).
import {
  createLocalAudioTrack,
  createLocalScreenTracks,
  createLocalVideoTrack,
  type LocalAudioTrack,
  type LocalTrack,
  type LocalVideoTrack,
} from 'livekit-client';
import { openDevice, voice } from './capture.ts';
import { cameraSize, screenSize, type PictureCeiling } from './ceiling.ts';

export { deviceFailure } from './capture.ts';

export function captureMicrophone(deviceId: string | null): Promise<LocalAudioTrack> {
  return openDevice(deviceId, (device) => createLocalAudioTrack({ ...device, ...voice }));
}

export function captureCamera(deviceId: string | null, ceiling: PictureCeiling): Promise<LocalVideoTrack> {
  const resolution = cameraSize(ceiling);
  return openDevice(deviceId, (device) => createLocalVideoTrack({ ...device, resolution }));
}

/** What is shown is read. */
export const screenHint = 'detail';

/** The picture, and its sound where the browser and the person give it. */
export function captureScreen(ceiling: PictureCeiling): Promise<LocalTrack[]> {
  const resolution = screenSize(ceiling);
  return createLocalScreenTracks({ audio: true, contentHint: screenHint, ...(resolution && { resolution }) });
}
