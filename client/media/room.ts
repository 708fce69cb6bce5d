// The media of one call over livekit-client: connects, publishes, receives and counts (M1–M5). The only file through which
// the rest of the client reaches LiveKit; imported dynamically, so that livekit-client is its own chunk.
import { RoomEvent, Track, type RemoteTrack, type RemoteTrackPublication, type Room } from 'livekit-client';
import type { Bytes } from '../../crypto/bytes.ts';
import { abilities } from './abilities.ts';
import { lowered, type PictureCeiling } from './ceiling.ts';
import { CodecChoice, type Abilities, type Receivable, type VideoCodec } from './codec-choice.ts';
import { checkEveryMs } from './conservation.ts';
import { DataChannel } from './data-channel.ts';
import { deferred } from './deferred.ts';
import { Diagnosis, type Diagnostics } from './diagnostics.ts';
import { markFirstFrame } from './first-frame.ts';
import { FrameCheck } from './frame-check.ts';
import { FrameLink, prepareWorker } from './frame-link.ts';
import { KeyFrames, offForMs } from './key-frames.ts';
import { Levels, sampleEveryMs } from './levels.ts';
import { connectRoom, createRoom, releaseRoom, type Ticket } from './livekit-room.ts';
import { mark } from './marks.ts';
import { askForMovedTracks } from './moved-tracks.ts';
import { Microphone } from './microphone.ts';
import { PictureSizes } from './picture-size.ts';
import { Overruled } from './overruled.ts';
import { Camera } from './camera.ts';
import { isSamePublished, publishedIn } from './published.ts';
import type { LocalWorld } from './publishing.ts';
import { QualityMeter } from './quality.ts';
import { readQuality } from './quality-stats.ts';
import { isSameView, RemoteView } from './remote.ts';
import { RemoteAudio } from './remote-audio.ts';
import { Screen } from './screen.ts';
import { SnapshotStore } from './store.ts';
import { TransportWatch } from './transport-watch.ts';
import type { DeviceWishes, EpochKeys, MediaRoom, MediaSnapshot, MediaSource } from './types.ts';
import { forgedIn, noDrops } from './worker/counts.ts';
import type { StatsMessage } from './worker/messages.ts';

interface MediaRoomOptions {
  /** What this device can (M7), by `abilities`. */
  readonly abilities: Abilities;
  /** What camera and screen are encoded with, asked each time that one is turned on. Default `best`: by what everybody can. */
  readonly videoCodec?: () => VideoCodec | 'best';
  readonly devices: DeviceWishes;
  /** How large they may be, asked each time that one is captured. Default `any`. */
  readonly ceiling?: () => PictureCeiling;
  /** Whether this person wants small pictures: of others at once, of themselves from the next time. Default: no. */
  readonly isLowData?: () => boolean;
}

export { abilities };

/** The media of one call, not yet connected. */
export function createMediaRoom(options: MediaRoomOptions): MediaRoom {
  return new CallMedia(options);
}

/** A call is near: what can be had ready is. */
export function prepareMedia(): void {
  prepareWorker();
  void abilities();
}

class CallMedia implements MediaRoom {
  readonly #store = new SnapshotStore();
  readonly #levels = new Levels();
  readonly #audio = new RemoteAudio();
  readonly #data = new DataChannel();
  readonly #sizes = new PictureSizes();
  readonly #keyFrames = new KeyFrames();
  readonly #link: FrameLink;
  readonly #remote: RemoteView;
  readonly #check: FrameCheck;
  readonly #quality = new QualityMeter();
  readonly #diagnosis = new Diagnosis();
  readonly #microphone: Microphone;
  readonly #camera: Camera;
  readonly #screen: Screen;
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #probes = new Map<RemoteTrack, () => void>();
  readonly #keys = deferred<true>();
  readonly #negotiated = deferred<true>();
  #connected = deferred<Room>();
  /** Whether `#connected` has resolved: only then is it replaced, so that nobody waits for one that was forgotten. */
  #isResolved = false;
  #devices: DeviceWishes;
  readonly #isLowData: () => boolean;
  readonly decodes: Abilities['decodes'];
  readonly #codecs: CodecChoice;
  #room: Room | null = null;
  readonly #transports = new TransportWatch(() => this.#tellConnection());
  /** By livekit-client's own word; null while it has not connected. */
  #isUp: boolean | null = null;
  #hasHeard = false;
  #generation = 0;

  constructor({ devices, abilities, ...wishes }: MediaRoomOptions) {
    const { videoCodec = () => 'best', ceiling = () => 'any', isLowData = () => false } = wishes;
    this.#isLowData = isLowData;
    this.decodes = abilities.decodes;
    this.#codecs = new CodecChoice(abilities, videoCodec);
    this.#devices = devices;
    this.#audio.setOutput(devices.speaker);
    this.#link = new FrameLink({
      onInstalled: (generation, epoch) => this.#installed(generation, epoch),
      onOpened: (id, source) => this.#opened(id, source),
      onUnbound: (id) => this.#remote.arrivals.reset(id),
      onStats: (stats) => this.#count(stats),
      onBroken: () => void this.close(),
    });
    this.#remote = new RemoteView(this.#link, this.#levels);
    this.#check = new FrameCheck(this.#link);
    const world: LocalWorld = {
      ...{ store: this.#store, link: this.#link, levels: this.#levels, keys: this.#keys.promise },
      room: () => this.#connected.promise,
      currentRoom: () => this.#room,
      devices: () => this.#devices,
      ceiling,
      cameraCeiling: () => lowered(ceiling(), isLowData()),
      codecs: this.#codecs,
    };
    const overruled = new Overruled(this.#store);
    this.#microphone = new Microphone(world, overruled);
    this.#camera = new Camera(world, overruled);
    this.#screen = new Screen(world, overruled);
    this.#timers = [
      setInterval(() => this.#sample(), sampleEveryMs),
      setInterval(() => void this.#checkFrames().catch(() => undefined), checkEveryMs),
    ];
  }

  get snapshot(): MediaSnapshot {
    return this.#store.snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }

  async connect(ticket: Ticket): Promise<void> {
    if (this.#isClosed) throw new Error('the call is closed');
    this.#store.set({ connection: 'connecting' });
    const room = createRoom(this.#link, {
      onSound: (receiver, sid, from) => this.#listenTo(receiver, sid, from),
      onNegotiated: () => this.#negotiated.resolve(true),
      onTransport: (connection) => {
        if (this.#room === room) this.#transports.add(connection);
      },
    });
    this.#room = room;
    this.#listen(room);
    try {
      await connectRoom(room, ticket);
    } catch (error) {
      if (this.#room === room) this.#lost();
      throw error;
    }
    if (this.#room !== room) throw new Error('another connection took its place');
    this.#setUp(true);
    this.#connected.resolve(room);
    this.#isResolved = true;
    this.#refresh();
  }

  async negotiated(): Promise<void> {
    await this.#negotiated.promise;
  }

  async reconnect(ticket: Ticket): Promise<void> {
    await this.#leaveRoom();
    this.#renew();
    await this.connect(ticket);
    const parts = [this.#microphone.republish(), this.#camera.republish(), this.#screen.republish()];
    await Promise.allSettled(parts);
  }

  installEpoch(keys: EpochKeys): Promise<void> {
    return this.#link.installEpoch(keys);
  }

  switchTo(generation: number, epoch: bigint): void {
    this.#link.switchTo(generation, epoch);
  }

  setSilenced(livekitIdentities: ReadonlySet<string>): void {
    this.#link.setSilenced(livekitIdentities);
  }

  setVerified(identities: ReadonlySet<string> | null): void {
    this.#link.setVerified(identities);
  }

  setReceivable(receivable: Receivable): void {
    this.#codecs.receivable = receivable;
    // One after the other: two senders at once that go and come are more than an SFU's negotiation takes well.
    void this.#camera.followReceivers().then(() => this.#screen.followReceivers());
  }

  sendData(data: Bytes, to: readonly string[] | null): void {
    this.#data.send(this.#room, data, to);
  }

  onData(listener: (data: Bytes, from: string | null) => void): () => void {
    return this.#data.onData(listener);
  }

  startMicrophone(): Promise<void> {
    if (this.#mayNotSend) return Promise.resolve();
    void this.#levels.resume().catch(() => undefined);
    return this.#microphone.start();
  }

  stopMicrophone(): void {
    this.#microphone.close();
  }

  setMicrophoneMuted(isMuted: boolean): Promise<void> {
    return this.#microphone.setMuted(isMuted);
  }

  setDevices(wishes: DeviceWishes): void {
    this.#devices = wishes;
    this.#audio.setOutput(wishes.speaker);
    // What a device does not give shows in its own state.
    for (const part of [this.#microphone, this.#camera]) void part.followDevices();
  }

  setCamera(isOn: boolean): Promise<void> {
    return this.#camera.set(isOn && !this.#mayNotSend);
  }

  setScreen(isOn: boolean): Promise<void> {
    return this.#screen.set(isOn && !this.#mayNotSend);
  }

  setVolume(livekitIdentity: string, volume: number): void {
    this.#audio.setVolume(livekitIdentity, volume);
  }

  async unblockAudio(): Promise<void> {
    await Promise.allSettled([this.#room?.startAudio(), this.#levels.resume(), this.#audio.resume()]);
  }

  retry(livekitIdentity: string): void {
    const participant = this.#room?.remoteParticipants.get(livekitIdentity);
    for (const publication of (participant?.trackPublications.values() ??
      []) as Iterable<RemoteTrackPublication>) {
      if (this.#remote.isWell(publication, performance.now())) continue;
      publication.setSubscribed(false);
      publication.setSubscribed(true);
    }
  }

  diagnose(): Promise<Diagnostics> {
    return this.#diagnosis.read(this.#room, this.#store.snapshot.connection);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    for (const timer of this.#timers) clearInterval(timer);
    for (const waiting of [this.#connected, this.#keys, this.#negotiated])
      waiting.reject(new Error('the call is closed'));
    for (const part of [this.#microphone, this.#camera, this.#screen]) part.close();
    this.#store.set({ connection: 'closed', participants: [], localLevel: 0 });
    await this.#leaveRoom();
    this.#audio.close();
    this.#link.close();
    await this.#levels.close().catch(() => undefined);
  }

  get #isClosed(): boolean {
    return this.#store.snapshot.connection === 'closed';
  }

  /** F9 tripped: what came past the worker once would come past it again. Another call begins afresh. */
  get #mayNotSend(): boolean {
    return this.#store.snapshot.isSendStopped;
  }

  #listen(room: Room): void {
    const refresh = (): void => this.#refresh();
    this.#data.listen(room);
    askForMovedTracks(room);
    const isMine = (): boolean => this.#room === room && !this.#isClosed;
    const setUp = (isUp: boolean): void => {
      if (isMine()) this.#setUp(isUp);
    };
    room
      .on(RoomEvent.TrackSubscribed, (track, _, { identity }) => this.#gained(track, identity))
      .on(RoomEvent.TrackUnsubscribed, (track) => this.#gone(track))
      .on(RoomEvent.TrackMuted, ({ track }) => keepAudible(track))
      .on(RoomEvent.TrackUnmuted, ({ track }) => this.#watchFirstFrame(track as RemoteTrack | undefined))
      .on(RoomEvent.TrackPublished, refresh)
      .on(RoomEvent.TrackUnpublished, refresh)
      .on(RoomEvent.ParticipantConnected, refresh)
      .on(RoomEvent.ParticipantDisconnected, refresh)
      .on(RoomEvent.AudioPlaybackStatusChanged, () =>
        this.#store.set({ isAudioBlocked: !room.canPlaybackAudio }),
      )
      .on(RoomEvent.Reconnecting, () => setUp(false))
      .on(RoomEvent.SignalReconnecting, () => setUp(false))
      .on(RoomEvent.Reconnected, () => setUp(true))
      .on(RoomEvent.Disconnected, () => {
        if (isMine()) this.#lost();
      });
  }

  #setUp(isUp: boolean): void {
    this.#isUp = isUp;
    this.#tellConnection();
  }

  /** M8: where nothing is answered nobody is live, whatever livekit-client has noticed so far. */
  #tellConnection(): void {
    if (this.#isUp === null || this.#isClosed) return;
    const stands = this.#isUp && !this.#transports.isInterrupted;
    this.#store.set({ connection: stands ? 'connected' : 'reconnecting' });
  }

  #listenTo(receiver: RTCRtpReceiver, sid: string, from: string): void {
    if (!this.#isClosed && !this.#remote.isCutOff({ receiver, sid }))
      this.#audio.listen(receiver.track, from);
  }

  #gained(track: RemoteTrack, from: string): void {
    if (track.kind === Track.Kind.Audio && !this.#remote.isCutOff(track)) {
      keepAudible(track);
      this.#audio.play(track, from);
      this.#levels.add(track.mediaStreamTrack);
    }
    this.#watchFirstFrame(track);
    // Not here: the SFU's offer is still being applied, and the screen may have much to lay out for a picture.
    setTimeout(() => this.#refresh());
  }

  #gone(track: RemoteTrack): void {
    this.#audio.stop(track);
    this.#levels.remove(track.mediaStreamTrack);
    this.#probes.get(track)?.();
    this.#probes.delete(track);
    this.#refresh();
  }

  /** From the subscription, and from each time it comes back on, until the next frame. */
  #watchFirstFrame(track: RemoteTrack | undefined): void {
    if (track?.source !== Track.Source.Camera || track.receiver === undefined) return;
    this.#probes.get(track)?.();
    this.#probes.set(track, markFirstFrame(track.mediaStreamTrack));
  }

  #installed(generation: number, epoch: bigint): void {
    mark('aparte:epoch', { generation, epoch: Number(epoch) });
    if (this.#generation !== 0 && generation !== this.#generation) this.#keyFrames.renewed();
    this.#generation = generation;
    this.#keys.resolve(true);
  }

  #opened(receiverId: number, source: MediaSource): void {
    this.#remote.arrivals.opened(receiverId);
    if (!this.#hasHeard && (source === 'microphone' || source === 'screenAudio')) {
      this.#hasHeard = true;
      mark('aparte:join:first-audio');
    }
    this.#refresh();
  }

  #count(stats: StatsMessage): void {
    const { senders, receivers, dropped } = stats;
    this.#store.set({ withheld: senders.reduce((all, { withheld }) => all + withheld, 0) });
    this.#check.note(stats);
    this.#diagnosis.note(stats);
    this.#remote.arrivals.count(receivers, performance.now());
    for (const id of this.#keyFrames.note(receivers, performance.now())) this.#askKeyFrame(id);
    const sum = noDrops();
    for (const drops of dropped.values()) {
      for (const reason of Object.keys(sum) as (keyof typeof sum)[]) sum[reason] += drops[reason];
    }
    const now = this.#store.snapshot.dropped;
    if (Object.entries(sum).some(([reason, count]) => now[reason as keyof typeof sum] !== count)) {
      const forged = [...dropped].map(([name, drops]) => [name, forgedIn(drops)] as const);
      const silenced = [...dropped].map(([name, drops]) => [name, drops.silenced] as const);
      this.#store.set({ dropped: sum, forged: new Map(forged), silenced: new Map(silenced) });
    }
  }

  #sample(): void {
    this.#refresh();
    if (this.#room !== null) this.#sizes.update(this.#room, performance.now(), this.#isLowData);
  }

  #askKeyFrame(receiverId: number): void {
    for (const participant of this.#room?.remoteParticipants.values() ?? []) {
      for (const publication of participant.videoTrackPublications.values() as Iterable<RemoteTrackPublication>) {
        const receiver = publication.track?.receiver;
        if (receiver === undefined || this.#link.idOf(receiver) !== receiverId) continue;
        publication.setEnabled(false);
        setTimeout(() => publication.setEnabled(true), offForMs);
      }
    }
  }

  #refresh(): void {
    const room = this.#room;
    if (room === null || this.#isClosed) return;
    const nowMs = performance.now();
    const participants = this.#remote.participants(room, nowMs);
    const { snapshot } = this.#store;
    const local = snapshot.isMicrophoneMuted ? undefined : this.#microphone.track;
    const published = publishedIn(room, { before: snapshot.published, isChanging: this.#isChanging });
    this.#store.set({
      localLevel: this.#levels.measure(local, nowMs).level,
      isTalkingMuted: this.#microphone.isTalkingMuted(nowMs),
      published: isSamePublished(published, snapshot.published) ? snapshot.published : published,
      participants: isSameView(participants, snapshot.participants) ? snapshot.participants : participants,
    });
  }

  readonly #isChanging = (source: MediaSource): boolean =>
    (source === 'camera' && this.#camera.isChanging) || (source === 'screen' && this.#screen.isChanging);

  /** F9. */
  async #checkFrames(): Promise<void> {
    const room = this.#room;
    if (room === null) return;
    const { sources, tracks } = await this.#check.look(room);
    if (room !== this.#room) return;
    for (const source of sources) this.#stopSending(source);
    for (const track of tracks) this.#cutOff(track);
    const { arrived, sent } = await readQuality(room);
    if (room === this.#room)
      this.#store.set({ quality: this.#quality.take(performance.now(), arrived, sent) });
  }

  #stopSending(source: MediaSource): void {
    this.#link.pause(source, true);
    const part =
      source === 'microphone' ? this.#microphone : source === 'camera' ? this.#camera : this.#screen;
    part.close();
    const name = source === 'screenAudio' ? 'screen' : source;
    this.#store.set({ isSendStopped: true, [name]: 'failed' });
  }

  #cutOff(track: RemoteTrack): void {
    this.#remote.cutOff(track);
    this.#audio.stop(track);
    this.#levels.remove(track.mediaStreamTrack);
    this.#refresh();
  }

  #lost(): void {
    if (this.#isClosed) return;
    this.#renew();
    if (this.#room !== null) releaseRoom(this.#room);
    this.#room = null;
    this.#noTransports();
    this.#store.set({ connection: 'lost', participants: [] });
  }

  #renew(): void {
    if (!this.#isResolved) return;
    this.#connected = deferred();
    this.#isResolved = false;
  }

  #noTransports(): void {
    this.#isUp = null;
    this.#transports.clear();
  }

  async #leaveRoom(): Promise<void> {
    const room = this.#room;
    this.#room = null;
    this.#noTransports();
    for (const stop of this.#probes.values()) stop();
    this.#probes.clear();
    if (room === null) return;
    await room.disconnect(false).catch(() => undefined);
    releaseRoom(room);
  }
}

/** Who is muted sends nothing: the server's word that somebody is, on which livekit-client silences the track, is not needed (A5). */
function keepAudible(track: Pick<Track, 'kind' | 'isLocal' | 'mediaStreamTrack'> | undefined): void {
  if (track?.kind === Track.Kind.Audio && !track.isLocal) track.mediaStreamTrack.enabled = true;
}
