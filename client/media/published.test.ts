import { Track } from 'livekit-client';
import { expect, test } from 'vitest';
import { publishedIn, type Change, type Publisher } from './published.ts';

const still: Change = { before: { camera: 'TR_old' }, isChanging: () => false };

function publisher(
  ...list: readonly [source: Track.Source, trackSid: string, isMuted: boolean][]
): Publisher {
  const all = list.map(([source, trackSid, isMuted]) => [trackSid, { source, trackSid, isMuted }] as const);
  return { localParticipant: { trackPublications: new Map(all) } };
}

test('[A3] a heartbeat names what is sent: a camera that is off is not, a muted microphone says so apart', () => {
  const { Microphone, Camera, ScreenShare, Unknown } = Track.Source;
  const on = publisher([Microphone, 'TR_m', true], [Camera, 'TR_c', false], [ScreenShare, 'TR_s', false]);
  expect(publishedIn(on, still)).toEqual({ microphone: 'TR_m', camera: 'TR_c', screen: 'TR_s' });
  expect(publishedIn(publisher([Microphone, 'TR_m', false], [Camera, 'TR_c', true]), still)).toEqual({
    microphone: 'TR_m',
  });
  expect(publishedIn(publisher([Unknown, 'TR_u', false], [Microphone, '', false]), still)).toEqual({});
});

test('[M7] a picture that changes its codec is said to be sent all the time', () => {
  const { Camera } = Track.Source;
  const change: Change = {
    before: { camera: 'TR_old', screen: 'TR_s' },
    isChanging: (source) => source === 'camera',
  };
  expect(publishedIn(publisher(), change)).toEqual({ camera: 'TR_old' });
  expect(publishedIn(publisher([Camera, 'TR_new', false]), change)).toEqual({ camera: 'TR_new' });
});
