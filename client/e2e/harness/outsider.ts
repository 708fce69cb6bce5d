// Mal, a real third-party participant outside any browser (@livekit/rtc-node): holds a valid token of the service's API key but no
// leaf. Listens and looks with the same measures as the page probe, and publishes plaintext sound and picture of its own.
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  VideoStream,
  type RemoteTrack,
} from '@livekit/rtc-node';
import { mintOutsiderToken, type LivekitAccess } from './bare-server.ts';
import { pictureFrame, pictureSize, voiceSamples } from './media.ts';
import { everybody, mal, type Persona } from './people.ts';

const sampleRate = 48_000;
const chunkSamples = 480;

/** What Mal got out of the room. */
export interface Loot {
  readonly voicesHeard: ReadonlySet<string>;
  readonly picturesSeen: ReadonlySet<string>;
  /** Decoded sound that was listened to, in seconds (noise counts). */
  readonly secondsOfSound: number;
  readonly decodedPictures: number;
  readonly subscribedTracks: number;
}

export interface Outsider {
  readonly identity: string;
  readonly loot: Loot;
  publishVoice(): Promise<void>;
  publishPicture(): Promise<void>;
  sendData(bytes: Uint8Array): Promise<void>;
  leave(): Promise<void>;
}

/** Joins `room` with a token that only the holder of the API key can make. */
export async function sendOutsider(
  access: LivekitAccess,
  roomName: string,
  identity = 'mal-from-outside',
): Promise<Outsider> {
  const room = new Room();
  const loot = {
    voicesHeard: new Set<string>(),
    picturesSeen: new Set<string>(),
    secondsOfSound: 0,
    decodedPictures: 0,
    subscribedTracks: 0,
  };
  const stops: (() => void)[] = [];
  room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
    loot.subscribedTracks++;
    void (track.kind === TrackKind.KIND_AUDIO ? listen(track, loot) : look(track, loot)).catch(
      () => undefined,
    );
  });
  await room.connect(access.url, await mintOutsiderToken(access, roomName, identity), {
    autoSubscribe: true,
    dynacast: false,
  });
  const local = room.localParticipant!;
  return {
    identity,
    loot,
    async publishVoice() {
      const source = new AudioSource(sampleRate, 1);
      const track = LocalAudioTrack.createAudioTrack('voice', source);
      await local.publishTrack(
        track,
        new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, red: false }),
      );
      stops.push(speak(source, mal));
    },
    async publishPicture() {
      const source = new VideoSource(pictureSize.width, pictureSize.height);
      const track = LocalVideoTrack.createVideoTrack('picture', source);
      await local.publishTrack(
        track,
        new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false }),
      );
      stops.push(show(source, mal));
    },
    sendData: (bytes) => local.publishData(bytes, { reliable: true }),
    async leave() {
      for (const stop of stops) stop();
      await room.disconnect();
    },
  };
}

/** Feeds the voice in real time until stopped. */
function speak(source: AudioSource, persona: Persona): () => void {
  const voice = Int16Array.from(voiceSamples(persona), (sample) => Math.round(sample * 32_767));
  const stop = new AbortController();
  void (async () => {
    for (let at = 0; !stop.signal.aborted; at = (at + chunkSamples) % voice.length) {
      await source.captureFrame(
        new AudioFrame(voice.slice(at, at + chunkSamples), sampleRate, 1, chunkSamples),
      );
    }
  })().catch(() => undefined);
  return () => stop.abort();
}

function show(source: VideoSource, persona: Persona): () => void {
  let i = 0;
  const timer = setInterval(() => {
    const phase = Math.abs(((i++ / 15) % 2) - 1);
    const data = new Uint8Array(pictureFrame(persona, phase));
    source.captureFrame(new VideoFrame(data, pictureSize.width, pictureSize.height, VideoBufferType.I420));
  }, 66);
  return () => clearInterval(timer);
}

/** The mutable side of `Loot`. */
interface Bag {
  voicesHeard: Set<string>;
  picturesSeen: Set<string>;
  secondsOfSound: number;
  decodedPictures: number;
}

async function listen(track: RemoteTrack, bag: Bag): Promise<void> {
  const windowSamples = 8192;
  let window = new Float32Array(0);
  for await (const frame of new AudioStream(track, sampleRate, 1)) {
    const samples = Float32Array.from(frame.data, (sample) => sample / 32_768);
    window = Float32Array.from([...window, ...samples]);
    if (window.length < windowSamples) continue;
    bag.secondsOfSound += window.length / sampleRate;
    for (const person of everybody) if (isVoiceIn(window, person)) bag.voicesHeard.add(person.name);
    window = new Float32Array(0);
  }
}

/** Both tones loud, and ten times the power of what lies beside them. */
export function isVoiceIn(samples: Float32Array, person: Persona): boolean {
  return person.tonesHz.every((hz) => {
    const at = [-0.008, -0.004, 0, 0.004, 0.008].map((off) => power(samples, hz * (1 + off)));
    const beside = [-0.11, -0.09, -0.07, 0.07, 0.09, 0.11].map((off) => power(samples, hz * (1 + off)));
    return Math.max(...at) > 1e-6 && Math.max(...at) > 10 * Math.max(...beside);
  });
}

/** Goertzel: mean power of one frequency, with a Hann window. */
function power(samples: Float32Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  let previous = 0;
  let beforeThat = 0;
  samples.forEach((sample, i) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
    const now = sample * hann + coefficient * previous - beforeThat;
    beforeThat = previous;
    previous = now;
  });
  return (previous ** 2 + beforeThat ** 2 - coefficient * previous * beforeThat) / samples.length ** 2;
}

async function look(track: RemoteTrack, bag: Bag): Promise<void> {
  for await (const { frame } of new VideoStream(track)) {
    bag.decodedPictures++;
    const whose = whosePicture(
      frame.type === VideoBufferType.I420 ? frame : frame.convert(VideoBufferType.I420),
    );
    if (whose !== null) bag.picturesSeen.add(whose);
  }
}

/** Whose colour the mean chroma of an I420 frame has, or null when it is nobody's. */
function whosePicture(frame: VideoFrame): string | null {
  const { width, height, data } = frame;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  const mean = (from: number): number =>
    data.subarray(from, from + chroma).reduce((sum, value) => sum + value, 0) / chroma - 128;
  const [u, v] = [mean(width * height), mean(width * height + chroma)];
  if (Math.hypot(u, v) < 30) return null;
  const angle = Math.atan2(v, u);
  for (const person of everybody) {
    const own = pictureFrame(person, 0);
    const luma = pictureSize.width * pictureSize.height;
    const expected = Math.atan2(own[luma + luma / 4]! - 128, own[luma]! - 128);
    const apart = Math.abs(((angle - expected + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
    if (apart < 0.3) return person.name;
  }
  return null;
}
