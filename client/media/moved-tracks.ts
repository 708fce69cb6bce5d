// Tracks that the server calls somebody else's than it did when their media came (F4). An honest server never does. livekit-client throws the
// media away together with the old name, and would wait under the new one for ever: it is asked for again, and comes under the name that
// counts now. encryption.ts binds it to that; room.ts has the room.
import { RoomEvent, type RemoteTrackPublication, type Room } from 'livekit-client';
import { offForMs } from './key-frames.ts';

export function askForMovedTracks(room: Room): void {
  /** Under whose LiveKit identity the media of a track came last. */
  const owners = new Map<string, string>();
  room
    .on(RoomEvent.TrackSubscribed, (_, { trackSid }, { identity }) => owners.set(trackSid, identity))
    .on(RoomEvent.TrackPublished, (publication, { identity }) => {
      const owner = owners.get(publication.trackSid);
      if (owner !== undefined && owner !== identity) askAgain(publication);
    });
}

/** With a pause between: the server takes back at once what changes in a moment. */
function askAgain(publication: RemoteTrackPublication): void {
  publication.setSubscribed(false);
  setTimeout(() => publication.setSubscribed(true), offForMs);
}
