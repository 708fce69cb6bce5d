// Which tracks I send, by LiveKit's names: what a heartbeat says of them (A3). room.ts keeps it in the snapshot.
import type { LocalTrackPublication } from 'livekit-client';
import { sourceOf } from './encryption.ts';
import type { MediaSnapshot, MediaSource } from './types.ts';

type Published = MediaSnapshot['published'];

export interface Publisher {
  readonly localParticipant: {
    readonly trackPublications: ReadonlyMap<
      string,
      Pick<LocalTrackPublication, 'source' | 'trackSid' | 'isMuted'>
    >;
  };
}

/** What is being published anew in another codec (M7) is still sent, for who hears of it: under its name of before. */
export interface Change {
  readonly before: Published;
  readonly isChanging: (source: MediaSource) => boolean;
}

export function publishedIn(room: Publisher, { before, isChanging }: Change): Published {
  const names: Partial<Record<MediaSource, string>> = {};
  for (const [source, sid] of Object.entries(before) as [MediaSource, string][])
    if (isChanging(source)) names[source] = sid;
  for (const { source, trackSid, isMuted } of room.localParticipant.trackPublications.values()) {
    const name = sourceOf(source);
    // Whether the microphone is muted is said apart.
    const isSent = name === 'microphone' || !isMuted;
    if (name !== undefined && trackSid !== '' && isSent) names[name] = trackSid;
  }
  return names;
}

export function isSamePublished(a: Published, b: Published): boolean {
  const sources = Object.keys({ ...a, ...b }) as MediaSource[];
  return sources.every((source) => a[source] === b[source]);
}
