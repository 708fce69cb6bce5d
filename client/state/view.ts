// What screens show: the shapes that `client/state` derives and `client/ui` draws. Types only. Components take these as
// props and give back the callbacks of `Actions`; they know no fetch, no LiveKit and no cryptography.

import type { FrameFigures, PathFigures, TrackFigures } from '../media/diagnostics.ts';
import type {
  Background,
  BuiltInPicture,
  DeviceWishes,
  LocalCameraState,
  NoiseSuppression,
} from '../media/types.ts';
import type { JoinTimes, RekeyTimes } from './timeline.ts';

export type { Background } from '../media/types.ts';

/** A code that `i18n` has words for, with what to do. The server's codes and the client's own (see i18n/en.ts `errors`). */
export type Problem = { readonly code: string; readonly retry?: () => void };

export type Verification =
  | { readonly state: 'unverified' }
  | { readonly state: 'verified'; readonly atMs: number }
  /** A name that was verified now comes with another key (S3). */
  | { readonly state: 'changed' };

/** What stands for somebody or a group (G20). */
export type FaceView =
  /** The letters of the name. */
  | { readonly kind: 'initials' }
  | { readonly kind: 'emoji'; readonly emoji: string; readonly tone: number }
  | { readonly kind: 'picture'; readonly picture: PictureView };

/** A picture that comes when it is wanted: when it is on the screen. */
export interface PictureView {
  /** Null until it is here, and where it cannot be shown: then the letters stand. */
  readonly url: string | null;
  want(): void;
}

/** A face that somebody chose. `keep`: the one of now. */
export type FaceChoice =
  | { readonly kind: 'keep' | 'initials' }
  | { readonly kind: 'emoji'; readonly emoji: string; readonly tone: number }
  | { readonly kind: 'picture'; readonly bytes: Uint8Array<ArrayBuffer> };

/** A member of the group, as the verified roster has it. */
export interface Person {
  /** base64url of the identity key: stable, unique, used as list key. */
  readonly id: string;
  readonly name: string;
  readonly face: FaceView;
  /** Digits that tell them from a namesake; null where nobody is called like that, and for a moment where somebody is. */
  readonly excerpt: string | null;
  readonly isMe: boolean;
  readonly role: Role;
  /** What my role lets me do about them. */
  readonly can: readonly MemberAction[];
  /** One of these is on its way to the service. */
  readonly isChanging: boolean;
  readonly verification: Verification;
  readonly isInCall: boolean;
}

export type Role = 'owner' | 'admin' | 'member' | 'listener';
export type MemberAction = 'makeAdmin' | 'makeMember' | 'makeListener' | 'handOver' | 'remove' | 'ban';

export interface GroupSummary {
  readonly id: string;
  readonly name: string;
  readonly face: FaceView;
  readonly memberCount: number;
  /** 0 = no voice chat. */
  readonly inCallCount: number;
  /** When this device last saw a voice chat in it. */
  readonly lastCallAtMs: number | null;
}

/** A group that I asked to be let into, and what became of it (client/groups/knocking.ts). */
export interface WaitingView {
  readonly id: string;
  readonly groupName: string;
  readonly state: 'waiting' | 'declined' | 'outdated' | 'expired' | 'gone' | 'refused';
  readonly knockedAtMs: number;
  /** `declined`: when I may ask again. */
  readonly untilMs: number;
}

/** Somebody who waits to be let in. */
export interface KnockCard {
  readonly id: string;
  readonly name: string;
  readonly verification: Verification;
  /** How the safety number begins; empty while it is computed. */
  readonly number: string | null;
  readonly isChanging: boolean;
}

export interface DoorView {
  readonly people: readonly KnockCard[];
  /** Shown by the service beside them, and left out: they do not verify. */
  readonly refused: number;
}

/** How a group does its voice chats (G9). `listen`: who is new only listens, until an admin lets them speak. */
export interface CallSettings {
  readonly speaking: 'everybody' | 'listen';
  /** Everybody's device sends only while its owner has verified all who are in the call (C18). */
  readonly isVerifiedOnly: boolean;
  readonly codec: 'any' | 'vp8';
  readonly picture: 'any' | '720p' | '360p';
}

/** Somebody who cannot come back into a group until they are pardoned. */
export interface BannedPerson {
  readonly id: string;
  /** As it was last signed; empty where it was never read here. */
  readonly name: string;
  /** The first ten of their own half of safety numbers; null while that is computed. */
  readonly digits: string | null;
  readonly isChanging: boolean;
}

export interface GroupView extends GroupSummary {
  readonly people: readonly Person[];
  /** null while loading, and while a new one is being made. */
  readonly inviteLink: string | null;
  readonly canRenewLink: boolean;
  /** `approval`: somebody has to let new people in. */
  readonly admission: 'open' | 'approval';
  readonly canSetAdmission: boolean;
  /** Who waits; null where that is not mine to answer. */
  readonly door: DoorView | null;
  /** Empty where they are not mine to pardon. */
  readonly banned: readonly BannedPerson[];
  readonly canDelete: boolean;
  /** Of the group's own name and face; of mine: as long as the service is believed. */
  readonly canRename: boolean;
  readonly canChangeMe: boolean;
  readonly callSettings: CallSettings;
  readonly canSetCall: boolean;
  /** `mustHandOver`: the owner of a group with others in it; `alone`: nobody would be left. */
  readonly leaving: 'free' | 'mustHandOver' | 'alone';
  readonly call: {
    readonly startedAtMs: number;
    readonly people: readonly Person[];
    /** Nobody else comes in; `unlockable`: I can open it. */
    readonly lock: 'open' | 'locked' | 'unlockable';
  } | null;
  /** Shown from what this device remembers: `offline` without network, `refused` because what the service says is not believed. */
  readonly status: 'loading' | 'ready' | 'offline' | 'refused';
  readonly problem: Problem | null;
}

export interface InvitedTo {
  readonly groupName: string;
  readonly face: FaceView;
  readonly memberCount: number;
  /** `approval`: somebody has to let me in. */
  readonly admission: 'open' | 'approval';
}

/** Where the invite link led. `damaged`, `unknown` (replaced or never existed) and `removed` end here. */
export type InviteView =
  | { readonly phase: 'opening' }
  | ({ readonly phase: 'ready' | 'joining' } & InvitedTo)
  | { readonly phase: 'damaged' | 'unknown' | 'removed' | 'expired' | 'usedUp' | 'revoked' }
  | { readonly phase: 'failed'; readonly problem: Problem };

/** `listener`: my role does not let me speak, nor show anything; `withheld`: it is on, and nothing is sent (C18). */
export type MicState =
  'live' | 'muted' | 'starting' | 'denied' | 'missing' | 'failed' | 'listener' | 'withheld';
export type SourceState = 'off' | 'starting' | 'on' | 'denied' | 'missing' | 'failed';
/** `noBackground`: what is to be seen behind me cannot be put there, and without it nothing is sent. */
export type CameraState = LocalCameraState;

/** Why what somebody sends does not play, while they hold a leaf (M6). */
export type MediaTrouble = 'waiting' | 'wrongKey' | 'stalled' | 'damaged';

/** What an admin can do about somebody in a call. `letSpeak`: a listener, in this call; `listenAgain` takes it back. */
export type RowAction = 'letSpeak' | 'listenAgain' | 'mute' | 'takeOut';
/** … and about the call. */
export type CallAction = 'muteAll' | 'lock' | 'unlock' | 'endForAll';

/** A connection that is not well: `amount` is percent of the sound for `loss`, milliseconds for `far`. */
export interface QualityView {
  readonly grade: 'weak' | 'bad';
  readonly reason: 'loss' | 'far' | 'frozen' | 'line';
  readonly amount: number;
}

/** One row of the people list in the call: a leaf of the MLS tree (M3), or a LiveKit participant without one. */
export interface CallRow {
  readonly id: string;
  readonly name: string;
  readonly face: FaceView;
  /** As of `Person`. */
  readonly excerpt: string | null;
  readonly isMe: boolean;
  readonly verification: Verification;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  /** 0..1, for the parentheses; at most 20 times a second. */
  readonly level: number;
  /** Place in the line of raised hands, from 1; 0: the hand is down. */
  readonly hand: number;
  /** What my role lets me do about them. */
  readonly can: readonly RowAction[];
  /** One of these is on its way to the service. */
  readonly isChanging?: boolean;
  /** Their connection is weak, or with `isMe` mine, and why. */
  readonly quality?: QualityView | null;
  /** May only listen in this call: nothing of theirs plays here (F10). */
  readonly isListener?: boolean;
  /** How loud they are on this device, 0 to 2, and whether I silenced them for myself; nobody else notices. */
  readonly volume?: number;
  readonly isMutedForMe?: boolean;
  /** Frames come under their name that are not theirs, changed or repeated. They are dropped; what is theirs plays. */
  readonly isForged?: boolean;
  /**
   * `here` all is well; `away` holds the key but is not in LiveKit; `outsider` in LiveKit without a leaf: cannot hear you,
   * is never played. Of what they send (M6): `waiting` their key is not here yet; `wrongKey` it has not come for too long;
   * `stalled` they say that they send, and nothing arrives; `damaged` what arrives is not what they sent. By their own
   * messages (A6): `apart` speaks in a way that does not open here, as if the service showed us different calls; `stale` has
   * not shown the present key for a while; `misshown` the service shows their microphone otherwise than they do; `withholding` sends
   * nothing until they have verified everybody (C18). `silenced` may only listen and sends all the same: it is dropped (F10). `shutOut`
   * came in while the call is locked, and is taken out again (C16).
   * `forked` followed another history of the group than I (A9).
   */
  readonly status:
    | 'here'
    | MediaTrouble
    | 'away'
    | 'outsider'
    | 'apart'
    | 'forked'
    | 'stale'
    | 'misshown'
    | 'withholding'
    | 'silenced'
    | 'shutOut';
}

/** A picture: somebody's camera or screen. `stream` goes into a muted `<video>`. */
export interface TileView {
  /** `${person id}:camera` or `:screen`. */
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly face: FaceView;
  readonly isMe: boolean;
  readonly source: 'camera' | 'screen';
  readonly stream: MediaStream | null;
  readonly isSpeaking: boolean;
  readonly isMuted: boolean;
  /** Place in the line of raised hands, from 1; 0: not raised. */
  readonly hand: number;
  readonly verification: Verification;
  readonly status: 'playing' | MediaTrouble;
  readonly quality?: QualityView | null;
  /** My own, as a mirror shows me. */
  readonly isMirrored?: boolean;
}

/** A line of the trust log, newest first. */
export interface TrustEvent {
  readonly id: number;
  readonly atMs: number;
  readonly kind:
    | 'opened'
    | 'joined'
    | 'left'
    | 'removed'
    | 'restarted'
    | 'outsider'
    | 'verified'
    | 'refused'
    | 'forged'
    | 'silenced'
    | 'shutOut'
    | 'takenOut'
    | 'withheld'
    | 'mutedByService'
    | 'strayMessages'
    | 'forkedGroup';
  readonly name: string;
  /** `takenOut`: name of who did it. */
  readonly by?: string;
  /** How often in a row; `forged` and `silenced`: how many frames were dropped; `withheld`: how many of mine were not sent. */
  readonly count: number;
}

/** How I like calls on this device. */
export interface PreferencesView {
  readonly sounds: boolean;
  /** Keys without Ctrl or Cmd do something in a call. */
  readonly singleKeys: boolean;
  /** Small pictures of everybody, mine too. */
  readonly lowData: boolean;
}

export interface CallView {
  readonly groupId: string;
  readonly groupName: string;
  /**
   * `joining` tapped, not yet in; `inCall`; `reconnecting` line lost, key kept; `restarting` a new generation (C9);
   * `ended` over for me, `problem` says why if it was not my own wish.
   */
  readonly phase: 'joining' | 'inCall' | 'reconnecting' | 'restarting' | 'ended';
  readonly startedAtMs: number | null;
  readonly mic: MicState;
  readonly isHandUp: boolean;
  /** Heard as long as I hold the microphone or the space bar. */
  readonly isTalkHeld: boolean;
  /** I talk, and am muted. */
  readonly isTalkingMuted: boolean;
  /** Id of who spoke last, me not among them; null before anybody did. */
  readonly speakerId: string | null;
  readonly preferences: PreferencesView;
  /** Nobody else comes in. */
  readonly isLocked: boolean;
  /** Name of the admin who muted me, until I unmute. */
  readonly mutedBy: string | null;
  /** What my role lets me do about the call. */
  readonly can: readonly CallAction[];
  readonly camera: CameraState;
  readonly screen: SourceState;
  readonly canShareScreen: boolean;
  /** My camera is on, and there is another one. */
  readonly canSwitchCamera: boolean;
  /** Names of the devices that I am heard and seen by; null: not known, or none. */
  readonly using: { readonly microphone: string | null; readonly camera: string | null };
  /** The browser wants a tap before it plays sound. */
  readonly isAudioBlocked: boolean;
  /** Who is not verified here, so that nothing of mine is sent in this group (C18); mostly nobody. */
  readonly withheldFrom: readonly { readonly id: string; readonly name: string }[];
  readonly rows: readonly CallRow[];
  readonly tiles: readonly TileView[];
  /** 30 digits, the same for everybody in this epoch; null while joining. */
  readonly callCode: string | null;
  readonly trustLog: readonly TrustEvent[];
  /** Name of who took me out, or ended the call for everybody. */
  readonly endedBy: string | null;
  readonly problem: Problem | null;
}

export interface VerifyView {
  readonly personId: string;
  readonly name: string;
  readonly face: FaceView;
  readonly verification: Verification;
  /** 60 digits in 12 groups of 5; none while they are computed. */
  readonly groups: readonly string[];
  /** Payload of the QR code (S2). */
  readonly qr: Uint8Array;
}

export type DeviceKind = 'microphone' | 'camera' | 'speaker';

export interface DeviceChoice {
  readonly kind: DeviceKind;
  readonly id: string;
  /** Empty where the browser does not tell before a device was used. */
  readonly label: string;
}

/** What others may see behind me instead of what is there; which of it is chosen is among the wishes about devices. */
export interface BackgroundsView {
  readonly pictures: readonly { readonly name: BuiltInPicture; readonly url: string }[];
  /** My own picture; null: there is none, or it is not here yet. */
  readonly own: string | null;
  /** A file is being made into it. */
  readonly isWorking: boolean;
  /** Why a file did not become it. */
  readonly problem: 'tooLarge' | 'unreadable' | 'notKept' | null;
}

/** The dialog of microphone, camera and speaker. */
export interface DevicesView {
  readonly chosen: DeviceWishes;
  readonly found: readonly DeviceChoice[];
  readonly canChooseSpeaker: boolean;
  /** 0..1, of my microphone as it goes out; 0 outside a call. */
  readonly level: number;
  readonly isNoiseFailed: boolean;
  /** Null: not here yet. */
  readonly backgrounds: BackgroundsView | null;
  /** Mine, in the call. */
  readonly camera: CameraState;
  /** As the others see it. */
  readonly cameraStream: MediaStream | null;
}

/** The devices, looked at before a voice chat or on their own. Nobody else hears or sees any of it. */
export interface DeviceCheckView {
  /** The group whose voice chat comes after; null: none does. */
  readonly group: { readonly name: string; readonly inside: readonly Person[] } | null;
  readonly me: Pick<Person, 'id' | 'name' | 'face'>;
  readonly chosen: DeviceWishes;
  readonly found: readonly DeviceChoice[];
  readonly canChooseSpeaker: boolean;
  readonly microphone: SourceState;
  /** 0..1 */
  readonly level: number;
  /** What speaker or recorder is busy with. `failed`: this browser cannot record. */
  readonly sound: 'idle' | 'recording' | 'playing' | 'testing' | 'failed';
  readonly camera: CameraState;
  /** As the others would see it. */
  readonly cameraStream: MediaStream | null;
  /** Null: not here yet. */
  readonly backgrounds: BackgroundsView | null;
}

/** `record`: three seconds, then what the others would hear of them. Once more ends it; so does `testSpeaker`. */
export type CheckAction = 'retry' | 'record' | 'testSpeaker' | 'toggleCamera' | 'turnOnCamera';

/** A voice chat that began in a group that is not on the page. */
export interface RingView {
  readonly groupId: string;
  readonly groupName: string;
  readonly face: FaceView;
  /** Of who is inside. */
  readonly names: readonly string[];
}

/** Whether the system says so, too, where nobody looks at the page. `denied`: the browser will not ask any more. */
export interface NotifyView {
  readonly state: 'unsupported' | 'off' | 'on' | 'denied';
  readonly isOpen: boolean;
  /** The browser is asking. */
  readonly isAsking: boolean;
}

/** The dialog that changes a name and face. */
export interface ProfileView {
  readonly of: 'me' | 'group';
  /** Of me or of the group, for the ground behind letters. */
  readonly id: string;
  readonly groupName: string;
  readonly name: string;
  readonly face: FaceView;
  readonly isWorking: boolean;
  readonly problem: Problem | null;
}

/** An invite link that ends. */
export interface InviteLinkView {
  readonly id: string;
  readonly link: string;
  readonly expiresAtMs: number;
  /** null: for as many as come. */
  readonly uses: number | null;
  readonly used: number;
  readonly canRevoke: boolean;
  /** Made just now. */
  readonly isNew: boolean;
}

/** The links that end of the group whose dialog is open. */
export interface InvitesView {
  readonly groupId: string;
  readonly links: readonly InviteLinkView[];
  readonly work: 'idle' | 'loading' | 'making' | 'revoking';
  readonly problem: Problem | null;
}

/** Scanning the code of an invite. */
export interface ScanView {
  /** What the last code was that opens nothing: an invite of the service at `host`, or no invite. */
  readonly found: { readonly kind: 'elsewhere'; readonly host: string } | { readonly kind: 'other' } | null;
}

/** The dialog of a backup that is open. */
export interface BackupView {
  readonly kind: 'save' | 'restore';
  readonly work: 'idle' | 'working' | 'done';
  /** Of the slow part, 0 to 1. */
  readonly part: number;
  readonly problem: Problem | null;
}

export type Screen =
  | { readonly name: 'loading' }
  /** No identity or no group yet, or "new group". `isFirst`: no name was ever given. */
  | { readonly name: 'start'; readonly isFirst: boolean }
  | { readonly name: 'invite'; readonly invite: InviteView; readonly needsName: boolean }
  | { readonly name: 'waiting'; readonly knock: WaitingView }
  | { readonly name: 'group'; readonly group: GroupView }
  /** This browser cannot take part: what is missing, in words of i18n `errors`. */
  | { readonly name: 'unsupported'; readonly missing: readonly string[] };

/** Everything on the page. */
export interface AppView {
  readonly screen: Screen;
  readonly myName: string | null;
  readonly myId: string | null;
  readonly groups: readonly GroupSummary[];
  readonly waiting: readonly WaitingView[];
  /** The call I am in or joining, whatever group is on the page. */
  readonly call: CallView | null;
  /** Who waits at the door of the group that this call is of. */
  readonly callDoor: DoorView | null;
  /** The group whose voice chat I am in, in another tab of this browser: entering one here moves it, or ends it there. */
  readonly callInOtherTab: string | null;
  /** The tap that enters a call was taken; its screen follows in a moment. */
  readonly isEntering: boolean;
  readonly verify: VerifyView | null;
  readonly profile: ProfileView | null;
  readonly ring: RingView | null;
  readonly notify: NotifyView;
  readonly backup: BackupView | null;
  readonly scan: ScanView | null;
  readonly invites: InvitesView | null;
  /** The browser has a sheet to share links with. */
  readonly canShareLink: boolean;
  readonly devices: DevicesView | null;
  /** Nobody ever joined from this browser: trying sound and camera first is offered. */
  readonly offersCheck: boolean;
  readonly deviceCheck: DeviceCheckView | null;
  readonly isOffline: boolean;
  /** The service serves another build than this page, and no call would be broken off by taking it. */
  readonly hasNewBuild: boolean;
  /** Something the last tap could not do; dismissable. */
  readonly notice: Problem | null;
  /** A form is being sent. */
  readonly isBusy: boolean;
}

/** A track and whose it is. */
export interface TrackView extends Omit<TrackFigures, 'livekitIdentity'> {
  /** Null: mine, or of nobody who holds the key. */
  readonly who: string | null;
  readonly isMine: boolean;
  /** Which member, from 1; null: mine, or nobody's. */
  readonly number: number | null;
}

/** The numbers of a call, for whoever looks for what is wrong with it. */
export interface DiagnosticsView {
  readonly phase: string;
  readonly connection: string;
  readonly build: string;
  readonly path: PathFigures | null;
  readonly joins: readonly JoinTimes[];
  /** The latest first. */
  readonly rekeys: readonly RekeyTimes[];
  readonly tracks: readonly TrackView[];
  readonly frames: FrameFigures | null;
  /** The same to be sent to somebody: without names, addresses, links and keys. */
  readonly text: string;
}

/** What a person can do. Every one answers on the screen at once; none throws. */
export interface Actions {
  createGroup(myName: string, groupName: string): void;
  joinGroup(myName: string): void;
  openGroup(groupId: string): void;
  openNewGroup(): void;
  copyLink(groupId: string): Promise<boolean>;
  /** Any other link of the invite dialog. */
  copyText(text: string): Promise<boolean>;
  /** Opens the browser's sheet. */
  shareLink(link: string, groupName: string): void;
  openInvites(groupId: string): void;
  closeInvites(): void;
  makeInvite(lifetimeMs: number, uses: number | null): void;
  revokeInvite(id: string): void;
  leaveGroup(groupId: string): void;
  /** This device lets go of the group; I stay a member. */
  forgetGroup(groupId: string): void;
  /** For everybody, as its owner. */
  deleteGroup(groupId: string): void;
  changeMember(groupId: string, personId: string, action: MemberAction): void;
  /** Who is banned may join again. */
  pardon(groupId: string, personId: string): void;
  /** Lets somebody in who waits at the door, or sends them away. */
  answerKnock(groupId: string, personId: string, isLetIn: boolean): void;
  setAdmission(groupId: string, admission: GroupView['admission']): void;
  /** Takes my own request back, and what is left of it off the list. */
  withdrawKnock(groupId: string): void;
  knockAgain(groupId: string): void;
  /** A new secret and a new link: the old one opens nothing any more. */
  renewLink(groupId: string): void;
  /** Opens the dialog for my name and face in this group, or for the group's own. */
  openProfile(groupId: string, of: ProfileView['of']): void;
  closeProfile(): void;
  saveProfile(name: string, face: FaceChoice): void;
  dismissRing(groupId: string): void;
  openNotify(): void;
  closeNotify(): void;
  setNotify(isOn: boolean): void;
  setCall(groupId: string, change: Partial<CallSettings>): void;
  /** Start or join the voice chat; the check of devices comes before where it is due. */
  enterCall(groupId: string): void;
  /** Looks at the devices first. */
  checkAndEnter(groupId: string): void;
  leaveCall(): void;
  toggleMic(): void;
  /** Heard while it is true; muted again after. Does nothing for who is not muted. */
  holdTalk(isHeld: boolean): void;
  /** How loud somebody is on this device, 0 to 2. */
  setVolume(personId: string, volume: number): void;
  muteForMe(personId: string, isMuted: boolean): void;
  setPreferences(change: Partial<PreferencesView>): void;
  /** Raises my hand, or puts it down. */
  toggleHand(): void;
  /** In the call that I am in. */
  actInCall(personId: string, action: RowAction): void;
  actOnCall(action: CallAction): void;
  /** Lets people into the group's voice chat again. */
  unlockCall(groupId: string): void;
  toggleCamera(): void;
  /** To the camera on the other side of the phone, or the next one. */
  switchCamera(): void;
  toggleScreen(): void;
  unblockAudio(): void;
  /** The numbers of the call I am in as of now; null: I am in none. Rates are since the last time that it was asked. */
  diagnose(): Promise<DiagnosticsView | null>;
  openVerify(personId: string): void;
  closeVerify(): void;
  setVerified(personId: string, matches: boolean): void;
  /** True if the scanned payload is the other side of the number on screen. */
  checkQr(payload: Uint8Array): boolean;
  /** Asks again for what somebody sends and does not arrive, or not as it was sent. */
  retryMedia(personId: string): void;
  /** Takes a new place in the call I am in, with new keys. */
  rejoinCall(): void;
  /** The camera looks for the code of an invite; again after one that was none. */
  openScan(): void;
  closeScan(): void;
  takeScanned(bytes: Uint8Array): void;
  openDevices(): void;
  closeDevices(): void;
  /** Null: whichever the browser takes. */
  chooseDevice(kind: DeviceKind, id: string | null): void;
  suppressNoise(noise: NoiseSuppression): void;
  chooseBackground(background: Background): void;
  /** A picture of my own is behind me from now on. */
  useOwnPicture(file: File): void;
  /** The camera is turned on as it is. */
  turnOnBare(): void;
  /** On its own: no voice chat comes after. */
  openDeviceCheck(): void;
  /** Goes nowhere, and lets go of every device. */
  closeDeviceCheck(): void;
  checkDevice(action: CheckAction): void;
  /** From the check into the voice chat that it stands before. */
  joinFromCheck(isMuted: boolean): void;
  openBackup(kind: BackupView['kind']): void;
  closeBackup(): void;
  /** Hands over a file with what this device cannot do without, under `passphrase`. */
  saveBackup(passphrase: string): void;
  /** Starts anew from such a file. Only a device without groups does. */
  restoreBackup(file: Uint8Array<ArrayBuffer>, passphrase: string): void;
  dismissNotice(): void;
  /** Begins anew with the build that the service serves now. */
  takeNewBuild(): void;
  /** Not now: nothing is said until there is yet another one. */
  dismissNewBuild(): void;
}
