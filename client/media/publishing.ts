// What microphone, camera and screen share: the call they belong to, and publishing that survives a connection which is lost in
// the middle of it.
import type { LocalTrack, Room, TrackPublishOptions } from 'livekit-client';
import type { PictureCeiling } from './ceiling.ts';
import type { CodecChoice } from './codec-choice.ts';
import type { FrameLink } from './frame-link.ts';
import type { Levels } from './levels.ts';
import type { SnapshotStore } from './store.ts';
import type { DeviceWishes } from './types.ts';

export interface LocalWorld {
  readonly store: SnapshotStore;
  readonly link: FrameLink;
  readonly levels: Levels;
  /** Resolves with the connected room, once there is one. Rejects when the call was closed. */
  readonly room: () => Promise<Room>;
  /** The room as it is, connected or not; null between two. */
  readonly currentRoom: () => Room | null;
  /** Resolves when the first epoch's keys are in the worker. */
  readonly keys: Promise<true>;
  /** As they are now. */
  readonly devices: () => DeviceWishes;
  readonly codecs: CodecChoice;
  /** What the group wants of pictures now (G9). */
  readonly ceiling: () => PictureCeiling;
  /** … and what is less of my camera, where I want less. */
  readonly cameraCeiling: () => PictureCeiling;
}

/** For pictures. */
export const pictureOptions = { simulcast: true, backupCodec: false } as const satisfies TrackPublishOptions;

const maxTries = 3;

/** Publishes `track`; again in the next room if the connection was lost meanwhile. Rejects for any other reason. */
export async function publish(
  world: LocalWorld,
  track: LocalTrack,
  options: TrackPublishOptions,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const room = await world.room();
    try {
      await room.localParticipant.publishTrack(track, options);
      return;
    } catch (error) {
      if (room === world.currentRoom() || tries === maxTries) throw error;
    }
  }
}

/** Takes one out of the room, and leaves it running. Never rejects: where the connection went, nothing is published any more. */
export async function withdraw(world: LocalWorld, track: LocalTrack): Promise<void> {
  try {
    await world.currentRoom()?.localParticipant.unpublishTrack(track, false);
  } catch {
    // As said.
  }
}

/** Takes tracks out of the room they are in, if they are in any. Never rejects. */
export async function unpublish(world: LocalWorld, tracks: readonly LocalTrack[]): Promise<void> {
  const participant = world.currentRoom()?.localParticipant;
  for (const track of tracks) {
    try {
      await participant?.unpublishTrack(track, true);
    } catch {
      // The connection went: nothing is published any more.
    }
  }
}
