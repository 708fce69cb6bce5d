// The `Sfu` over LiveKit's room service API. Rooms are made here and nowhere else (L1): LiveKit runs with
// `auto_create: false`, so a token without a room opens nothing.
import { ParticipantInfo_State, RoomServiceClient } from 'livekit-server-sdk';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { permissionFor } from './mint.ts';
import type { Sfu } from './sfu.ts';

const requestTimeoutSeconds = 5;
/** Longer than the grace of an `away` place: the service ends rooms, LiveKit only cleans up after a dead service. */
const emptyTimeoutSeconds = 120;
/** Room for the former self of everybody who reconnects at the same moment. */
const spareSeats = 2;

export function createSfu(config: Pick<Config, 'livekit' | 'maxParticipants'>): Sfu {
  const { url, apiKey, apiSecret } = config.livekit;
  const client = new RoomServiceClient(url, apiKey, apiSecret, {
    requestTimeout: requestTimeoutSeconds,
    failover: false,
  });
  return {
    async createRoom(name) {
      await reach(
        client.createRoom({
          name,
          emptyTimeout: emptyTimeoutSeconds,
          departureTimeout: emptyTimeoutSeconds,
          maxParticipants: config.maxParticipants * spareSeats,
        }),
      );
    },
    async deleteRoom(name) {
      await reach(unlessGone(client.deleteRoom(name)));
    },
    async removeParticipant(room, livekitIdentity) {
      await reach(unlessGone(client.removeParticipant(room, livekitIdentity)));
    },
    async permit(room, livekitIdentity, maySpeak) {
      const permission = permissionFor(maySpeak);
      await reach(unlessGone(client.updateParticipant(room, livekitIdentity, { permission })));
    },
    async listRooms(names) {
      if (names.length === 0) return new Set();
      return new Set((await reach(client.listRooms([...names]))).map((room) => room.name));
    },
    async listParticipants(room) {
      const participants = await reach(client.listParticipants(room));
      return participants
        .filter((one) => one.state !== ParticipantInfo_State.DISCONNECTED)
        .map((one) => one.identity);
    },
  };
}

async function reach<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw new AppError('livekit_unavailable', { cause, retryAfterSeconds: 2 });
  }
}

async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'not_found') throw error;
  }
}
