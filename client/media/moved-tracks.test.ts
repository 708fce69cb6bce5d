// When a track is asked for again: when the server has moved it to somebody else since its media came, and not in the ordinary run of things.
import { EventEmitter } from 'node:events';
import { RoomEvent, type Room } from 'livekit-client';
import { expect, test, vi } from 'vitest';
import { askForMovedTracks } from './moved-tracks.ts';

class Publication {
  readonly trackSid: string;
  readonly asked: boolean[] = [];
  constructor(trackSid: string) {
    this.trackSid = trackSid;
  }
  setSubscribed(isOn: boolean): void {
    this.asked.push(isOn);
  }
}

test('[F4] media that came under another name is asked for again under the new one, and then again under the old one', async () => {
  const room = new EventEmitter();
  askForMovedTracks(room as unknown as Room);
  const publish = (trackSid: string, identity: string): Publication => {
    const publication = new Publication(trackSid);
    room.emit(RoomEvent.TrackPublished, publication, { identity });
    return publication;
  };
  const come = (trackSid: string, identity: string): boolean =>
    room.emit(RoomEvent.TrackSubscribed, {}, { trackSid }, { identity });

  const first = publish('TR_1', 'ada');
  come('TR_1', 'ada');
  const same = publish('TR_1', 'ada');
  const other = publish('TR_2', 'ben');
  const moved = publish('TR_1', 'ben');
  await vi.waitFor(() => expect(moved.asked).toEqual([false, true]));
  come('TR_1', 'ben');
  const back = publish('TR_1', 'ada');
  await vi.waitFor(() => expect(back.asked).toEqual([false, true]));
  expect([first, same, other].map(({ asked }) => asked)).toEqual([[], [], []]);
});
