// The call on the screen: turns the live call, the group's roster and what was verified into a `CallView`. The live call
// works without runes; this class listens to it and derives, so that components only read.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Clock } from '../api/clock.ts';
import type { TrustChange } from '../call/types.ts';
import type { Wish } from '../groups/changes.ts';
import type { Group } from '../groups/group.ts';
import { verificationOf } from '../groups/verification.ts';
import { LiveCall, type LiveCallParts, type LiveState } from './live-call.ts';
import { CallLog } from './call-log.svelte.ts';
import { chimeBetween, type Chime, type ChimeMoment } from './chimes.ts';
import { callActionsIn, isLocked, rowActionsOn, wishOfRow, type InCall } from './call-rights.ts';
import type { Changing, Knowledge } from './people.ts';
import { idOf } from './ids.ts';
import { inOrder } from './order.ts';
import type { PreferencesModel } from './preferences.svelte.ts';
import { nobody, Presence } from './presence.ts';
import { shownCode } from './problems.ts';
import type { DeviceWishes, MediaSnapshot } from '../media/types.ts';
import { Recovery } from './recovery.ts';
import { misshownIn, rowsOf, silentIn, tilesOf, type CallScene } from './rows.ts';
import { withSame } from './same.ts';
import { Speakers } from './speakers.ts';
import { NameBook } from './trust-log.ts';
import type {
  CallAction,
  CallRow,
  CallView,
  DiagnosticsView,
  FaceView,
  MicState,
  Problem,
  RowAction,
  CameraState,
  Verification,
} from './view.ts';

const noActions: readonly RowAction[] = [];

export interface CallModelParts {
  /** After every change: somebody is heard, nobody else is there, or it is over. */
  readonly onUnderWay: () => void;
  readonly live: Omit<LiveCallParts, 'onChange' | 'onTrust' | 'volumeOf'>;
  readonly clock: Clock;
  readonly groupId: string;
  readonly canShareScreen: boolean;
  /** Reads state. */
  readonly hasOtherCamera: () => boolean;
  /** A device was opened: now the browser tells names. */
  readonly onDevice: () => void;
  /** Reads state: what is derived from them follows. */
  readonly group: () => Group | null;
  readonly knowledge: () => Knowledge;
  /** Reads state: a change of a group that is on its way. */
  readonly changing: () => Changing | null;
  readonly preferences: PreferencesModel;
  readonly chime: (chime: Chime) => void;
  /** I ended it for everybody: it is over for me, too. */
  readonly onEndedForAll: () => void;
  /** Enter again after it ended. */
  readonly retry: () => void;
}

export class CallModel {
  readonly groupId: string;
  readonly #parts: CallModelParts;
  readonly #live: LiveCall;
  readonly #presence: Presence;
  readonly #recovery: Recovery;
  readonly #names = new NameBook();
  readonly #log: CallLog;
  #state: LiveState = $state.raw() as LiveState;
  #away = $state.raw(nobody);
  #outsiders = $state.raw(nobody);
  #misshown = $state.raw(nobody);
  #stalled = $state.raw(nobody);
  readonly #speakers: Speakers;
  #recent: readonly string[] = $state.raw([]);
  #speakerId: string | null = $state.raw(null);
  #isTalkHeld = $state(false);
  /** Ids of whom I hear nothing of, by my own wish and for this call. */
  #mutedForMe: readonly string[] = $state.raw([]);
  /** Which devices were open. */
  #opened = '';
  #heard: ChimeMoment;
  #heardLeaves: LiveState['leaves'] = [];
  /** Whom I am taking out. */
  #takingOut: readonly string[] = $state.raw([]);
  readonly #scene: CallScene = $derived.by(() => this.#sceneOf(this.#state));
  #shownRows: readonly CallRow[] = [];
  readonly #rows = $derived.by(() => {
    const rows = rowsOf(this.#scene).map((row) => this.#asMine(row));
    const shown = inOrder(rows, { recent: this.#recent, tiles: this.#tiles });
    this.#shownRows = withSame(this.#shownRows, shown);
    return this.#shownRows;
  });
  readonly #tiles = $derived(tilesOf(this.#scene));
  readonly view: CallView = $derived.by(() => this.#viewOf(this.#state));

  constructor(parts: CallModelParts) {
    this.#parts = parts;
    this.groupId = parts.groupId;
    this.#speakers = new Speakers(parts.clock);
    this.#presence = new Presence(parts.clock, () => this.#judge());
    this.#recovery = new Recovery(parts.clock, (name) => this.#live.retryParticipant(name));
    this.#log = new CallLog({
      ...{ clock: parts.clock, nameOf: this.#nameOf },
      onChange: () => this.#changed(),
    });
    this.#live = new LiveCall({
      ...parts.live,
      onChange: () => this.#changed(),
      onTrust: (change) => this.#trust(change),
      volumeOf: (identity) => this.#volumeOf(idOf(identity)),
    });
    this.#state = this.#live.state;
    this.#heard = this.#chimeMoment();
    this.noteNames();
  }

  get isOver(): boolean {
    return this.#state.phase === 'ended';
  }

  get media(): MediaSnapshot | null {
    return this.#state.media;
  }

  start(): void {
    void this.#live.start();
  }

  /** Over: by my own wish with null, else for a reason that has words. */
  end(code: string | null): void {
    this.#presence.stop();
    this.#recovery.stop();
    this.#log.stop();
    this.#live.end(code);
  }

  abandon(): void {
    this.#live.abandon();
  }

  wake(): void {
    this.#live.wake();
  }

  /** The roster changed. */
  noteNames(): void {
    const group = this.#parts.group();
    if (!group) return;
    this.#names.note(group.members);
    this.#log.noteRoster(group);
  }

  noteVerified(identity: Bytes): void {
    this.#log.write('verified', identity);
  }

  toggleMic(): void {
    const { mic } = this.view;
    // A tap while it is held is one's last word on it.
    if (this.#isTalkHeld) {
      this.#isTalkHeld = false;
      return;
    }
    if (mic === 'denied' || mic === 'missing' || mic === 'failed') this.#live.retryMicrophone();
    else if (mic !== 'listener') this.#live.setMuted(mic !== 'muted');
  }

  /** Only who is muted can hold; who lets go is muted, whatever else happened meanwhile. */
  holdTalk(isHeld: boolean): void {
    if (isHeld === this.#isTalkHeld) return;
    const { phase, mic } = this.view;
    if (isHeld && (phase !== 'inCall' || mic !== 'muted')) return;
    this.#isTalkHeld = isHeld;
    this.#live.setMuted(!isHeld);
  }

  muteForMe(id: string, isMuted: boolean): void {
    const others = this.#mutedForMe.filter((other) => other !== id);
    this.#mutedForMe = isMuted ? [...others, id] : others;
    this.#live.applyVolumes();
  }

  toggleHand(): void {
    this.#live.raiseHand(!this.view.isHandUp);
  }

  /** What is said in the call is said; the change of the group that another action is, is given back. */
  act(action: RowAction, identity: Bytes): Wish | null {
    const { callId } = this.#state;
    if (action === 'mute') this.#live.muteOthers(identity);
    if (action === 'takeOut') void this.#takeOut(identity);
    return callId && wishOfRow(action, callId, identity);
  }

  /** The same of an action on the call. */
  async #takeOut(identity: Bytes): Promise<void> {
    const id = idOf(identity);
    this.#takingOut = [...this.#takingOut, id];
    await this.#live.takeOut(identity);
    this.#takingOut = this.#takingOut.filter((other) => other !== id);
  }

  actOnAll(action: CallAction): Wish | null {
    const { callId } = this.#state;
    if (callId === null || !this.view.can.includes(action)) return null;
    if (action === 'lock' || action === 'unlock')
      return { kind: 'lock', callId, isLocked: action === 'lock' };
    if (action === 'muteAll') this.#live.muteOthers(null);
    else void this.#live.takeOut(null).then(() => this.#parts.onEndedForAll());
    return null;
  }

  /** True if it goes on. */
  toggleCamera(): boolean {
    const isOn = !isRunning(this.view.camera);
    this.#live.setCamera(isOn);
    return isOn;
  }

  /** Name of the camera that I am seen by. */
  get cameraName(): string | null {
    return this.#state.media?.cameraName ?? null;
  }

  turnOnCamera(): void {
    this.#live.setCamera(true);
  }

  setDevices(wishes: DeviceWishes): void {
    this.#live.setDevices(wishes);
  }

  toggleScreen(): void {
    this.#live.setScreen(!isRunning(this.view.screen));
  }

  unblockAudio(): void {
    this.#live.unblockAudio();
  }

  async diagnose(build: string): Promise<DiagnosticsView> {
    const [found, { diagnosticsOf }] = await Promise.all([this.#live.diagnose(), import('./diagnostics.ts')]);
    const { phase, leaves } = this.#state;
    return diagnosticsOf({
      ...found,
      ...{ phase, build, browser: navigator.userAgent, nowMs: this.#parts.clock.today() },
      leaves: leaves.map(({ livekitIdentity }) => livekitIdentity),
      nameOf: (name) => {
        const leaf = leaves.find(({ livekitIdentity }) => livekitIdentity === name);
        return leaf === undefined ? null : this.#nameOf(leaf.identity);
      },
    });
  }

  retryMedia(identity: Bytes): void {
    this.#live.retryMedia(identity);
  }

  rejoin(): void {
    this.#live.rejoin();
  }

  #changed(): void {
    this.#state = this.#live.state;
    if (this.isOver || isUnderWay(this.#state)) this.#parts.onUnderWay();
    const { media, leaves } = this.#state;
    const me = idOf(this.#parts.knowledge().me);
    const isConnected = media?.connection === 'connected' && this.#state.phase === 'inCall';
    this.#presence.update({
      leaves: leaves.filter((leaf) => idOf(leaf.identity) !== me).map((leaf) => leaf.livekitIdentity),
      participants: isConnected ? media.participants.map((participant) => participant.livekitIdentity) : null,
      misshown: isConnected ? misshownIn({ ...this.#state, me: this.#parts.knowledge().me }) : [],
      silent: isConnected ? silentIn(this.#state) : [],
    });
    this.#log.note(this.#state);
    this.#noteSpeech();
    this.#noteHold();
    this.#sound();
    this.#noteDevices();
    this.#judge();
  }

  #noteDevices(): void {
    const { microphone = 'off', camera = 'off' } = this.#state.media ?? {};
    const opened = `${microphone === 'on'} ${camera === 'on'}`;
    if (opened !== this.#opened && (microphone === 'on' || camera === 'on')) this.#parts.onDevice();
    this.#opened = opened;
  }

  /** By the levels of what is decoded here. */
  #noteSpeech(): void {
    const participants = this.#state.media?.participants ?? [];
    const names = participants
      .filter(({ isSpeaking }) => isSpeaking)
      .map(({ livekitIdentity }) => livekitIdentity);
    const speaking = this.#state.leaves.filter(({ livekitIdentity }) => names.includes(livekitIdentity));
    this.#recent = this.#speakers.update(speaking.map(({ identity }) => idOf(identity)));
    this.#speakerId = this.#speakers.latest;
  }

  /** What is held ends where it cannot be seen to go on: the line, somebody's mute, my right to speak. */
  #noteHold(): void {
    const { phase, isMutedWish, maySpeak } = this.#state;
    if (!this.#isTalkHeld || (phase === 'inCall' && !isMutedWish && maySpeak)) return;
    this.#isTalkHeld = false;
    if (!isMutedWish) this.#live.setMuted(true);
  }

  #sound(): void {
    const before = this.#heard;
    const { leaves, maySpeak, phase } = this.#state;
    const isSame = leaves === this.#heardLeaves && maySpeak === before.maySpeak;
    if (isSame && before.isInCall === (phase === 'inCall')) return;
    const after = this.#chimeMoment();
    [this.#heard, this.#heardLeaves] = [after, leaves];
    const chime = chimeBetween(before, after);
    if (chime !== null && this.#parts.preferences.now.sounds) this.#parts.chime(chime);
  }

  #chimeMoment(): ChimeMoment {
    const others = this.#others();
    return {
      others: others.map(idOf),
      changed: others.filter((one) => this.#verificationOf(one).state === 'changed').map(idOf),
      maySpeak: this.#state.maySpeak,
      isInCall: this.#state.phase === 'inCall',
    };
  }

  #volumeOf(id: string): number {
    return this.#mutedForMe.includes(id) ? 0 : (this.#parts.preferences.now.volumes[id] ?? 1);
  }

  /** With what only this device knows of somebody. */
  #asMine(row: CallRow): CallRow {
    if (row.isMe || row.status === 'outsider') return row;
    const isMutedForMe = this.#mutedForMe.includes(row.id);
    return {
      ...row,
      ...{ volume: this.#parts.preferences.now.volumes[row.id] ?? 1, isMutedForMe },
      ...(this.#log.forged.has(row.id) ? { isForged: true } : {}),
    };
  }

  #judge(): void {
    const { away, outsiders, misshown, stalled } = this.#presence;
    for (const outsider of outsiders) if (!this.#outsiders.has(outsider)) this.#log.write('outsider', null);
    this.#away = away;
    this.#outsiders = outsiders;
    this.#misshown = misshown;
    this.#stalled = stalled;
    this.#recovery.update([...stalled].map((name) => name.slice(0, name.lastIndexOf(' '))));
  }

  #trust({ kind, identity, by }: TrustChange): void {
    this.#log.write(kind, identity, by && { by: this.#nameOf(by) });
  }

  readonly #nameOf = (identity: Bytes): string => this.#names.nameOf(identity);

  readonly #faceOf = (identity: Bytes): FaceView => {
    const [group, face] = [this.#parts.group(), this.#names.faceOf(identity)];
    return group && face ? this.#parts.knowledge().faceOf(group, face) : { kind: 'initials' };
  };

  readonly #excerptOf = (identity: Bytes): string | null => {
    const group = this.#parts.group();
    return group && this.#parts.knowledge().excerptOf(group, identity);
  };

  readonly #verificationOf = (identity: Bytes): Verification => {
    const person = { identity: idOf(identity), name: this.#nameOf(identity) };
    return verificationOf(this.#parts.knowledge().verifications, this.groupId, person);
  };

  readonly #actionsOn = (who: {
    readonly identity: Bytes;
    readonly isMuted: boolean;
  }): readonly RowAction[] => {
    const here = this.#here();
    return here === null ? noActions : rowActionsOn(here, who);
  };

  #others(): Bytes[] {
    const me = idOf(this.#parts.knowledge().me);
    return this.#state.leaves.map(({ identity }) => identity).filter((identity) => idOf(identity) !== me);
  }

  /** Null where it is not certain what my role lets me do. */
  #here(): InCall | null {
    const group = this.#parts.group();
    const { callId } = this.#state;
    if (group?.isFresh !== true || callId === null) return null;
    return { state: group.state, callId, me: this.#parts.knowledge().me };
  }

  readonly #isChanging = (identity: Bytes): boolean => {
    const changing = this.#parts.changing();
    const id = idOf(identity);
    return this.#takingOut.includes(id) || (changing?.groupId === this.groupId && changing.personId === id);
  };

  #sceneOf(state: LiveState): CallScene {
    return {
      me: this.#parts.knowledge().me,
      leaves: state.leaves,
      media: state.media,
      mic: micOf(state),
      away: this.#away,
      outsiders: this.#outsiders,
      peers: state.peers,
      hand: state.hand,
      actionsOn: this.#actionsOn,
      isChanging: this.#isChanging,
      listeners: state.listeners,
      shutOut: state.shutOut,
      intruding: this.#log.intruding,
      misshown: this.#misshown,
      stalled: this.#stalled,
      nameOf: this.#nameOf,
      faceOf: this.#faceOf,
      excerptOf: this.#excerptOf,
      verificationOf: this.#verificationOf,
    };
  }

  #viewOf(state: LiveState): CallView {
    const { media, phase, startedAtMs, callCode } = state;
    const here = this.#here();
    return {
      groupId: this.groupId,
      groupName: this.#parts.group()?.name ?? '',
      ...{ phase, startedAtMs, callCode },
      mic: micOf(state),
      isHandUp: state.hand > 0,
      isTalkHeld: this.#isTalkHeld,
      isTalkingMuted: phase === 'inCall' && (media?.isTalkingMuted ?? false),
      speakerId: this.#speakerId,
      preferences: this.#parts.preferences.now,
      isLocked: here !== null && isLocked(here.state, here.callId),
      mutedBy: state.mutedBy && this.#nameOf(state.mutedBy),
      can: here === null ? [] : callActionsIn(here, this.#others()),
      camera: media?.camera ?? 'off',
      screen: media?.screen ?? 'off',
      canShareScreen: this.#parts.canShareScreen && state.maySpeak,
      canSwitchCamera: media?.camera === 'on' && this.#parts.hasOtherCamera(),
      using: { microphone: media?.microphoneName ?? null, camera: media?.cameraName ?? null },
      isAudioBlocked: media?.isAudioBlocked ?? false,
      withheldFrom: state.unverified.map((identity) => ({
        id: idOf(identity),
        name: this.#nameOf(identity),
      })),
      rows: this.#rows,
      tiles: this.#tiles,
      trustLog: this.#log.lines,
      endedBy: state.endedBy && this.#nameOf(state.endedBy),
      problem: this.#problemOf(state),
    };
  }

  #problemOf(state: LiveState): Problem | null {
    if (state.code === 'ended_for_all') return { code: state.code };
    if (state.code !== null) return { code: shownCode(state.code), retry: () => this.#parts.retry() };
    return state.media?.isSendStopped ? { code: 'send_stopped' } : null;
  }
}

function isUnderWay({ callCode, leaves, media }: LiveState): boolean {
  const isHeard = media?.participants.some(({ tracks }) => tracks.some(({ status }) => status === 'playing'));
  return callCode !== null && (leaves.length === 1 || isHeard === true);
}

function isRunning(source: CameraState): boolean {
  return source === 'on' || source === 'starting';
}

/** What the microphone does, or will have done in a moment: the screen answers the tap, not the network. */
function micOf({ media, isMutedWish, maySpeak, unverified }: LiveState): MicState {
  if (!maySpeak) return 'listener';
  const microphone = media?.microphone ?? 'starting';
  if (microphone === 'denied' || microphone === 'missing' || microphone === 'failed') return microphone;
  if (isMutedWish || (microphone === 'on' && media?.isMicrophoneMuted)) return 'muted';
  if (unverified.length > 0) return 'withheld';
  return microphone === 'on' ? 'live' : 'starting';
}
