// The encryption manager against livekit-client's own event emitters, with a worker that only writes down what it is sent: what
// gets a transform, when, and what is refused. Media through a real SFU is in client/e2e.
import { EventEmitter } from 'node:events';
import { EngineEvent, ParticipantEvent, RoomEvent, Track, type Room } from 'livekit-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EncryptionManager } from './encryption.ts';
import { FrameLink } from './frame-link.ts';
import type { ToWorker } from './worker/messages.ts';

let posted: ToWorker[] = [];

class WritingWorker {
  onmessage = null;
  postMessage(message: ToWorker): void {
    posted.push(message);
  }
}

/** One end of a connection, as Chromium makes them: its encoded streams can be had once. */
class End {
  replaced: unknown = 'nothing';
  #isTaken = false;
  createEncodedStreams(): unknown {
    if (this.#isTaken) throw new Error('too late to create encoded streams');
    this.#isTaken = true;
    return { readable: {}, writable: {} };
  }
  replaceTrack(track: unknown): Promise<void> {
    this.replaced = track;
    return Promise.resolve();
  }
}

const quiet = {
  onOpened: vi.fn(),
  onUnbound: vi.fn(),
  onStats: vi.fn(),
  onInstalled: vi.fn(),
  onBroken: vi.fn(),
};

/** `before` is done with the engine before the manager listens to it, as livekit-client does. */
function setUp(before: (engine: EventEmitter) => void = () => undefined) {
  const told = { onSound: vi.fn(), onNegotiated: vi.fn(), onTransport: vi.fn() };
  const manager = new EncryptionManager(new FrameLink(quiet), told);
  const remoteParticipants = new Map<string, unknown>();
  const localParticipant = new EventEmitter();
  const room = Object.assign(new EventEmitter(), { localParticipant, remoteParticipants });
  const engine = new EventEmitter();
  before(engine);
  manager.setup(room as unknown as Room);
  manager.setupEngine(engine as unknown as Parameters<EncryptionManager['setupEngine']>[0]);
  const participate = (identity: string, sid: string, trackSid: string, source: Track.Source): void => {
    const kind = source === Track.Source.Camera ? Track.Kind.Video : Track.Kind.Audio;
    const publication = { trackSid, source, kind, mimeType: undefined };
    remoteParticipants.set(identity, {
      identity,
      sid,
      trackPublications: new Map([[trackSid, publication]]),
    });
  };
  return { manager, room, localParticipant, engine, participate, told };
}

function localTrack(source: Track.Source, kind = Track.Kind.Audio) {
  return { source, kind, mediaStreamTrack: { enabled: true } };
}

beforeEach(() => {
  posted = [];
  vi.stubGlobal('Worker', WritingWorker);
  vi.stubGlobal('RTCRtpSender', End);
});
afterEach(() => vi.unstubAllGlobals());

describe('connections', () => {
  const transport = (encodedInsertableStreams?: boolean) => {
    const close = vi.fn();
    const negotiation = { signalingState: 'have-local-offer', remoteDescription: null as object | null };
    const connection = Object.assign(new EventTarget(), negotiation, {
      getConfiguration: () => ({ encodedInsertableStreams }),
      close,
    });
    return { _pc: connection, close };
  };

  it('[M1] are used with encodedInsertableStreams', () => {
    const { engine } = setUp();
    expect(() => engine.emit(EngineEvent.TransportsCreated, transport(true), undefined)).not.toThrow();
  });

  it('[M1] are closed and refused without it, the first as well as the second', () => {
    const { engine } = setUp();
    for (const flags of [[false], [undefined], [true, false]]) {
      const transports = flags.map(transport);
      expect(() => engine.emit(EngineEvent.TransportsCreated, ...transports)).toThrow(
        /encodedInsertableStreams/,
      );
      expect(transports.at(-1)!.close).toHaveBeenCalled();
    }
  });

  it('are said to be negotiated once the first answer is in', () => {
    const { engine, told } = setUp();
    const { _pc: connection } = transport(true);
    engine.emit(EngineEvent.TransportsCreated, { _pc: connection }, undefined);
    connection.dispatchEvent(new Event('signalingstatechange'));
    expect(told.onNegotiated).not.toHaveBeenCalled();
    Object.assign(connection, { signalingState: 'stable', remoteDescription: {} });
    for (let times = 0; times < 2; times++) connection.dispatchEvent(new Event('signalingstatechange'));
    expect(told.onNegotiated).toHaveBeenCalledTimes(1);
  });

  it('[M8] are given to who watches whether they get answers, and none that is refused', () => {
    const { engine, told } = setUp();
    const first = transport(true);
    const second = transport(false);
    expect(() => engine.emit(EngineEvent.TransportsCreated, first, second)).toThrow(
      /encodedInsertableStreams/,
    );
    expect(told.onTransport.mock.calls).toEqual([[first._pc]]);
  });

  it('[M1] are refused where livekit-client no longer lets us see them', () => {
    const { engine } = setUp();
    expect(() => engine.emit(EngineEvent.TransportsCreated, {}, undefined)).toThrow(
      /encodedInsertableStreams/,
    );
  });
});

describe('senders', () => {
  it('[M2] are handed to the worker before the event returns, with the context of their source', () => {
    const { localParticipant } = setUp();
    const sources = [
      Track.Source.Microphone,
      Track.Source.Camera,
      Track.Source.ScreenShare,
      Track.Source.ScreenShareAudio,
    ];
    for (const source of sources)
      localParticipant.emit(ParticipantEvent.LocalSenderCreated, new End(), localTrack(source));
    expect(posted.map((message) => message.kind === 'streams' && message.options)).toMatchObject(
      [0, 1, 2, 3].map((context) => ({ kind: 'sender', context })),
    );
  });

  it('[M2] [F8] lose their track when they cannot be protected', () => {
    const { localParticipant } = setUp();
    const [sender, track] = [new End(), localTrack(Track.Source.Unknown)];
    expect(() => localParticipant.emit(ParticipantEvent.LocalSenderCreated, sender, track)).toThrow(
      TypeError,
    );
    expect([sender.replaced, track.mediaStreamTrack.enabled, posted]).toEqual([null, false, []]);
    const taken = new End();
    taken.createEncodedStreams();
    expect(() =>
      localParticipant.emit(ParticipantEvent.LocalSenderCreated, taken, localTrack(Track.Source.Camera)),
    ).toThrow();
    expect(taken.replaced).toBeNull();
  });
});

describe('receivers', () => {
  const announce = (engine: EventEmitter, receiver: End, streamId = 'PA_ben|TR_1'): void => {
    engine.emit(EngineEvent.MediaTrackAdded, { id: 'anything' }, { id: streamId }, receiver);
  };
  const bindings = () => posted.flatMap((message) => (message.kind === 'bind' ? [message.binding] : []));

  it('[M2] are handed to the worker before the event returns, and belong to nobody yet', () => {
    const { engine } = setUp();
    announce(engine, new End());
    expect(posted.map(({ kind }) => kind)).toEqual(['streams', 'bind']);
    expect(bindings()).toEqual([null]);
  });

  it('[M2] [F8] are handed to the worker before anybody else learns of them, whoever listened first', () => {
    const seen: string[][] = [];
    const { engine } = setUp((engine) =>
      engine.on(EngineEvent.MediaTrackAdded, () => seen.push(posted.map(({ kind }) => kind))),
    );
    announce(engine, new End());
    expect(seen).toEqual([['streams', 'bind']]);
  });

  it('[F4] are bound to the identity and the source of their track as soon as both are known', () => {
    const { engine, room, participate } = setUp();
    announce(engine, new End());
    participate('ben', 'PA_ben', 'TR_1', Track.Source.Camera);
    room.emit(RoomEvent.TrackPublished);
    expect(bindings()).toEqual([null, { livekitIdentity: 'ben', context: 1, codec: 'vp8' }]);
  });

  it('[F4] are listened to when they are bound, not before and not for a picture', () => {
    const { engine, room, participate, told } = setUp();
    const sound = new End();
    announce(engine, sound);
    announce(engine, new End(), 'PA_cyd|TR_2');
    expect(told.onSound).not.toHaveBeenCalled();
    participate('ben', 'PA_ben', 'TR_1', Track.Source.Microphone);
    participate('cyd', 'PA_cyd', 'TR_2', Track.Source.Camera);
    room.emit(RoomEvent.TrackPublished);
    expect(told.onSound.mock.calls).toEqual([[sound, 'TR_1', 'ben']]);
  });

  it('[F4] are not bound by a track or a participant of another name', () => {
    const { engine, room, participate } = setUp();
    announce(engine, new End());
    participate('cyd', 'PA_cyd', 'TR_1', Track.Source.Camera);
    participate('ben', 'PA_ben', 'TR_2', Track.Source.Camera);
    room.emit(RoomEvent.Connected);
    expect(bindings()).toEqual([null]);
  });

  it('[F4] that are reused keep their streams, lose their binding and get a new one', () => {
    const { engine, room, participate } = setUp();
    const receiver = new End();
    participate('ben', 'PA_ben', 'TR_1', Track.Source.Microphone);
    announce(engine, receiver);
    participate('cyd', 'PA_cyd', 'TR_2', Track.Source.Camera);
    announce(engine, receiver, 'PA_cyd|TR_2');
    room.emit(RoomEvent.TrackUnsubscribed, { receiver });
    expect(posted.filter(({ kind }) => kind === 'streams')).toHaveLength(1);
    expect(bindings().map((binding) => binding?.livekitIdentity ?? null)).toEqual([
      null,
      'ben',
      null,
      'cyd',
      null,
    ]);
  });

  it('[F4] whose track is said to be another one, or somebody else’s, while it runs, are bound to what is said', async () => {
    const { engine, room, participate } = setUp();
    const receiver = new End();
    participate('ben', 'PA_ben', 'TR_1', Track.Source.Camera);
    announce(engine, receiver);
    const [ben] = room.remoteParticipants.values() as Iterable<{ trackPublications: Map<string, object> }>;
    Object.assign(ben!.trackPublications.get('TR_1')!, { track: { receiver } });
    const says = async (change: object, of: object): Promise<void> => {
      Object.assign(of, change);
      engine.emit(EngineEvent.ParticipantUpdate, []);
      await Promise.resolve();
    };
    const publication = ben!.trackPublications.get('TR_1')!;
    await says({}, publication);
    await says({ source: Track.Source.ScreenShare }, publication);
    await says({ identity: 'cyd' }, ben!);
    room.emit(RoomEvent.TrackUnsubscribed, { receiver });
    await says({ identity: 'ben' }, ben!);
    expect(bindings().map((binding) => binding && `${binding.livekitIdentity} ${binding.context}`)).toEqual([
      ...[null, 'ben 1', 'ben 2', 'cyd 2', null],
    ]);
  });

  it('[F4] of a source that is none of ours belong to nobody', () => {
    const { engine, participate } = setUp();
    participate('ben', 'PA_ben', 'TR_1', Track.Source.Unknown);
    announce(engine, new End());
    expect(bindings()).toEqual([null, null]);
  });
});

it('[M4] neither seals nor opens data packets', async () => {
  const { manager } = setUp();
  await expect(manager.encryptData()).rejects.toThrow();
  await expect(manager.handleEncryptedData()).rejects.toThrow();
});

it('[F8] does nothing when the server says that a track is not encrypted, or how to know its own frames', () => {
  const { manager } = setUp();
  manager.setParticipantCryptorEnabled();
  manager.setSifTrailer();
  expect(posted).toEqual([]);
});
