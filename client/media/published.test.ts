import { Track } from 'livekit-client';
import { expect, test } from 'vitest';
import { publishedIn, type Publisher } from './published.ts';

function publisher(
  ...list: readonly [source: Track.Source, trackSid: string, isMuted: boolean][]
): Publisher {
  const all = list.map(([source, trackSid, isMuted]) => [trackSid, { source, trackSid, isMuted }] as const);
  return { localParticipant: { trackPublications: new Map(all) } };
}

test('[A3] a heartbeat names what is sent: a camera that is off is not, a muted microphone says so apart', () => {
  const { Microphone, Camera, ScreenShare, Unknown } = Track.Source;
  const on = publisher([Microphone, 'TR_m', true], [Camera, 'TR_c', false], [ScreenShare, 'TR_s', false]);
  expect(publishedIn(on)).toEqual({ microphone: 'TR_m', camera: 'TR_c', screen: 'TR_s' });
  expect(publishedIn(publisher([Microphone, 'TR_m', false], [Camera, 'TR_c', true]))).toEqual({
    microphone: 'TR_m',
  });
  expect(publishedIn(publisher([Unknown, 'TR_u', false], [Microphone, '', false]))).toEqual({});
});
