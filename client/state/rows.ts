// The people list and the pictures of a call: the leaves of the MLS tree (M3) joined with what LiveKit shows of each and
// with names and verification. Pure; presence.ts says who is missing for long enough to be called so.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import type { PeerStatus } from '../call/peers.ts';
import type { MediaSnapshot, MediaSource, RemoteParticipantView, RemoteTrackView } from '../media/types.ts';
import { letters } from './faces.ts';
import { idOf } from './ids.ts';
import { lineOf, type Hand } from './hands.ts';
import type { CallRow, FaceView, MicState, RowAction, TileView, Verification } from './view.ts';

export interface CallScene {
  readonly me: Bytes;
  /** All leaves of the present epoch; empty while joining. */
  readonly leaves: readonly Leaf[];
  readonly media: MediaSnapshot | null;
  readonly mic: MicState;
  /** Number of my raised hand; 0: it is down (A7). */
  readonly hand: number;
  /** What the others' messages show of them, by LiveKit identity. */
  readonly peers: ReadonlyMap<string, PeerStatus>;
  /** What my role lets me do about somebody here. */
  readonly actionsOn: (who: { readonly identity: Bytes; readonly isMuted: boolean }) => readonly RowAction[];
  /** Whom a change is on its way about. */
  readonly isChanging: (identity: Bytes) => boolean;
  /** LiveKit identities whose microphone the service shows otherwise than they do, for a while. */
  readonly misshown: ReadonlySet<string>;
  /** LiveKit identities of those who may only listen: nothing of theirs plays (F10). */
  readonly listeners: ReadonlySet<string>;
  /** LiveKit identities of those who came in while the call is locked (C16): nothing of theirs plays, and they hear nothing. */
  readonly shutOut: ReadonlySet<string>;
  /** Identities of listeners who send all the same, in numbers. */
  readonly intruding: ReadonlySet<string>;
  /** What somebody says they send and nothing arrives of, for a while, by `streamName`. */
  readonly stalled: ReadonlySet<string>;
  /** LiveKit identities of leaves that have not been seen in LiveKit for a while. */
  readonly away: ReadonlySet<string>;
  /** LiveKit identities without a leaf, for a while. */
  readonly outsiders: ReadonlySet<string>;
  /** Name of an identity, as the verified roster has or had it. */
  readonly nameOf: (identity: Bytes) => string;
  readonly faceOf: (identity: Bytes) => FaceView;
  readonly excerptOf: (identity: Bytes) => string | null;
  readonly verificationOf: (identity: Bytes) => Verification;
}

const nobody: Verification = { state: 'unverified' };
const noActions: readonly RowAction[] = [];

/** Me first, then raised hands as they went up, then the others by leaf, then those without one. */
export function rowsOf(scene: CallScene): CallRow[] {
  const line = lineOf(handsIn(scene));
  const placeOf = (leaf: Leaf | undefined): number => line.get(leaf?.livekitIdentity ?? '') ?? 0;
  const mine = scene.leaves.find((leaf) => equal(leaf.identity, scene.me));
  const others = otherLeaves(scene).map((leaf) => ({ ...rowOf(scene, leaf), hand: placeOf(leaf) }));
  const raised = others.filter(({ hand }) => hand > 0).sort((a, b) => a.hand - b.hand);
  const outsiders = [...scene.outsiders].map(outsiderRow);
  return [
    { ...myRow(scene), hand: placeOf(mine) },
    ...raised,
    ...others.filter(({ hand }) => hand === 0),
    ...outsiders,
  ];
}

/** As everybody says themselves; not of who is apart: that may be another call. */
function handsIn(scene: CallScene): Hand[] {
  return scene.leaves.map(({ livekitIdentity, index, identity }) => {
    const said = scene.peers.get(livekitIdentity);
    const theirs = said === undefined || said.health === 'apart' ? 0 : said.hand;
    return { livekitIdentity, index, hand: equal(identity, scene.me) ? scene.hand : theirs };
  });
}

/** Pictures: screens before cameras, mine after the others'. */
export function tilesOf(scene: CallScene): TileView[] {
  const remote = otherLeaves(scene).flatMap((leaf) => tilesOfLeaf(scene, leaf));
  const all = [...remote, ...myTiles(scene)];
  return [
    ...all.filter(({ source }) => source === 'screen'),
    ...all.filter(({ source }) => source === 'camera'),
  ];
}

function otherLeaves(scene: CallScene): Leaf[] {
  const me = idOf(scene.me);
  return scene.leaves.filter((leaf) => idOf(leaf.identity) !== me);
}

function myRow(scene: CallScene): CallRow {
  const isMuted = scene.mic !== 'live';
  const level = isMuted ? 0 : (scene.media?.localLevel ?? 0);
  return {
    id: idOf(scene.me),
    name: scene.nameOf(scene.me),
    face: scene.faceOf(scene.me),
    excerpt: scene.excerptOf(scene.me),
    isMe: true,
    verification: nobody,
    isMuted,
    isSpeaking: level > 0.1,
    level,
    hand: 0,
    can: noActions,
    status: 'here',
    quality: scene.media?.quality.mine ?? null,
  };
}

function rowOf(scene: CallScene, leaf: Leaf): CallRow {
  const participant = participantOf(scene, leaf.livekitIdentity);
  const isListener = scene.listeners.has(leaf.livekitIdentity);
  const isMuted =
    isListener || scene.shutOut.has(leaf.livekitIdentity) || isMutedOf(scene, leaf, participant);
  return {
    id: idOf(leaf.identity),
    name: scene.nameOf(leaf.identity),
    face: scene.faceOf(leaf.identity),
    excerpt: scene.excerptOf(leaf.identity),
    isMe: false,
    verification: scene.verificationOf(leaf.identity),
    isListener,
    isChanging: scene.isChanging(leaf.identity),
    hand: 0,
    can: scene.actionsOn({ identity: leaf.identity, isMuted }),
    isMuted,
    isSpeaking: !isMuted && (participant?.isSpeaking ?? false),
    level: isMuted ? 0 : (participant?.level ?? 0),
    status: statusOf(scene, leaf, participant),
    quality: scene.media?.quality.others.get(leaf.livekitIdentity) ?? null,
  };
}

function statusOf(
  scene: CallScene,
  leaf: Leaf,
  participant: RemoteParticipantView | undefined,
): CallRow['status'] {
  if (scene.shutOut.has(leaf.livekitIdentity)) return 'shutOut';
  const health = scene.peers.get(leaf.livekitIdentity)?.health;
  if (health === 'apart' || health === 'forked') return health;
  if (scene.away.has(leaf.livekitIdentity)) return 'away';
  if (scene.listeners.has(leaf.livekitIdentity)) {
    if (scene.intruding.has(idOf(leaf.identity))) return 'silenced';
    return health === 'stale' ? 'stale' : 'here';
  }
  if (isWithholding(scene, leaf.livekitIdentity)) return 'withholding';
  const sounding = participant?.tracks.filter((track) => !track.isMuted) ?? [];
  if (sounding.some((track) => track.status === 'damaged')) return 'damaged';
  if (sounding.some((track) => track.status === 'wrongKey')) return 'wrongKey';
  if (judgedSources.some((source) => scene.stalled.has(streamName(leaf.livekitIdentity, source))))
    return 'stalled';
  if (sounding.some((track) => track.source === 'microphone' && track.status === 'waiting')) return 'waiting';
  if (health === 'stale') return 'stale';
  return scene.misshown.has(leaf.livekitIdentity) ? 'misshown' : 'here';
}

/** Nothing of theirs plays here, whatever the service shows. */
function isSilenced({ listeners, shutOut }: Pick<CallScene, 'listeners' | 'shutOut'>, name: string): boolean {
  return listeners.has(name) || shutOut.has(name);
}

/** They say that they send nothing (C18). */
function isWithholding({ peers }: Pick<CallScene, 'peers'>, name: string): boolean {
  const said = peers.get(name);
  return said?.health === 'well' && said.isWithholding;
}

/** The sound of a screen has no frame where nothing sounds, and its picture is judged. */
const judgedSources = ['microphone', 'camera', 'screen'] as const;

export function streamName(livekitIdentity: string, source: MediaSource): string {
  return `${livekitIdentity} ${source}`;
}

/** What its sender says, in my epoch, to be sending, and of which nothing arrives just now (M6), by `streamName`. */
export function silentIn(
  scene: Pick<CallScene, 'leaves' | 'media' | 'peers' | 'listeners' | 'shutOut'>,
): string[] {
  return scene.leaves.flatMap(({ livekitIdentity }) => {
    if (isSilenced(scene, livekitIdentity)) return [];
    const said = scene.peers.get(livekitIdentity);
    const participant = participantOf(scene, livekitIdentity);
    const isReadable = said?.health === 'well' || said?.health === 'forked';
    if (!isReadable || said.isWithholding || participant === undefined) return [];
    const sent = judgedSources.filter(
      (source) => said.streams[source] !== undefined && (source !== 'microphone' || said.isMuted === false),
    );
    const silent = sent.filter((source) => trackOf(participant, source)?.isArriving !== true);
    return silent.map((source) => streamName(livekitIdentity, source));
  });
}

/** Whose microphone the service shows otherwise than its owner says (A5), or who sounds while saying that it is off. */
export function misshownIn(
  scene: Pick<CallScene, 'leaves' | 'media' | 'peers' | 'listeners' | 'shutOut' | 'me'>,
): string[] {
  return scene.leaves
    .map(({ livekitIdentity }) => livekitIdentity)
    .filter((name) => {
      if (isSilenced(scene, name)) return false;
      const said = scene.peers.get(name);
      const participant = participantOf(scene, name);
      const microphone = trackOf(participant, 'microphone');
      if (said?.isWithholding === true) return false;
      if (said === undefined || said.isMuted === null || said.health !== 'well' || microphone === undefined)
        return false;
      return said.isMuted !== microphone.isMuted || (said.isMuted && participant?.isSpeaking === true);
    });
}

/** As they say themselves, while they are heard; else as LiveKit shows it. */
function isMutedOf(scene: CallScene, leaf: Leaf, participant: RemoteParticipantView | undefined): boolean {
  const microphone = trackOf(participant, 'microphone');
  const said = scene.peers.get(leaf.livekitIdentity);
  if (microphone === undefined) return true;
  return said?.health === 'well' && said.isMuted !== null ? said.isMuted : microphone.isMuted;
}

function outsiderRow(livekitIdentity: string): CallRow {
  return {
    id: `outsider:${livekitIdentity}`,
    name: '',
    face: letters,
    excerpt: null,
    isMe: false,
    verification: nobody,
    isMuted: true,
    isSpeaking: false,
    level: 0,
    hand: 0,
    can: noActions,
    status: 'outsider',
  };
}

function tilesOfLeaf(scene: CallScene, leaf: Leaf): TileView[] {
  const name = leaf.livekitIdentity;
  if (isSilenced(scene, name) || isWithholding(scene, name)) return [];
  const participant = participantOf(scene, leaf.livekitIdentity);
  return (['camera', 'screen'] as const).flatMap((source) => {
    const track = trackOf(participant, source);
    if (!track || track.isMuted) return [];
    // Taken back, and not to come again: at once gone.
    if (track.isHeld === true && scene.peers.get(name)?.streams[source] === undefined) return [];
    const row = rowOf(scene, leaf);
    const isStalled = scene.stalled.has(streamName(leaf.livekitIdentity, source));
    const status = isStalled ? ('stalled' as const) : track.status;
    return [{ ...tileBase(row), id: `${row.id}:${source}`, source, stream: track.stream, status }];
  });
}

function myTiles(scene: CallScene): TileView[] {
  const { media } = scene;
  if (!media) return [];
  const row = myRow(scene);
  const own = [
    {
      source: 'camera',
      state: media.camera,
      stream: media.cameraStream,
      isMirrored: !media.isCameraFacingAway,
    },
    { source: 'screen', state: media.screen, stream: media.screenStream, isMirrored: false },
  ] as const;
  return own.flatMap(({ source, state, stream, isMirrored }) => {
    if (stream === null || (state !== 'on' && state !== 'starting')) return [];
    const own = { id: `${row.id}:${source}`, source, stream, status: 'playing' as const, isMirrored };
    return [{ ...tileBase(row), ...own }];
  });
}

function tileBase(
  row: CallRow,
): Pick<
  TileView,
  'personId' | 'name' | 'face' | 'isMe' | 'isSpeaking' | 'isMuted' | 'hand' | 'verification' | 'quality'
> {
  const { id: personId, name, face, isMe, isSpeaking, isMuted, hand, verification, quality = null } = row;
  return { personId, name, face, isMe, isSpeaking, isMuted, hand, verification, quality };
}

const indexes = new WeakMap<MediaSnapshot['participants'], ReadonlyMap<string, RemoteParticipantView>>();

function participantOf(
  { media }: Pick<CallScene, 'media'>,
  livekitIdentity: string,
): RemoteParticipantView | undefined {
  if (media === null) return undefined;
  let index = indexes.get(media.participants);
  if (index === undefined) {
    index = new Map(media.participants.map((one) => [one.livekitIdentity, one]));
    indexes.set(media.participants, index);
  }
  return index.get(livekitIdentity);
}

function trackOf(
  participant: RemoteParticipantView | undefined,
  source: MediaSource,
): RemoteTrackView | undefined {
  return participant?.tracks.find((track) => track.source === source);
}
