// Every screen and state the page can be in, as fixtures: what the screenshots and the accessibility check walk through.
import { backgrounds, backgroundStates, bare } from './backgrounds.ts';
import { checkStates } from './checks.ts';
import { doorStates } from './doors.ts';
import { facesOf, presses as pressesOfFaces } from './faces.ts';
import { moving } from './moving.svelte.ts';
import type {
  AppView,
  BackupView,
  CallRow,
  CallView,
  DevicesView,
  GroupSummary,
  GroupView,
  MemberAction,
  Person,
  VerifyView,
} from '../state/view.ts';
import {
  ada,
  ben,
  changed,
  cyd,
  dora,
  elif,
  farid,
  anchor,
  letters,
  noor,
  picture,
  row,
  seven,
  tile,
  unverified,
  verified,
} from './people.ts';

const minute = 60_000;
const longName = 'Maximiliane-Alexandrine von Hohenstein-Wiedenbrück';
const link =
  'https://aparte.example/#/join/AQIDBAUGBwgJCgsMDQ4PEAAAAAFyZWFsbHkgbm90IGEgc2VjcmV0LCBqdXN0IGJ5dGVzIQECAwQ';

const summaries: readonly GroupSummary[] = [
  { id: 'g1', name: 'Rehearsal room', face: letters, memberCount: 7, inCallCount: 0, lastCallAtMs: null },
  { id: 'g2', name: 'Press desk', face: anchor, memberCount: 12, inCallCount: 0, lastCallAtMs: Date.now() },
  { id: 'g3', name: 'Sunday table', face: letters, memberCount: 5, inCallCount: 2, lastCallAtMs: null },
  {
    id: 'g4',
    name: 'Cordée libre',
    face: letters,
    memberCount: 9,
    inCallCount: 0,
    lastCallAtMs: new Date(new Date().getFullYear() - 1, 2, 3).getTime(),
  },
];

const group = (more: Partial<GroupView> = {}): GroupView => ({
  id: 'g1',
  name: 'Rehearsal room',
  face: letters,
  memberCount: 7,
  inCallCount: 0,
  lastCallAtMs: null,
  people: seven,
  inviteLink: link,
  canRenewLink: false,
  admission: 'open',
  canSetAdmission: false,
  canDelete: false,
  door: null,
  banned: [],
  canRename: false,
  canChangeMe: true,
  callSettings: { speaking: 'everybody', isVerifiedOnly: false, codec: 'any', picture: 'any' },
  canSetCall: false,
  leaving: 'free',
  call: null,
  status: 'ready',
  problem: null,
  ...more,
});

const app = (more: Partial<AppView> = {}): AppView => ({
  screen: { name: 'group', group: group() },
  myName: 'Noor',
  myId: noor.id,
  groups: summaries,
  waiting: [],
  call: null,
  callDoor: null,
  verify: null,
  profile: null,
  ring: null,
  notify: { state: 'off', isOpen: false, isAsking: false },
  backup: null,
  scan: null,
  devices: null,
  deviceCheck: null,
  offersCheck: false,
  invites: null,
  canShareLink: false,
  isOffline: false,
  hasNewBuild: false,
  notice: null,
  isBusy: false,
  isEntering: false,
  callInOtherTab: null,
  ...more,
});

const first = { myName: null, myId: null, groups: [] };
const inCall = (people: readonly Person[]): Person[] =>
  people.map((person) => ({ ...person, isInCall: true }));

const rows: readonly CallRow[] = [
  row(noor),
  row(ada, { isSpeaking: true, level: 0.7 }),
  row(elif, { isMuted: true }),
  row(ben, { isMuted: true }),
  row(dora),
  row(cyd, { isMuted: true }),
  row(farid, { isMuted: true }),
];

const call = (more: Partial<CallView> = {}): CallView => ({
  groupId: 'g1',
  groupName: 'Rehearsal room',
  phase: 'inCall',
  startedAtMs: Date.now() - 12 * minute - 48_000,
  mic: 'live',
  isHandUp: false,
  isTalkHeld: false,
  isTalkingMuted: false,
  speakerId: null,
  preferences: { sounds: true, singleKeys: true, lowData: false },
  isLocked: false,
  endedBy: null,
  mutedBy: null,
  can: [],
  camera: 'off',
  screen: 'off',
  canShareScreen: !matchMedia('(max-width: 679px)').matches,
  ...{ canSwitchCamera: true, using: { microphone: 'Headset', camera: 'Front' } },
  isAudioBlocked: false,
  withheldFrom: [],
  rows,
  tiles: [],
  callCode: '482139057716604729380514633982',
  trustLog: [
    { id: 3, atMs: Date.now() - minute, kind: 'joined', name: 'Cyd', count: 1 },
    { id: 2, atMs: Date.now() - 4 * minute, kind: 'removed', name: 'Mal', count: 1 },
    { id: 1, atMs: Date.now() - 12 * minute, kind: 'opened', name: 'Ada', count: 1 },
  ],
  problem: null,
  ...more,
});

const withCall = (more: Partial<CallView> = {}, rest: Partial<AppView> = {}): AppView =>
  app({
    call: call(more),
    screen: {
      name: 'group',
      group: group({ inCallCount: 7, call: { startedAtMs: 0, people: inCall(seven), lock: 'open' } }),
    },
    groups: summaries.map((summary) => (summary.id === 'g1' ? { ...summary, inCallCount: 7 } : summary)),
    ...rest,
  });

const verify = (more: Partial<VerifyView> = {}): VerifyView => ({
  personId: ben.id,
  name: 'Ben',
  face: letters,
  verification: unverified,
  groups: '30417 88265 09173 64528 71390 25846 57902 13648 80215 46973 09581 72364'.split(' '),
  qr: Uint8Array.from({ length: 65 }, (_, index) => (index * 73 + 11) & 0xff),
  ...more,
});

const video = (): Partial<CallView> => ({
  camera: 'on',
  rows: rows.map((one) => (one.name === 'Cyd' ? { ...one, status: 'waiting' } : one)),
  tiles: [
    tile(noor),
    tile(ada, { isSpeaking: true }),
    tile(ben, { stream: null, status: 'damaged', isMuted: true }),
    tile(cyd, { stream: null, status: 'waiting', isMuted: true }),
  ],
});

const devices = (more: Partial<DevicesView> = {}): DevicesView => ({
  chosen: { microphone: 'm2', camera: null, speaker: null, noise: 'standard', ...bare },
  found: [
    { kind: 'microphone', id: 'm1', label: 'Built-in microphone' },
    {
      kind: 'microphone',
      id: 'm2',
      label: 'Studio condenser microphone with a very long name (USB Audio Class 2)',
    },
    { kind: 'camera', id: 'c1', label: 'Built-in camera' },
    { kind: 'speaker', id: 's1', label: 'Headphones' },
  ],
  canChooseSpeaker: true,
  level: 0.6,
  isNoiseFailed: false,
  ...{ backgrounds, camera: 'off', cameraStream: null },
  ...more,
});

const backup = (more: Partial<BackupView> = {}): BackupView => ({
  kind: 'save',
  work: 'idle',
  part: 0,
  problem: null,
  ...more,
});

const many = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => ({
    ...ben,
    id: `id-${index}`,
    name: index === 1 ? longName : `Guest ${index + 1}`,
    verification: index % 3 === 0 ? verified : unverified,
  }));

const ofOwner: readonly MemberAction[] = ['makeAdmin', 'makeListener', 'handOver', 'remove', 'ban'];
const ofAdmin: readonly MemberAction[] = ['makeAdmin', 'makeListener', 'remove', 'ban'];

/** As an admin sees a group with every role in it. */
const withRoles = (): GroupView =>
  group({
    ...{ canRenewLink: true, canRename: true, canSetCall: true },
    people: [
      { ...noor, role: 'admin' },
      { ...ben, can: ofAdmin },
      ada,
      { ...elif, role: 'listener', can: ['makeAdmin', 'makeMember', 'remove', 'ban'] },
      { ...dora, role: 'admin' },
      { ...farid, can: ofAdmin, isChanging: true },
      { ...cyd, can: ofAdmin, isInCall: true },
    ],
  });

const locked = (lock: 'locked' | 'unlockable'): AppView =>
  app({
    screen: {
      name: 'group',
      group: group({ inCallCount: 3, call: { startedAtMs: 0, people: [ada, elif, cyd], lock } }),
    },
  });

const withProblem = (code: string): AppView =>
  app({
    screen: {
      name: 'group',
      group: group({ status: 'refused', problem: { code, retry: () => undefined } }),
    },
  });

const faces = facesOf({ app, group, withCall, rows });

/** What is pressed, one after the other, to come to a state that is not in the view. */
export const presses: Readonly<Record<string, readonly string[]>> = {
  'links-none': ['.invite .icon-btn'],
  'links-some': ['.invite .icon-btn', 'dialog li .icon-btn'],
  'links-trouble': ['.invite .icon-btn'],
  'group-ask-first': ['header [popovertarget]', '[popover] .choice:has(.lucide-door-closed)'],
  'group-admin-menu': ['li .end [popovertarget]'],
  'call-admin-menu': ['.people li:nth-child(5) .end [popovertarget]'],
  'call-menu': ['.head [popovertarget]'],
  'call-row-menu': ['.people li:nth-child(3) .end [popovertarget]'],
  'call-keys': ['.head [popovertarget]', '[popover] .choice:has(.lucide-keyboard)'],
  'call-numbers': ['.head [popovertarget]', '[popover] .choice:has(.lucide-activity)'],
  'call-take-out': ['.people li:nth-child(5) .end [popovertarget]', '[popover] .choice.danger'],
  'call-end-for-all': ['.head [popovertarget]', '[popover] .choice.danger'],
  'group-new-link': ['header [popovertarget]', '[popover] .choice:has(.lucide-link)'],
  'group-forget': ['header [popovertarget]', '[popover] .choice:has(.lucide-eye-off)'],
  'group-pardon': ['section[aria-label] li .link[aria-label*="Mal"]'],
  'group-call-settings': ['header [popovertarget]', '[popover] .choice:has(.lucide-audio-lines)'],
  'group-call-settings-read': ['header [popovertarget]', '[popover] .choice:has(.lucide-audio-lines)'],
  'group-owner-leaves': ['header [popovertarget]', '[popover] .choice.danger'],
  'group-delete': ['header [popovertarget]', '[popover] .choice:has(.lucide-trash-2)'],
  'group-delete-alone': ['header [popovertarget]', '[popover] .choice:has(.lucide-trash-2)'],
  ...pressesOfFaces,
};

export const states: Record<string, () => AppView> = {
  ...doorStates({ app, group: withRoles, withCall, first, video: video() }),
  ...faces,
  ...checkStates(app),
  loading: () => app({ screen: { name: 'loading' } }),
  start: () => app({ ...first, screen: { name: 'start', isFirst: true } }),
  devices: () => app({ devices: devices(), call: call() }),
  'devices-idle': () => app({ devices: devices({ level: 0 }) }),
  'devices-failed': () =>
    app({
      devices: devices({
        chosen: { microphone: 'gone', camera: null, speaker: null, noise: 'strong', ...bare },
        canChooseSpeaker: false,
        isNoiseFailed: true,
      }),
      call: call(),
    }),
  ...backgroundStates({ app, devices, call, withCall }),
  'scan-other': () =>
    app({ ...first, screen: { name: 'start', isFirst: true }, scan: { found: { kind: 'other' } } }),
  'scan-elsewhere': () => app({ scan: { found: { kind: 'elsewhere', host: 'voices.example' } } }),
  'scan-looking': () => app({ scan: { found: null } }),
  'backup-save': () => app({ backup: backup() }),
  'backup-sealing': () => app({ backup: backup({ work: 'working', part: 0.4 }) }),
  'backup-saved': () => app({ backup: backup({ work: 'done' }) }),
  'backup-restore': () =>
    app({ ...first, screen: { name: 'start', isFirst: true }, backup: backup({ kind: 'restore' }) }),
  'backup-wrong': () =>
    app({
      ...first,
      screen: { name: 'start', isFirst: true },
      backup: backup({ kind: 'restore', problem: { code: 'backup_passphrase' } }),
    }),
  'start-new': () => app({ screen: { name: 'start', isFirst: false } }),
  'start-busy': () => app({ ...first, isBusy: true, screen: { name: 'start', isFirst: true } }),
  unsupported: () =>
    app({ ...first, screen: { name: 'unsupported', missing: ['missing_transforms', 'missing_storage'] } }),
  'invite-opening': () =>
    app({ ...first, screen: { name: 'invite', invite: { phase: 'opening' }, needsName: true } }),
  'invite-ready': () =>
    app({
      ...first,
      screen: {
        name: 'invite',
        invite: {
          ...{ phase: 'ready', groupName: 'Rehearsal room', face: letters, memberCount: 6 },
          admission: 'open',
        },
        needsName: true,
      },
    }),
  'invite-known': () =>
    app({
      screen: {
        name: 'invite',
        invite: { phase: 'ready', groupName: longName, face: anchor, memberCount: 1, admission: 'open' },
        needsName: false,
      },
    }),
  'link-revoked': () => app({ screen: { name: 'invite', invite: { phase: 'unknown' }, needsName: false } }),
  'link-damaged': () =>
    app({ ...first, screen: { name: 'invite', invite: { phase: 'damaged' }, needsName: true } }),
  'link-removed': () => app({ screen: { name: 'invite', invite: { phase: 'removed' }, needsName: false } }),
  'link-failed': () =>
    app({
      screen: {
        name: 'invite',
        invite: { phase: 'failed', problem: { code: 'offline', retry: () => undefined } },
        needsName: false,
      },
    }),
  'group-idle': () => app(),
  'group-alone': () =>
    app({
      screen: {
        name: 'group',
        group: group({
          ...{ people: [{ ...noor, role: 'owner' }], memberCount: 1 },
          ...{ canRenewLink: true, canDelete: true, canRename: true, leaving: 'alone' },
        }),
      },
    }),
  'group-loading': () =>
    app({ screen: { name: 'group', group: group({ people: [], status: 'loading', inviteLink: null }) } }),
  'group-owner-long': () =>
    app({
      groups: [
        { id: 'g1', name: longName, face: letters, memberCount: 12, inCallCount: 0, lastCallAtMs: null },
        ...summaries.slice(1),
      ],
      screen: {
        name: 'group',
        group: group({
          name: longName,
          ...{ canRenewLink: true, canDelete: true, canRename: true, leaving: 'mustHandOver' },
          memberCount: 12,
          people: [{ ...noor, role: 'owner' }, { ...ben, verification: changed, can: ofOwner }, ...many(10)],
        }),
      },
    }),
  'group-roles': () => app({ screen: { name: 'group', group: withRoles() } }),
  'group-admin-menu': () => app({ screen: { name: 'group', group: withRoles() } }),
  'group-banned': () =>
    app({
      screen: {
        name: 'group',
        group: {
          ...withRoles(),
          banned: [
            { id: 'mal', name: 'Mal', digits: '30417 88265', isChanging: false },
            { id: 'nameless', name: '', digits: '55120 94307', isChanging: true },
          ],
        },
      },
    }),
  'group-pardon': () =>
    app({
      screen: {
        name: 'group',
        group: {
          ...withRoles(),
          banned: [{ id: 'mal', name: 'Mal', digits: '30417 88265', isChanging: false }],
        },
      },
    }),
  'group-call-settings': () => app({ screen: { name: 'group', group: withRoles() } }),
  'group-call-settings-read': () => app(),
  'group-new-link': () => app({ screen: { name: 'group', group: withRoles() } }),
  'group-new-link-comes': () =>
    app({ isBusy: true, screen: { name: 'group', group: { ...withRoles(), inviteLink: null } } }),
  'group-forget': () => app(),
  'group-owner-leaves': () => states['group-owner-long']!(),
  'group-forked': () => withProblem('group_forked'),
  'group-forged': () => withProblem('group_forged'),
  'group-rolled-back': () => withProblem('group_rolled_back'),
  'group-secret-refused': () => withProblem('secret_refused'),
  'group-live': () =>
    app({
      groups: summaries.map((summary) => (summary.id === 'g1' ? { ...summary, inCallCount: 3 } : summary)),
      screen: {
        name: 'group',
        group: group({
          inCallCount: 3,
          call: { startedAtMs: 0, people: [ada, elif, cyd], lock: 'open' },
          people: [ada, noor, ben, elif, dora, farid, cyd].map((person) =>
            [ada, elif, cyd].includes(person) ? { ...person, isInCall: true } : person,
          ),
        }),
      },
    }),
  'group-live-other-tab': () => ({ ...states['group-live']!(), callInOtherTab: 'g1' }),
  'group-live-ends-tab': () => ({ ...states['group-live']!(), callInOtherTab: 'g2' }),
  'group-idle-ends-tab': () => app({ callInOtherTab: 'g2' }),
  'group-starting': () => app({ isEntering: true }),
  'group-joining': () => ({ ...states['group-live']!(), isEntering: true }),
  'group-problem': () =>
    app({
      notice: { code: 'livekit_unavailable', retry: () => undefined },
      screen: {
        name: 'group',
        group: group({ problem: { code: 'service_unavailable', retry: () => undefined } }),
      },
    }),
  'group-deleted': () =>
    app({
      screen: {
        name: 'group',
        group: group({ problem: { code: 'group_deleted', retry: () => undefined } }),
      },
    }),
  'group-delete': () => states['group-owner-long']!(),
  'group-delete-alone': () => states['group-alone']!(),
  'call-deleted': () => withCall({ phase: 'ended', problem: { code: 'group_deleted' } }),
  'group-removed': () =>
    app({
      screen: {
        name: 'group',
        group: group({ problem: { code: 'removed_from_group', retry: () => undefined } }),
      },
    }),
  'new-build': () => ({ ...states['group-live']!(), hasNewBuild: true }),
  'group-offers-check': () => ({ ...states['group-live']!(), offersCheck: true }),
  'group-offers-check-quiet': () => ({ ...states['group-idle']!(), offersCheck: true }),
  offline: () => app({ isOffline: true, screen: { name: 'group', group: group({ status: 'offline' }) } }),
  'call-joining': () =>
    withCall({
      phase: 'joining',
      mic: 'starting',
      startedAtMs: null,
      callCode: null,
      rows: [row(noor)],
      trustLog: [],
    }),
  'call-alone': () => withCall({ rows: [row(noor, { isSpeaking: true, level: 0.5 })] }),
  'call-voice-live': () => withCall(),
  'call-voice-muted': () =>
    withCall({
      mic: 'muted',
      rows: rows.map((one) =>
        one.isMe ? { ...one, isMuted: true } : one.name === 'Farid' ? { ...one, status: 'waiting' } : one,
      ),
    }),
  'call-voice-verified': () => withCall({ rows: rows.map((one) => ({ ...one, verification: verified })) }),
  'call-changed': () =>
    withCall({ rows: rows.map((one) => (one.name === 'Ben' ? { ...one, verification: changed } : one)) }),
  'call-outsider': () =>
    withCall({
      rows: [
        ...rows,
        row(ben, { id: 'outsider', name: 'p_8f2a', status: 'outsider' }),
        row(farid, { id: 'away', name: 'Grace', status: 'away' }),
        row(farid, { id: 'damaged', name: 'Heiko', status: 'damaged' }),
      ],
    }),
  'call-troubles': () =>
    withCall({
      rows: [
        row(noor),
        row(ada, { status: 'waiting' }),
        row(elif, { status: 'wrongKey' }),
        row(ben, { status: 'stalled' }),
        row(dora, { status: 'damaged' }),
        row(cyd, { status: 'apart' }),
        row(farid, { status: 'stale' }),
      ],
    }),
  'call-weak': () =>
    withCall({
      rows: [
        row(noor, { quality: { grade: 'weak', reason: 'loss', amount: 12 } }),
        row(ada, { isSpeaking: true, level: 0.6, quality: { grade: 'bad', reason: 'loss', amount: 34 } }),
        row(ben, { quality: { grade: 'weak', reason: 'line', amount: 0 } }),
        row(cyd, { quality: { grade: 'weak', reason: 'frozen', amount: 0 } }),
      ],
    }),
  'call-weak-video': () =>
    withCall({
      camera: 'on',
      tiles: [tile(noor), tile(ada, { quality: { grade: 'bad', reason: 'frozen', amount: 0 } })],
    }),
  'call-forked': () =>
    withCall({
      rows: [row(noor), row(ada, { status: 'forked' }), row(ben), row(cyd)],
      trustLog: [{ id: 4, atMs: Date.now() - minute, kind: 'forkedGroup', name: 'Ada', count: 1 }],
    }),
  'call-interference': () =>
    withCall({
      rows: [row(noor), row(ada, { isForged: true }), row(ben, { status: 'misshown' }), row(cyd)],
      trustLog: [
        { id: 5, atMs: Date.now() - minute, kind: 'forged', name: 'Ada', count: 132 },
        { id: 4, atMs: Date.now() - 2 * minute, kind: 'strayMessages', name: '', count: 1 },
        { id: 3, atMs: Date.now() - 3 * minute, kind: 'mutedByService', name: '', count: 1 },
        { id: 2, atMs: Date.now() - 4 * minute, kind: 'refused', name: '', count: 3 },
        { id: 1, atMs: Date.now() - 12 * minute, kind: 'opened', name: 'Noor', count: 1 },
      ],
    }),
  'call-intruder': () =>
    withCall({
      rows: [
        row(noor),
        row(ada),
        row(elif, { isListener: true, isMuted: true }),
        row(ben, { isListener: true, isMuted: true, status: 'silenced' }),
      ],
      trustLog: [
        { id: 2, atMs: Date.now() - minute, kind: 'silenced', name: 'Ben', count: 412 },
        { id: 1, atMs: Date.now() - 12 * minute, kind: 'opened', name: 'Noor', count: 1 },
      ],
    }),
  'call-taken-out': () =>
    withCall({ phase: 'ended', endedBy: 'Ada', problem: { code: 'taken_out', retry: () => undefined } }),
  'call-ended-for-all': () =>
    withCall({ phase: 'ended', endedBy: 'Ada', problem: { code: 'ended_for_all' } }),
  'call-take-out': () => states['call-admin-hands']!(),
  'call-end-for-all': () => states['call-admin-hands']!(),
  'call-shut-out': () =>
    withCall({
      isLocked: true,
      rows: [row(noor), row(ada), row(ben), row(farid, { isMuted: true, status: 'shutOut' })],
      trustLog: [{ id: 1, atMs: Date.now() - minute, kind: 'shutOut', name: 'Farid', count: 1 }],
    }),
  'call-locked-for-me': () =>
    withCall({ phase: 'ended', problem: { code: 'call_locked', retry: () => undefined } }),
  'group-locked': () => locked('locked'),
  'group-unlockable': () => locked('unlockable'),
  'call-video-troubles': () =>
    withCall({
      camera: 'on',
      tiles: [
        tile(noor),
        tile(elif, { stream: null, status: 'wrongKey' }),
        tile(ben, { stream: null, status: 'stalled' }),
        tile(dora, { stream: null, status: 'damaged' }),
      ],
    }),
  'call-video': () => withCall(video()),
  'call-moving': () =>
    moving(withCall({ camera: 'on', tiles: [tile(noor), tile(ada, { isSpeaking: true })] })),
  'call-video-one': () => withCall({ camera: 'on', tiles: [tile(noor)] }),
  'call-video-two': () => withCall({ camera: 'on', tiles: [tile(noor), tile(ada, { isSpeaking: true })] }),
  'call-video-three': () => withCall({ camera: 'on', tiles: [tile(noor), tile(ada), tile(elif)] }),
  'call-video-many': () =>
    withCall({
      camera: 'on',
      rows: [row(noor), ...many(12).map((person) => row(person))],
      tiles: [tile(noor), ...many(7).map((person) => tile(person))],
    }),
  'call-share': () =>
    withCall({
      mic: 'muted',
      camera: 'on',
      tiles: [
        tile(ada, { source: 'screen', stream: picture('Ada', 'screen') }),
        tile(noor),
        tile(ada, { isSpeaking: true }),
        tile(dora, { isMuted: true, hand: 1 }),
        tile(cyd, { isMuted: true }),
      ],
    }),
  'call-share-mine': () =>
    withCall({
      screen: 'on',
      tiles: [tile(noor, { source: 'screen', stream: picture('Noor', 'screen') })],
    }),
  'call-withheld': () =>
    withCall({
      mic: 'withheld',
      withheldFrom: [ben, cyd],
      rows: [
        row(noor, { isMuted: true }),
        row(ada),
        row(elif, { status: 'withholding' }),
        row(ben),
        row(cyd),
      ],
    }),
  'call-blocked': () => withCall({ isAudioBlocked: true, camera: 'denied' }),
  'call-listener': () =>
    withCall({
      ...{ mic: 'listener', canShareScreen: false },
      rows: rows.map((one) => (one.isMe ? { ...one, isMuted: true } : one)),
    }),
  'call-hand-up': () =>
    withCall({
      ...{ mic: 'listener', canShareScreen: false, isHandUp: true },
      rows: [
        row(noor, { isMuted: true, hand: 2 }),
        row(ben, { isMuted: true, hand: 1 }),
        row(ada, { isSpeaking: true, level: 0.7 }),
        ...[elif, dora, cyd].map((one) => row(one, { isListener: true, isMuted: true })),
      ],
    }),
  'call-muted-by': () =>
    withCall({
      ...{ mic: 'muted', mutedBy: 'Ada' },
      rows: rows.map((one) => (one.isMe ? { ...one, isMuted: true } : one)),
    }),
  'call-admin-hands': () =>
    withCall({
      ...{ can: ['muteAll', 'unlock', 'endForAll'], isLocked: true },
      rows: [
        row(noor),
        row(ben, { hand: 1, isListener: true, isMuted: true, can: ['letSpeak'] }),
        row(many(2)[1]!, { hand: 2, isListener: true, isMuted: true, can: ['letSpeak'] }),
        row(ada, { isSpeaking: true, level: 0.7 }),
        row(elif, { can: ['mute', 'listenAgain', 'takeOut'] }),
        row(cyd, { isListener: true, isMuted: true, can: ['letSpeak'] }),
        row(farid, { isListener: true, isMuted: true, isChanging: true, can: ['letSpeak'] }),
      ],
    }),
  'call-talking-muted': () =>
    withCall({
      ...{ mic: 'muted', isTalkingMuted: true },
      rows: rows.map((one) => (one.isMe ? { ...one, isMuted: true } : one)),
    }),
  'call-talk-held': () => withCall({ isTalkHeld: true }),
  'call-row-menu': () =>
    withCall({
      ...video(),
      rows: [
        row(noor),
        row(ada, { isMutedForMe: true }),
        row(ben, { volume: 1.3, can: ['mute', 'takeOut'] }),
      ],
    }),
  'call-keys': () => withCall(video()),
  'call-numbers': () => withCall(video()),
  'call-admin-menu': () => states['call-admin-hands']!(),
  'call-menu': () => states['call-admin-hands']!(),
  'mic-denied': () => withCall({ mic: 'denied' }),
  'mic-missing': () => withCall({ mic: 'missing', screen: 'denied' }),
  reconnecting: () => withCall({ phase: 'reconnecting' }),
  'reconnecting-video': () => withCall({ ...video(), phase: 'reconnecting' }),
  restarting: () => withCall({ phase: 'restarting', callCode: null }),
  'call-problem': () => withCall({ mic: 'failed', problem: { code: 'send_stopped' } }),
  'call-ended': () => withCall({ phase: 'ended', problem: { code: 'removed_from_group' } }),
  verify: () => app({ verify: verify() }),
  'verify-call': () => withCall(video(), { verify: verify() }),
  'verify-computing': () => app({ verify: verify({ groups: [] }) }),
  'verify-verified': () => app({ verify: verify({ verification: verified }) }),
  'verify-changed': () => withCall({}, { verify: verify({ verification: changed, name: longName }) }),
};
