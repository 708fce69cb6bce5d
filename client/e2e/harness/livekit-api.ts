// What the operator of the service could do with LiveKit's API key: list rooms and participants, push data packets.
import { DataPacket_Kind, RoomServiceClient, type ParticipantInfo } from 'livekit-server-sdk';
import type { LivekitAccess } from './bare-server.ts';
import { until } from './wait.ts';

function client(access: LivekitAccess): RoomServiceClient {
  return new RoomServiceClient(access.url.replace(/^ws/, 'http'), access.apiKey, access.apiSecret);
}

/** The name of the one room that has participants. */
export function onlyRoom(access: LivekitAccess): Promise<string> {
  return until(
    async () => {
      const rooms = (await client(access).listRooms()).filter((room) => room.numParticipants > 0);
      return rooms.length === 1 ? rooms[0]!.name : null;
    },
    { what: 'LiveKit has exactly one room with people' },
  );
}

export function participants(access: LivekitAccess, room: string): Promise<ParticipantInfo[]> {
  return client(access).listParticipants(room);
}

/** A data packet from the server itself to everybody in the room. */
export function pushData(access: LivekitAccess, room: string, bytes: Uint8Array): Promise<void> {
  return client(access).sendData(room, bytes, DataPacket_Kind.RELIABLE, { topic: 'aparte' });
}
