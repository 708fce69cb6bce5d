// What WebRTC and LiveKit know of each connection, for quality.ts: the statistics of the receivers that sound or show something, and of my
// microphone's sender. room.ts asks every two seconds.
import type { RemoteParticipant, Room } from 'livekit-client';
import { sourceOf } from './encryption.ts';
import type { Arrived, Sent } from './quality.ts';

const nothing = { packets: 0, lost: 0, samples: 0, concealed: 0, frozenMs: 0 };

export async function readQuality(
  room: Room,
): Promise<{ readonly arrived: ReadonlyMap<string, Arrived>; readonly sent: Sent }> {
  const participants = [...room.remoteParticipants.values()];
  const arrived = await Promise.all(
    participants.map(async (one) => [one.identity, await arrivedFrom(one)] as const),
  );
  return { arrived: new Map(arrived), sent: await sentIn(room) };
}

async function arrivedFrom(participant: RemoteParticipant): Promise<Arrived> {
  const sum = { ...nothing };
  for (const { track, isMuted, source } of participant.trackPublications.values()) {
    const receiver = track?.receiver;
    if (receiver === undefined || isMuted) continue;
    for (const entry of (await receiver.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
      if (entry.type !== 'inbound-rtp') continue;
      sum.frozenMs += (entry.totalFreezesDuration ?? 0) * 1000;
      if (sourceOf(source) !== 'microphone') continue;
      sum.packets += entry.packetsReceived ?? 0;
      sum.lost += Math.max(0, entry.packetsLost ?? 0);
      sum.samples += entry.totalSamplesReceived ?? 0;
      sum.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
    }
  }
  return { grade: participant.connectionQuality, ...sum };
}

async function sentIn({ localParticipant }: Room): Promise<Sent> {
  let lost: number | null = null;
  let roundTripMs: number | null = null;
  const microphone = [...localParticipant.trackPublications.values()].find(
    ({ source }) => sourceOf(source) === 'microphone',
  );
  for (const entry of ((await microphone?.track?.sender?.getStats())?.values() ?? []) as Iterable<Reported>) {
    if (entry.type === 'remote-inbound-rtp') lost = microphone?.isMuted ? null : (entry.fractionLost ?? null);
    const isInUse =
      entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded';
    if (isInUse && entry.currentRoundTripTime !== undefined) roundTripMs = entry.currentRoundTripTime * 1000;
  }
  return { grade: localParticipant.connectionQuality, lost, roundTripMs };
}

/** The two kinds of report that are read here. */
interface Reported {
  readonly type: string;
  readonly fractionLost?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
}
