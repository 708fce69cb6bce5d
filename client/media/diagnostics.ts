// The numbers of a call for whoever looks for what is wrong with it: what WebRTC says of each track and of the way to the SFU, and what the
// frame worker counted. room.ts asks when somebody looks, and no sooner. No addresses: only their kinds.
import type { Room, TrackPublication } from 'livekit-client';
import { sourceOf } from './encryption.ts';
import type { DropReason, MediaSource } from './types.ts';
import type { StatsMessage } from './worker/messages.ts';

export interface TrackFigures {
  /** Null: mine. */
  readonly livekitIdentity: string | null;
  readonly source: MediaSource;
  /** Without the kind: `opus`, `VP8`; null while nothing came. */
  readonly codec: string | null;
  /** Since the last look; null at the first one. */
  readonly kbps: number | null;
  /** Of the largest picture that is sent, or of the one that arrives; null for sound. */
  readonly picture: { readonly width: number; readonly height: number; readonly fps: number } | null;
  /** 0..1 of the packets so far that never came, as the receiving end counts them; null: it has not said. */
  readonly lost: number | null;
}

/** How packets travel (RFC 8445): candidate types and the transport below them. */
export interface PathFigures {
  readonly local: string;
  readonly remote: string;
  readonly protocol: string;
  readonly roundTripMs: number | null;
}

/** Frames so far (O3). `held`: not sealed, because muted, without keys, or for C18. */
export interface FrameFigures {
  readonly sealed: number;
  readonly held: number;
  readonly arrived: number;
  readonly opened: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

export interface Diagnostics {
  readonly connection: string;
  readonly tracks: readonly TrackFigures[];
  /** Null: not connected, or not known. */
  readonly path: PathFigures | null;
  readonly frames: FrameFigures;
}

/** The fields of statistics that are read here, of whatever kind they are (W3C webrtc-stats). */
interface Entry {
  readonly id: string;
  readonly type: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly currentRoundTripTime?: number;
  readonly candidateType?: string;
  readonly protocol?: string;
}

type Report = ReadonlyMap<string, Entry>;

/** Keeps the last look, which rates are measured from. */
export class Diagnosis {
  #stats: StatsMessage = { kind: 'stats', senders: [], receivers: [], dropped: new Map() };
  #before = new Map<string, { readonly bytes: number; readonly atMs: number }>();

  /** The worker's latest report. */
  note(stats: StatsMessage): void {
    this.#stats = stats;
  }

  async read(room: Room | null, connection: string): Promise<Diagnostics> {
    const ends = room === null ? [] : endsOf(room);
    const reports = await Promise.all(ends.map(async (end) => ({ ...end, report: await end.stats() })));
    const nowMs = performance.now();
    const now = new Map<string, { readonly bytes: number; readonly atMs: number }>();
    const tracks = reports.map(({ key, report, ...end }) => {
      const { bytes, ...figures } = figuresOf(report);
      now.set(key, { bytes, atMs: nowMs });
      const { livekitIdentity, source } = end;
      return { livekitIdentity, source, ...figures, kbps: rate(this.#before.get(key), bytes, nowMs) };
    });
    this.#before = now;
    const path = reports.map(({ report }) => pathIn(report)).find((found) => found !== null) ?? null;
    return { connection, tracks, path, frames: framesOf(this.#stats) };
  }
}

interface End {
  readonly key: string;
  readonly livekitIdentity: string | null;
  readonly source: MediaSource;
  readonly stats: () => Promise<Report>;
}

function endsOf({ localParticipant, remoteParticipants }: Room): End[] {
  const mine = [...localParticipant.trackPublications.values()].flatMap((publication) =>
    endOf(publication, { from: null, end: publication.track?.sender }),
  );
  const theirs = [...remoteParticipants.values()].flatMap(({ identity, trackPublications }) =>
    [...trackPublications.values()].flatMap((publication) =>
      endOf(publication, { from: identity, end: publication.track?.receiver }),
    ),
  );
  return [...mine, ...theirs];
}

/** None of what is not sent: WebRTC still has numbers of it, from before. */
function endOf(
  { source, trackSid, isMuted }: Pick<TrackPublication, 'source' | 'trackSid' | 'isMuted'>,
  { from, end }: { readonly from: string | null; readonly end: RTCRtpSender | RTCRtpReceiver | undefined },
): End[] {
  const name = sourceOf(source);
  if (name === undefined || end === undefined || isMuted) return [];
  const stats = (): Promise<Report> => end.getStats();
  return [{ key: `${from ?? ''} ${trackSid}`, livekitIdentity: from, source: name, stats }];
}

function figuresOf(report: Report): Omit<TrackFigures, 'livekitIdentity' | 'source' | 'kbps'> & {
  readonly bytes: number;
} {
  const entries = [...report.values()];
  const rtp = entries.filter(({ type }) => type === 'inbound-rtp' || type === 'outbound-rtp');
  const largest = rtp.reduce<Entry | null>(
    (best, one) => ((one.frameWidth ?? 0) > (best?.frameWidth ?? 0) ? one : best),
    null,
  );
  const codecId = (largest ?? rtp[0])?.codecId;
  const mimeType = codecId === undefined ? undefined : report.get(codecId)?.mimeType;
  return {
    bytes: rtp.reduce((sum, one) => sum + (one.bytesSent ?? one.bytesReceived ?? 0), 0),
    codec: mimeType?.slice(mimeType.indexOf('/') + 1) ?? null,
    picture: largest && {
      width: largest.frameWidth ?? 0,
      height: largest.frameHeight ?? 0,
      fps: Math.round(largest.framesPerSecond ?? 0),
    },
    lost: lostIn(entries),
  };
}

function lostIn(entries: readonly Entry[]): number | null {
  const said = entries.find(
    ({ type, fractionLost }) => type === 'remote-inbound-rtp' && fractionLost !== undefined,
  );
  if (said?.fractionLost !== undefined) return said.fractionLost;
  const inbound = entries.find(({ type }) => type === 'inbound-rtp');
  const lost = Math.max(0, inbound?.packetsLost ?? 0);
  const all = (inbound?.packetsReceived ?? 0) + lost;
  return all === 0 ? null : lost / all;
}

function pathIn(report: Report): PathFigures | null {
  const pair = [...report.values()].find(
    ({ type, nominated, state }) => type === 'candidate-pair' && nominated === true && state === 'succeeded',
  );
  const local = pair?.localCandidateId === undefined ? undefined : report.get(pair.localCandidateId);
  const remote = pair?.remoteCandidateId === undefined ? undefined : report.get(pair.remoteCandidateId);
  if (local === undefined || remote === undefined) return null;
  const seconds = pair?.currentRoundTripTime;
  return {
    local: local.candidateType ?? '?',
    remote: remote.candidateType ?? '?',
    protocol: local.protocol ?? '?',
    roundTripMs: seconds === undefined ? null : Math.round(seconds * 1000),
  };
}

function framesOf({ senders, receivers, dropped }: StatsMessage): FrameFigures {
  const sum: Partial<Record<DropReason, number>> = {};
  for (const drops of dropped.values()) {
    for (const [reason, count] of Object.entries(drops) as [DropReason, number][])
      if (count > 0) sum[reason] = (sum[reason] ?? 0) + count;
  }
  return {
    sealed: senders.reduce((all, one) => all + one.sealed, 0),
    held: senders.reduce((all, one) => all + one.dropped + one.withheld, 0),
    arrived: receivers.reduce((all, one) => all + one.arrived, 0),
    opened: receivers.reduce((all, one) => all + one.opened, 0),
    dropped: sum,
  };
}

/** Null: nothing to measure from, or another track under the same name began again. */
function rate(
  before: { readonly bytes: number; readonly atMs: number } | undefined,
  bytes: number,
  nowMs: number,
): number | null {
  if (before === undefined || bytes < before.bytes || nowMs <= before.atMs) return null;
  return Math.round(((bytes - before.bytes) * 8) / (nowMs - before.atMs));
}
