// What LiveKit's API key can do to a call with a stock server: mute somebody's tracks, and keep them from somebody else.
import { RoomServiceClient, type ParticipantInfo } from 'livekit-server-sdk';
import type { LivekitAccess } from '../../client/e2e/harness/bare-server.ts';

export class RoomApi {
  readonly #client: RoomServiceClient;
  readonly #room: string;

  constructor(access: LivekitAccess, room: string) {
    this.#client = new RoomServiceClient(access.url.replace(/^ws/, 'http'), access.apiKey, access.apiSecret);
    this.#room = room;
  }

  /** In the order in which they came. */
  async participants(): Promise<readonly ParticipantInfo[]> {
    const all = await this.#client.listParticipants(this.#room);
    return all.sort((a, b) => Number(a.joinedAtMs - b.joinedAtMs));
  }

  async mute({ identity, tracks }: ParticipantInfo): Promise<void> {
    for (const { sid } of tracks) await this.#client.mutePublishedTrack(this.#room, identity, sid, true);
  }

  /** The server forwards nothing of `from` to `to`, or everything again. */
  async forward(from: ParticipantInfo, to: ParticipantInfo, isOn: boolean): Promise<void> {
    const sids = from.tracks.map(({ sid }) => sid);
    await this.#client.updateSubscriptions(this.#room, to.identity, sids, isOn);
  }
}
