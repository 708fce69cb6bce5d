// Which device a track of mine really comes from: what is chosen may be unplugged, and livekit-client takes another then. microphone.ts and
// camera.ts say it whenever a device was opened; the screen tells the person.
import { deviceFailure } from './capture.ts';
import { TrackEvent, type LocalAudioTrack, type LocalVideoTrack } from 'livekit-client';

/** livekit-client's word for whichever the browser takes. */
const anyDevice = 'default';

/** Its name; null where the browser does not tell. */
export async function deviceNameOf(track: LocalAudioTrack | LocalVideoTrack): Promise<string | null> {
  try {
    const id = await track.getDeviceId(false);
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.find(({ deviceId }) => deviceId === id)?.label || null;
  } catch {
    return null;
  }
}

/** Whether it comes from this device, or that is not there to come from: opening it in vain would make a gap. Null: any device is right. */
export async function isAsWished(
  track: LocalAudioTrack | LocalVideoTrack | null,
  deviceId: string | null,
): Promise<boolean> {
  if (track === null || deviceId === null || (await track.getDeviceId(false)) === deviceId) return true;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return !devices.some((device) => device.deviceId === deviceId);
}

/** Tells from then on whether the device of a track is gone: a track that was stopped here, or muted by the service, has lost nothing. */
export function watchDevice(track: LocalAudioTrack | LocalVideoTrack): () => boolean {
  let isGone = false;
  track.on(TrackEvent.Ended, () => (isGone = true)).on(TrackEvent.Restarted, () => (isGone = false));
  return () => isGone;
}

/** From this device from now on; null, and where it is not there: from whichever the browser takes. */
export async function takeDevice(
  track: LocalAudioTrack | LocalVideoTrack,
  deviceId: string | null,
): Promise<void> {
  await orAnother(track, () => track.setDeviceId(deviceId === null ? anyDevice : { exact: deviceId }));
}

/** Does what opens the track's device, and opens another where that is not there any more. */
export async function orAnother(
  track: LocalAudioTrack | LocalVideoTrack,
  open: () => Promise<unknown>,
): Promise<void> {
  try {
    await open();
  } catch (error) {
    if (deviceFailure(error) !== 'missing') throw error;
    await track.setDeviceId(anyDevice);
    // Of a muted one livekit-client only keeps the wish.
    if (track.isMuted) await open();
  }
}

/** A camera on the back of a phone: what it sees is not a mirror (W3C mediacapture-main, `facingMode`). */
export function facesAway(track: LocalVideoTrack): boolean {
  return track.getSourceTrackSettings().facingMode === 'environment';
}
