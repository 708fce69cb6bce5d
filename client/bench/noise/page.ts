// Runs in Chromium, for noise.ts: the sound that the server has, through the models as the product makes them (client/media/noise), faster than
// it sounds; and the microphone as the browser gives it, with its own suppression of noise or without. What came out is sent to the server.
import { createModelNode, modelSampleRate, type NoiseModel } from '../../media/noise/models.ts';

export interface NoisePage {
  /** Null: through nothing, which is what it costs without. */
  through(model: NoiseModel | null): Promise<void>;
  captured(isSuppressed: boolean, seconds: number): Promise<Captured>;
}

export interface Captured {
  /** As the browser says. */
  readonly isSuppressed: boolean;
  readonly sampleRate: number;
}

declare global {
  interface Window {
    noise: NoisePage;
  }
}

/** Chromium's, and not in TypeScript's library yet. */
declare const MediaStreamTrackProcessor: new (options: {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize: number;
}) => {
  readonly readable: ReadableStream<AudioData>;
};

/** A model's code makes itself ready on its own thread. */
const readyMs = 1_000;
/** What a model is late by. */
const tailSamples = 4_800;

window.noise = {
  async through(model) {
    const answer = await fetch('/mixture');
    const samples = new Float32Array(await answer.arrayBuffer());
    const context = new OfflineAudioContext(1, samples.length + tailSamples, modelSampleRate);
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: modelSampleRate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    if (model === null) source.connect(context.destination);
    // An offline context is asked for nothing that it does not have.
    else
      source
        .connect(await createModelNode(context as unknown as AudioContext, model))
        .connect(context.destination);
    source.start();
    await new Promise((resolve) => {
      setTimeout(resolve, readyMs);
    });
    const rendered = await context.startRendering();
    await send(rendered.getChannelData(0));
  },
  async captured(isSuppressed, seconds) {
    const audio = { noiseSuppression: isSuppressed, echoCancellation: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const [track] = stream.getAudioTracks() as [MediaStreamTrack];
    // Straight from the track: an AudioContext has a clock of its own.
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    const parts: Float32Array<ArrayBuffer>[] = [];
    let sampleRate = 0;
    for (let left = seconds; left > 0;) {
      const { value } = await reader.read();
      if (value === undefined) throw new Error('the microphone ended');
      const part = new Float32Array(value.numberOfFrames);
      value.copyTo(part, { planeIndex: 0, format: 'f32-planar' });
      sampleRate = value.sampleRate;
      left -= part.length / sampleRate;
      value.close();
      parts.push(part);
    }
    const says = track.getSettings().noiseSuppression === true;
    track.stop();
    await send(new Blob(parts));
    return { isSuppressed: says, sampleRate };
  },
};

async function send(samples: BodyInit): Promise<void> {
  await fetch('/result', { method: 'POST', body: samples });
}
