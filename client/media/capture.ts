// How a microphone is asked for, in a call and before one, and what the browser's refusal of a device means for the person. Without
// livekit-client, so that the check before a call (state/device-check-media.ts) need not load it.

/** Why a device could not be had. `failed`: mostly that another program holds it. */
export type DeviceFailure = 'denied' | 'missing' | 'failed';

/** Without the browser's own suppression of noise: ours does more (noise-control.ts), and twice is too much for a voice. */
export const voice = { echoCancellation: true, autoGainControl: true, noiseSuppression: false } as const;

type Device = { readonly deviceId?: { readonly exact: string } };

/**
 * Opens exactly this device: one that is only wished for is passed over by browsers. Where it is not there, whichever the browser takes;
 * null: that one from the first.
 */
export async function openDevice<T>(
  deviceId: string | null,
  open: (device: Device) => Promise<T>,
): Promise<T> {
  if (deviceId === null) return open({});
  try {
    return await open({ deviceId: { exact: deviceId } });
  } catch (error) {
    if (deviceFailure(error) !== 'missing') throw error;
    return open({});
  }
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
