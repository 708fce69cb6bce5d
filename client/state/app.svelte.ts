// The whole app as screens see it: `AppView` to read, `Actions` to call. Every action answers at once and none throws;
// what fails becomes a notice or a problem with words. Where one is is whereabouts.svelte.ts, what is asked of the service work.svelte.ts,
// the voice chat my-call.svelte.ts, what is known of people knowledge.svelte.ts; main.ts gives it the browser.
import { equal, fromBase64url, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { maySpeak } from '../../crypto/group/history/index.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { Member } from '../../crypto/group/index.ts';
import { encodeInvite } from '../../crypto/invite/index.ts';
import { wait } from '../api/clock.ts';
import type { EventsHandle } from '../api/events.ts';
import { isGone } from '../groups/deletion.ts';
import type { Group } from '../groups/group.ts';
import { StorageError } from '../groups/store.ts';
import type { NoiseSuppression } from '../media/types.ts';
import { inviteLink } from '../router/invite-link.ts';
import type { Route } from '../router/router.ts';
import { bannedIn } from './bans.ts';
import { BackupModel } from './backup.svelte.ts';
import type { CallModel } from './call.svelte.ts';
import { Connection } from './connection.svelte.ts';
import { DoorModel } from './doors.svelte.ts';
import { openCore, type Core } from './core.ts';
import { DeviceCheckModel } from './device-check.svelte.ts';
import { DevicesModel } from './devices.svelte.ts';
import { letters } from './faces.ts';
import { idOf } from './ids.ts';
import { InvitesModel } from './invites.svelte.ts';
import { KnowledgeModel } from './knowledge.svelte.ts';
import { MyCall } from './my-call.svelte.ts';
import { NewBuild } from './new-build.svelte.ts';
import type { AppParts } from './parts.ts';
import { groupViewOf, inOrder, summaryOf } from './people.ts';
import { PreferencesModel } from './preferences.svelte.ts';
import { ProfileModel } from './profile.svelte.ts';
import { shownCode } from './problems.ts';
import { Ringing } from './ringing.svelte.ts';
import { wishOf } from './wishes.ts';
import { Scanning } from './scanning.svelte.ts';
import { VerifyModel } from './verify.ts';
import { Whereabouts, type Ground } from './whereabouts.svelte.ts';
import { Work } from './work.svelte.ts';
import type {
  Actions,
  AppView,
  Background,
  BackupView,
  CallAction,
  CallSettings,
  CallView,
  CheckAction,
  DeviceCheckView,
  DeviceKind,
  DevicesView,
  DiagnosticsView,
  DoorView,
  FaceChoice,
  GroupSummary,
  GroupView,
  InvitesView,
  MemberAction,
  NotifyView,
  PreferencesView,
  Problem,
  ProfileView,
  RingView,
  RowAction,
  ScanView,
  Screen,
  VerifyView,
  WaitingView,
  Person,
} from './view.ts';

/** Id of a call that has not begun. */
const noCall = new Uint8Array(16);
/** A group's page has settled. */
const preloadAfterMs = 1_000;

export class AppModel implements AppView, Actions {
  readonly #parts: AppParts;
  readonly #connection: Connection;
  readonly #work = new Work(() => this.#core);
  readonly #knowledge: KnowledgeModel;
  readonly #at: Whereabouts;
  readonly #myCall: MyCall;
  #events: EventsHandle | null = null;
  #isPreloadPlanned = false;
  #core: Core | null = $state.raw(null);
  #missing: readonly string[] = $state.raw([]);
  #groups: readonly Group[] = $state.raw([]);
  #doors: DoorModel | null = $state.raw(null);
  #invites: InvitesModel | null = $state.raw(null);
  #verify: VerifyModel | null = $state.raw(null);
  readonly #devices: DevicesModel;
  readonly #check: DeviceCheckModel;
  readonly #preferences: PreferencesModel;
  #backup: BackupModel | null = $state.raw(null);
  #profile: ProfileModel | null = $state.raw(null);
  readonly #ringing: Ringing;
  readonly #newBuild: NewBuild;
  readonly #scanning: Scanning;

  myName: string | null = $state(null);
  /** Of the group on the page, as they were shown last. */
  #shownPeople: readonly Person[] = [];
  /** Of the address: what draws its page does so when it changed, and not with every other one of my groups. */
  readonly #open: Group | null = $derived.by(() => this.#group(this.#at.groupId));
  readonly screen: Screen = $derived.by(() => this.#screen());
  readonly groups: readonly GroupSummary[] = $derived(
    inOrder(this.#groups.map((group) => summaryOf(group, this.#knowledge.faceOf))),
  );
  readonly waiting: readonly WaitingView[] = $derived(this.#doors?.waiting ?? []);
  readonly callDoor: DoorView | null = $derived.by(() => this.call && this.#doorOf(this.call.groupId));
  readonly verify: VerifyView | null = $derived.by(
    () => this.#verify?.view(this.#knowledge.verifications) ?? null,
  );

  readonly devices: DevicesView | null = $derived.by(() => this.#devices.view(this.#call?.media ?? null));

  readonly deviceCheck: DeviceCheckView | null = $derived.by(() => this.#check.view(this.#aroundCheck()));

  readonly profile: ProfileView | null = $derived(this.#profile?.view ?? null);
  readonly ring: RingView | null = $derived.by(() =>
    this.#ringing.view(this.#groups, { shownId: this.#at.shownId, faceOf: this.#knowledge.faceOf }),
  );
  readonly backup: BackupView | null = $derived(this.#backup?.view ?? null);
  readonly invites: InvitesView | null = $derived(this.#invites?.view ?? null);

  constructor(parts: AppParts) {
    this.#parts = parts;
    this.#devices = new DevicesModel(parts.devices, (wishes) => {
      this.#call?.setDevices(wishes);
      this.#check.follow();
    });
    this.#check = new DeviceCheckModel(parts.devices, this.#devices);
    this.#preferences = new PreferencesModel(parts.preferences);
    this.#connection = new Connection(parts.line.clock);
    this.#knowledge = new KnowledgeModel(parts.line.clock);
    this.#ringing = new Ringing(parts.notifier);
    this.#newBuild = new NewBuild(parts.build, parts.line.clock);
    parts.notifier.listen((groupId) => this.openGroup(groupId));
    this.#missing = parts.missing;
    this.#myCall = new MyCall({
      ...{ app: parts, devices: this.#devices, preferences: this.#preferences },
      group: (id) => this.#group(id),
      knowledge: () => this.#knowledge.now,
      changing: () => this.#work.changing,
      retry: (groupId) => this.enterCall(groupId),
    });
    this.#at = new Whereabouts({
      router: parts.router,
      ground: () => this.#ground(),
      groups: () => this.#groups,
      onLeave: () => this.#left(),
      onArrive: (route) => this.#arrived(route),
    });
    this.#scanning = new Scanning(parts.origin, (payload) => this.#at.openInvite(payload));
  }

  get notice(): Problem | null {
    return this.#work.notice;
  }

  get isBusy(): boolean {
    return this.#work.isBusy;
  }

  get call(): CallView | null {
    return this.#myCall.view;
  }

  get isEntering(): boolean {
    return this.#myCall.isEntering;
  }

  get isOffline(): boolean {
    return this.#connection.isOffline;
  }

  get hasNewBuild(): boolean {
    return this.#newBuild.isHere && this.#myCall.isOver;
  }

  takeNewBuild(): void {
    this.#parts.reload();
  }

  dismissNewBuild(): void {
    this.#newBuild.dismiss();
  }

  /** Asks which build the service serves now. */
  lookForBuild(): void {
    this.#newBuild.look();
  }

  get myId(): string | null {
    return this.#core && toBase64url(this.#core.device.identity.publicKey);
  }

  /** Opens the store and shows where the person is. Never throws. */
  async start(): Promise<void> {
    if (this.#missing.length > 0) return;
    try {
      const isAtLink = this.#parts.firstInvite !== null;
      const core = await openCore(this.#parts, this.#at.shownId);
      // Which of my groups a link leads to is known when all are here.
      if (isAtLink) await core.groups.loaded;
      this.myName = core.device.myName;
      this.#groups = core.groups.all;
      this.#doors = new DoorModel(core);
      this.#knowledge.open(core, this.#parts.showPicture);
      this.#core = core;
    } catch (error) {
      if (!(error instanceof StorageError) && !(error instanceof CryptoError)) throw error;
      this.#missing = ['missing_storage'];
      return;
    }
    this.#follow(this.#core);
    if (this.#parts.firstInvite !== null) this.#at.openInvite(this.#parts.firstInvite);
    else this.#at.arriveFirst();
  }

  setOnline(isOnline: boolean): void {
    this.#connection.setOnline(isOnline);
    if (isOnline) this.wake();
  }

  /** Looks at everything again now: the network is back, or the page is. */
  wake(): void {
    this.#events?.wake();
    this.#call?.wake();
    this.lookForBuild();
  }

  /** The page goes away: so do I. */
  leavePage(): void {
    this.#check.close();
    this.#myCall.abandon();
  }

  createGroup(myName: string, groupName: string): void {
    this.#work.submit(async ({ groups }) => {
      const group = await groups.create(tidy(myName), tidy(groupName));
      await this.#remember(tidy(myName));
      this.#at.toGroup(group.id);
    });
  }

  joinGroup(myName: string): void {
    this.#work.submit(async () => {
      const groupId = await this.#at.invite?.join(tidy(myName));
      if (!groupId) return;
      await this.#remember(tidy(myName));
      this.#at.toGroup(groupId);
    });
  }

  openGroup(groupId: string): void {
    this.#at.toGroup(groupId);
  }

  openNewGroup(): void {
    this.#at.show({ name: 'new' });
  }

  copyLink(groupId: string): Promise<boolean> {
    const link = this.#linkOf(groupId);
    return link === null ? Promise.resolve(false) : this.#parts.copyText(link);
  }

  get canShareLink(): boolean {
    return this.#parts.shareLink !== null;
  }

  copyText(text: string): Promise<boolean> {
    return this.#parts.copyText(text);
  }

  shareLink(url: string, title: string): void {
    // Whoever closes the sheet has changed their mind.
    this.#parts.shareLink?.({ title, url }).catch(() => undefined);
  }

  openInvites(groupId: string): void {
    if (!this.#core) return;
    const linkOf = (payload: string): string => inviteLink(this.#parts.origin, payload);
    this.#invites = new InvitesModel(this.#core, groupId, linkOf);
    this.#invites.load();
  }

  closeInvites(): void {
    this.#invites = null;
  }

  makeInvite(lifetimeMs: number, uses: number | null): void {
    this.#invites?.make({ lifetimeMs, uses });
  }

  revokeInvite(id: string): void {
    this.#invites?.revoke(id);
  }

  leaveGroup(groupId: string): void {
    if (this.#myCall.of(groupId)) this.leaveCall();
    this.#work.submit(async ({ groups }) => {
      await groups.leave(groupId);
      this.#at.home();
    });
  }

  forgetGroup(groupId: string): void {
    if (this.#myCall.of(groupId)) this.leaveCall();
    this.#work.submit(async ({ groups }) => {
      await groups.forget(groupId);
      this.#at.home();
    });
  }

  deleteGroup(groupId: string): void {
    if (this.#myCall.of(groupId)) this.leaveCall();
    this.#work.submit(async ({ groups }) => {
      await groups.delete(groupId);
      this.#at.home();
    });
  }

  changeMember(groupId: string, personId: string, action: MemberAction): void {
    this.#work.change({ groupId, personId }, wishOf(action, fromBase64url(personId, 32)));
  }

  pardon(groupId: string, personId: string): void {
    this.#work.change({ groupId, personId }, { kind: 'pardon', identity: fromBase64url(personId, 32) });
  }

  answerKnock(groupId: string, personId: string, isLetIn: boolean): void {
    const identity = fromBase64url(personId, 32);
    const changing = { groupId, personId };
    if (isLetIn) this.#work.change(changing, { kind: 'admission', identity });
    else this.#work.perform(changing, ({ doors }) => doors.decline(groupId, identity));
  }

  setAdmission(groupId: string, admission: GroupView['admission']): void {
    this.#work.change({ groupId, personId: 'policy' }, { kind: 'policy', change: { admission } });
  }

  withdrawKnock(groupId: string): void {
    this.#work.submit(async ({ knocking }) => {
      await knocking.withdraw(groupId);
      this.#at.home();
    });
  }

  knockAgain(groupId: string): void {
    this.#work.submit(({ knocking }) => knocking.again(groupId));
  }

  renewLink(groupId: string): void {
    const group = this.#group(groupId);
    if (group)
      this.#work.change({ groupId, personId: null }, { kind: 'newLink', after: group.state.secretVersion });
  }

  setCall(groupId: string, change: Partial<CallSettings>): void {
    this.#work.change({ groupId, personId: '' }, { kind: 'policy', change });
  }

  enterCall(groupId: string): void {
    const group = this.#group(groupId);
    if (!group || this.#myCall.isIn(groupId)) return;
    const mayBeHeard = maySpeak(group.state, group.call?.callId ?? noCall, this.#knowledge.me);
    if (mayBeHeard && this.#check.isDue) this.#check.open(groupId);
    else this.#enter(groupId, { isMuted: false, isCameraOn: false });
  }

  get offersCheck(): boolean {
    return this.#check.isOffered;
  }

  checkAndEnter(groupId: string): void {
    this.#check.open(groupId);
  }

  #enter(groupId: string, wishes: { readonly isMuted: boolean; readonly isCameraOn: boolean }): void {
    const core = this.#core;
    const group = this.#group(groupId);
    if (!core || !group) return;
    this.#parts.mark('aparte:join:tap');
    this.#check.entered();
    this.#work.dismiss();
    this.#myCall.enter(core, group, wishes);
  }

  leaveCall(): void {
    this.#myCall.leave();
  }

  toggleMic(): void {
    this.#call?.toggleMic();
  }

  holdTalk(isHeld: boolean): void {
    this.#call?.holdTalk(isHeld);
  }

  setVolume(personId: string, volume: number): void {
    // None at all is for this call; the next one begins as loud as before.
    if (volume > 0) this.#preferences.setVolume(personId, volume);
    this.#call?.muteForMe(personId, volume === 0);
  }

  muteForMe(personId: string, isMuted: boolean): void {
    this.#call?.muteForMe(personId, isMuted);
  }

  setPreferences(change: Partial<PreferencesView>): void {
    this.#preferences.set(change);
  }

  toggleHand(): void {
    this.#call?.toggleHand();
  }

  actInCall(personId: string, action: RowAction): void {
    const wish = this.#call?.act(action, fromBase64url(personId, 32));
    if (this.#call && wish) this.#work.change({ groupId: this.#call.groupId, personId }, wish);
  }

  actOnCall(action: CallAction): void {
    const wish = this.#call?.actOnAll(action);
    if (this.#call && wish) this.#work.change({ groupId: this.#call.groupId, personId: '' }, wish);
  }

  unlockCall(groupId: string): void {
    const callId = this.#group(groupId)?.call?.callId;
    if (callId) this.#work.change({ groupId, personId: '' }, { kind: 'lock', callId, isLocked: false });
  }

  toggleCamera(): void {
    if (this.#call?.toggleCamera()) this.#parts.mark('aparte:camera:tap');
  }

  switchCamera(): void {
    if (this.#call) this.#devices.switchCamera(this.#call.cameraName);
  }

  toggleScreen(): void {
    this.#call?.toggleScreen();
  }

  unblockAudio(): void {
    this.#call?.unblockAudio();
  }

  async diagnose(): Promise<DiagnosticsView | null> {
    return (await this.#call?.diagnose(this.#parts.build.id)) ?? null;
  }

  openVerify(personId: string): void {
    const me = this.#core?.device.identity.publicKey;
    const found = this.#personOf(personId);
    if (!me || !found || equal(me, found.member.identity)) return;
    const group = this.#group(found.groupId);
    const face = group ? this.#knowledge.faceOf(group, found.member.face) : letters;
    const verify = new VerifyModel({ me, ...found, face });
    this.#verify = verify;
    void verify
      .withNumber(() => wait(this.#parts.line.clock, 0))
      .then((ready) => {
        if (this.#verify === verify) this.#verify = ready;
      });
  }

  closeVerify(): void {
    this.#verify = null;
  }

  setVerified(personId: string, matches: boolean): void {
    const target = this.#verify;
    if (target?.personId !== personId) return;
    const { groupId, name } = target;
    const outcome = { matches, atMs: this.#parts.line.clock.today() };
    this.#knowledge.keep({ identity: personId, name }, groupId, outcome).catch(this.#work.fail);
    if (matches) this.#call?.noteVerified(fromBase64url(personId));
    // What I send may have waited for this, or has to stop (C18).
    this.#call?.wake();
  }

  checkQr(payload: Uint8Array): boolean {
    return this.#verify?.checkQr(payload) ?? false;
  }

  retryMedia(personId: string): void {
    this.#call?.retryMedia(fromBase64url(personId));
  }

  rejoinCall(): void {
    this.#call?.rejoin();
  }

  openProfile(groupId: string, of: ProfileView['of']): void {
    const core = this.#core;
    if (!core || !this.#group(groupId)) return;
    this.#profile = new ProfileModel({
      ...{ of, groupId, looks: core.looks },
      present: () => this.#presentOf(groupId, of),
      onDone: () => this.closeProfile(),
    });
  }

  closeProfile(): void {
    this.#profile = null;
  }

  saveProfile(name: string, face: FaceChoice): void {
    void this.#profile?.save(tidy(name), face);
  }

  get callInOtherTab(): string | null {
    return this.#myCall.elsewhere;
  }

  get notify(): NotifyView {
    return this.#ringing.notify;
  }

  dismissRing(groupId: string): void {
    this.#ringing.seen(groupId);
  }

  openNotify(): void {
    this.#ringing.openNotify();
  }

  closeNotify(): void {
    this.#ringing.closeNotify();
  }

  setNotify(isOn: boolean): void {
    void this.#ringing.setNotify(isOn);
  }

  openBackup(kind: BackupView['kind']): void {
    if (this.#core) this.#backup = new BackupModel(kind, this.#core.store, this.#parts);
  }

  get scan(): ScanView | null {
    return this.#scanning.view;
  }

  openScan(): void {
    this.#scanning.open();
  }

  closeScan(): void {
    this.#scanning.close();
  }

  takeScanned(bytes: Uint8Array): void {
    this.#scanning.take(bytes);
  }

  openDevices(): void {
    this.#devices.open();
  }

  closeDevices(): void {
    this.#devices.close();
  }

  chooseDevice(kind: DeviceKind, id: string | null): void {
    this.#devices.choose(kind, id);
  }

  suppressNoise(noise: NoiseSuppression): void {
    this.#devices.suppress(noise);
  }

  chooseBackground(background: Background): void {
    this.#devices.setBackground(background);
  }

  useOwnPicture(file: File): void {
    void this.#devices.useOwnPicture(file);
  }

  turnOnBare(): void {
    this.#devices.setBackground('none');
    if (this.deviceCheck !== null) this.#check.act('turnOnCamera');
    else this.#call?.turnOnCamera();
  }

  openDeviceCheck(): void {
    this.#devices.close();
    this.#check.open(null);
  }

  closeDeviceCheck(): void {
    this.#check.close();
  }

  checkDevice(action: CheckAction): void {
    this.#check.act(action);
  }

  joinFromCheck(isMuted: boolean): void {
    const { groupId } = this.#check;
    const isCameraOn = this.#check.finish();
    if (groupId !== null) this.#enter(groupId, { isMuted, isCameraOn });
  }

  closeBackup(): void {
    this.#backup?.close();
    this.#backup = null;
  }

  saveBackup(passphrase: string): void {
    void this.#backup?.save(passphrase);
  }

  restoreBackup(file: Uint8Array<ArrayBuffer>, passphrase: string): void {
    void this.#backup?.restore(file, passphrase);
  }

  dismissNotice(): void {
    this.#work.dismiss();
  }

  #screen(): Screen {
    if (this.#missing.length > 0) return { name: 'unsupported', missing: this.#missing };
    if (!this.#core) return { name: 'loading' };
    const { invite } = this.#at;
    if (invite) return { name: 'invite', invite: invite.view, needsName: this.myName === null };
    const group = this.#open;
    const knock = this.#waitingFor(this.#at.groupId);
    if (knock && (!group || isGone(group))) return { name: 'waiting', knock };
    if (!group) return { name: 'start', isFirst: this.myName === null };
    const inviteLink = this.#linkTo(group);
    const retry = () => void this.#core?.groups.refresh(group.id);
    const { isOffline } = this;
    const { changing } = this.#work;
    const door = this.#doorOf(group.id);
    const knowledge = this.#knowledge.now;
    const digitsOf = (identity: Bytes): string | null => this.#knowledge.digitsOf(identity);
    const banned = bannedIn(group, { me: knowledge.me, changing, digitsOf });
    const shown = this.#shownPeople;
    const parts = { ...knowledge, door, banned, inviteLink, isOffline, changing, retry, shown };
    const view = groupViewOf(group, parts);
    this.#shownPeople = view.people;
    return { name: 'group', group: view };
  }

  /** What the dialog of a profile begins with. */
  #presentOf(
    groupId: string,
    of: ProfileView['of'],
  ): Pick<ProfileView, 'id' | 'groupName' | 'name' | 'face'> {
    const { me } = this.#knowledge;
    const group = this.#group(groupId);
    const mine = group?.members.find(({ identity }) => equal(identity, me));
    const shown = of === 'me' ? mine : group;
    return {
      ...{ id: of === 'me' ? idOf(me) : groupId, groupName: group?.name ?? '', name: shown?.name ?? '' },
      face: group && shown ? this.#knowledge.faceOf(group, shown.face) : letters,
    };
  }

  /** Whom and what a check of devices shows beside them. */
  #aroundCheck(): Pick<DeviceCheckView, 'group' | 'me'> {
    const { groupId } = this.#check;
    const shown = this.screen.name === 'group' && this.screen.group.id === groupId ? this.screen.group : null;
    const mine = shown?.people.find(({ isMe }) => isMe);
    return {
      group: shown && { name: shown.name, inside: shown.call?.people ?? [] },
      me: mine ?? { id: this.myId ?? '', name: this.myName ?? '', face: letters },
    };
  }

  #group(id: string | null): Group | null {
    return this.#groups.find((group) => group.id === id) ?? null;
  }

  #waitingFor(groupId: string | null): WaitingView | null {
    return groupId === null ? null : (this.#doors?.waitingFor(groupId) ?? null);
  }

  get #call(): CallModel | null {
    return this.#myCall.model;
  }

  #ground(): Ground | null {
    const core = this.#core;
    const doors = this.#doors;
    const { faces } = this.#knowledge;
    return core && doors && faces && { core, doors, faces };
  }

  #doorOf(groupId: string): DoorView | null {
    return this.#doors?.view(groupId, { ...this.#knowledge.now, changing: this.#work.changing }) ?? null;
  }

  /** A person on the screen, inside or at the door: of the page's group, else of the call's. */
  #personOf(personId: string): { readonly groupId: string; readonly member: Member } | null {
    const ids = [this.#at.groupId, this.#call?.groupId];
    for (const groupId of ids) {
      if (!groupId) continue;
      const inside = this.#group(groupId)?.members.find(({ identity }) => idOf(identity) === personId);
      const member = inside ?? this.#doors?.find(groupId, personId);
      if (member) return { groupId, member };
    }
    return null;
  }

  #linkOf(groupId: string): string | null {
    const group = this.#group(groupId);
    return group && this.#linkTo(group);
  }

  #linkTo(group: Group): string {
    return inviteLink(this.#parts.origin, encodeInvite(group.secret));
  }

  #follow(core: Core): void {
    core.groups.subscribe(() => this.#groupsChanged(core));
    core.groups.loaded.catch(this.#work.fail);
    this.#events = core.service.followEvents({
      onGroup: (event) => {
        core.groups.onEvent(event).catch(this.#work.fail);
      },
      onGone: (groupId) => core.groups.onGone(groupId),
      onKnock: (groupId) => void core.doors.refresh(toBase64url(groupId)),
      onAnswer: (groupId) => {
        core.knocking.refresh(toBase64url(groupId)).catch(this.#work.fail);
      },
      onConnected: (isConnected) => void this.#connected(core, isConnected),
    });
  }

  async #connected(core: Core, isConnected: boolean): Promise<void> {
    this.#connection.setConnected(isConnected);
    if (!isConnected) return;
    this.lookForBuild();
    this.#call?.wake();
    await core.groups.loaded.catch(() => undefined);
    this.#doors?.refresh();
    for (const group of core.groups.all) if (!group.isFresh) void core.groups.refresh(group.id);
  }

  #groupsChanged(core: Core): void {
    const before = this.#groups;
    this.#groups = core.groups.all;
    for (const group of this.#groups) {
      const old = before.find((other) => other.id === group.id);
      if (old?.members !== group.members) this.#rosterChanged(group);
      if (old !== group) this.#noteCall(group);
      const isOther = old?.members !== group.members || old.state !== group.state;
      if (isOther) this.#myCall.of(group.id)?.wake();
      if (isGone(group)) this.#myCall.of(group.id)?.end(shownCode(group.problem ?? 'group_gone'));
    }
    this.#preloadIfNear();
  }

  #noteCall(group: Group): void {
    this.#ringing.note(group, { me: this.#knowledge.me, isMine: this.#myCall.isIn(group.id) });
  }

  #rosterChanged(group: Group): void {
    this.#knowledge.note(group).catch(this.#work.fail);
    this.#myCall.of(group.id)?.noteNames();
  }

  /** What belonged to the page that was open. */
  #left(): void {
    this.#verify = null;
    this.#profile = null;
    this.#check.close();
  }

  #arrived(route: Route): void {
    if (route.name === 'group') {
      this.#ringing.seen(route.groupId);
      void this.#core?.groups.refresh(route.groupId);
    }
    this.#preloadIfNear();
  }

  /** On a group's page a call is near: at once where one runs, else as soon as the page has settled. */
  #preloadIfNear(): void {
    if (this.#call) return;
    const group = this.#group(this.#at.groupId);
    if (group?.call) this.#parts.preload();
    if (!group || this.#isPreloadPlanned) return;
    this.#isPreloadPlanned = true;
    this.#parts.line.clock.after(preloadAfterMs, () => {
      this.#parts.preload();
      // So that a join knows without asking whether they have changed.
      this.#devices.watch();
    });
  }

  async #remember(myName: string): Promise<void> {
    this.myName = myName;
    await this.#core?.store.saveMyName(myName);
  }
}

/** A name as it is sealed: one way to write it, no space around it. */
function tidy(name: string): string {
  return name.normalize('NFC').trim();
}
