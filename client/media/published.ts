// Which of my tracks LiveKit has a name for: what a heartbeat says that I send (A3). room.ts keeps it in the snapshot.
import type { Room } from 'livekit-client';
import { sourceOf } from './encryption.ts';
import type { MediaSnapshot, MediaSource } from './types.ts';

type Published = MediaSnapshot['published'];

export function publishedIn(room: Room): Published {
  const names: Partial<Record<MediaSource, string>> = {};
  for (const { source, trackSid } of room.localParticipant.trackPublications.values()) {
    const name = sourceOf(source);
    if (name !== undefined && trackSid !== '') names[name] = trackSid;
  }
  return names;
}

export function isSamePublished(a: Published, b: Published): boolean {
  const sources = Object.keys({ ...a, ...b }) as MediaSource[];
  return sources.every((source) => a[source] === b[source]);
}
