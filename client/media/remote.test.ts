// What of the others is not listened to, whoever asks: what F9 cut off, on its receiver and under its name, and what nobody handed to
// the frame worker.
import { expect, test } from 'vitest';
import type { FrameLink } from './frame-link.ts';
import { Levels } from './levels.ts';
import { RemoteView } from './remote.ts';

const receiver = (): RTCRtpReceiver => ({}) as RTCRtpReceiver;

function viewOf(...attached: readonly RTCRtpReceiver[]): RemoteView {
  const idOf = (end: RTCRtpReceiver): number | undefined => (attached.includes(end) ? 1 : undefined);
  return new RemoteView({ idOf } as unknown as FrameLink, new Levels());
}

test('[F8] a receiver that was never handed to the frame worker is not listened to', () => {
  const [known, unknown] = [receiver(), receiver()];
  const view = viewOf(known);
  expect(view.isCutOff({ receiver: known, sid: 'TR_1' })).toBe(false);
  expect(view.isCutOff({ receiver: unknown, sid: 'TR_1' })).toBe(true);
  expect(view.isCutOff({ receiver: undefined, sid: 'TR_1' })).toBe(true);
});

test('[F9] what was cut off stays so on another receiver, and its receiver under another name', () => {
  const [first, second] = [receiver(), receiver()];
  const view = viewOf(first, second);
  view.cutOff({ receiver: first, sid: 'TR_1' });
  expect(view.isCutOff({ receiver: second, sid: 'TR_1' })).toBe(true);
  expect(view.isCutOff({ receiver: first, sid: 'TR_2' })).toBe(true);
  expect(view.isCutOff({ receiver: second, sid: 'TR_2' })).toBe(false);
});
