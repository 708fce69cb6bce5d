// The English words, and the type that every other catalogue fills (fr.ts). Say who, then what, then what to do: no
// jargon, no exclamation marks, no blame. Button names are a contract for tests from outside: see docs/contract.md.
import { clockWords, dayWords, listNames, plural, recentWords } from './plural.ts';

const people = (count: number): string => plural('en', count, { one: '1 person', other: `${count} people` });
const members = (count: number): string =>
  plural('en', count, { one: '1 member', other: `${count} members` });
const names = (list: readonly string[]): string =>
  listNames('en', list, {
    most: 4,
    words: (count) => plural('en', count, { one: '1 other', other: `${count} others` }),
  });
const numbers = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');
const number = (count: number): string => numbers[count] ?? String(count);

export const en = {
  clock: (atMs: number): string => clockWords('en', atMs),
  you: 'you',
  verified: 'verified',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Retry',
  tryAgain: 'Try again',
  loading: 'One moment',
  language: 'Language',

  start: {
    line: 'A quiet word, between people you know',
    about: 'Voice chat for groups. Turn a camera on when words are not enough.',
    titleFirst: 'Two names, and you’re in',
    titleNew: 'A new group',
    yourName: 'Your name',
    groupName: 'Name of the group',
    groupExample: 'Rehearsal room',
    create: 'Create group',
    creating: 'Creating the group',
    sealed: 'Sealed between members:',
    sealedWhat: 'voices, video, names.',
    seen: 'Seen by the server:',
    seenWhat: 'who is connected when, and from which address.',
    back: 'Back to my groups',
    nameMissing: 'Type your name: the others in the group see it.',
    groupMissing: 'Type a name for the group: only its members see it.',
  },

  invite: {
    opening: 'Opening the link',
    invited: 'You’re invited to',
    join: 'Join group',
    joining: 'Joining',
    asName: (name: string): string => `You join as ${name}.`,
    ask: 'Ask to join',
    asking: 'Asking',
    askWhy:
      'Somebody in the group has to let you in. They see your name and your key; you see nothing of the group until then.',
    sealed: 'The group’s name came sealed, and the link opened it. The server cannot read it.',
    dead: 'This link no longer opens anything',
    deadWhy:
      'Its group is not on this server, or has another link by now. Your name was not sent. Ask the person who gave it to you for a new one.',
    damaged: 'This link is incomplete',
    damagedWhy:
      'A part of it was lost on the way, perhaps in a message that cut it. Ask for it again and open it whole. Nothing of it was sent.',
    removed: 'This group has closed to you',
    removedWhy:
      'Somebody who runs it removed you, and this link cannot bring you back. Ask them if you think this is a mistake.',
    expired: 'This link has ended',
    expiredWhy: 'It was good for a time, which is over. Ask the person who gave it to you for a new one.',
    usedUp: 'This link has been used',
    usedUpWhy:
      'It was made for so many people, and they have come. Ask the person who gave it to you for a new one.',
    revoked: 'This link was taken back',
    revokedWhy: 'Somebody in the group ended it. Ask the person who gave it to you for a new one.',
    failed: 'The link could not be opened',
    toGroups: 'Go to my groups',
    newGroup: 'Start a new group',
  },

  waiting: {
    waiting: 'Waiting to be let in',
    waitingWhy:
      'Whoever runs the group sees your name and decides. You can close this page: this device remembers, and asks again when you come back.',
    since: (atMs: number): string =>
      `Asked on ${dayWords('en', atMs, Date.now())}. After a week without an answer it is forgotten.`,
    withdraw: 'Take the request back',
    declined: 'Not this time',
    declinedWhy: (untilMs: number): string =>
      `Somebody who runs the group said no. You can ask once more after ${clockWords('en', untilMs)}.`,
    again: 'Ask again',
    outdated: 'The link was replaced meanwhile',
    outdatedWhy:
      'With it went your request, and nobody sees it any more. Ask the person who invited you for the new link.',
    expired: 'Nobody answered for a week',
    expiredWhy: 'Your request is forgotten. You can ask once more, or ask the person who invited you.',
    gone: 'There is nothing behind this door',
    goneWhy: 'The server knows neither the group nor your request any more. Perhaps it was deleted.',
    refused: 'You were let in, but not into this group',
    refusedWhy:
      'What the server shows of the group does not fit the link that you came by. Nothing was taken in. Tell who runs the server.',
    offline: 'Your request stands. The answer comes here when the network is back.',
  },

  links: {
    title: 'Links that end',
    why: 'For somebody who should not pass it on. The server ends it; who came by it stays, and knows the group’s key as you do.',
    chosen: (atMs: number, uses: number | null): string => {
      const end = `Opens the group until ${clockWords('en', atMs)} on ${dayWords('en', atMs, Date.now())}`;
      return uses === null ? `${end}.` : `${end}, for ${people(uses)}.`;
    },
    backToWhole: 'Show the group’s own link',
    share: 'Share link',
    ends: (atMs: number): string => `Until ${clockWords('en', atMs)}, ${dayWords('en', atMs, Date.now())}`,
    used: (used: number, uses: number | null): string =>
      uses === null ? `${people(used)} came by it` : `${used} of ${people(uses)} came by it`,
    show: (at: number): string => `Show link ${at}`,
    copy: (at: number): string => `Copy link ${at}`,
    revoke: (at: number): string => `Take back link ${at}`,
    time: 'Ends after',
    times: ['1 hour', '1 day', '1 week'],
    people: 'Good for',
    counts: ['1 person', '10 people', 'Everybody who comes'],
    make: 'Make a link that ends',
    making: 'Making the link',
  },

  door: {
    title: 'At the door',
    here: (list: readonly string[]): string =>
      list.length === 1 ? `${names(list)} waits to be let in` : `${names(list)} wait to be let in`,
    letIn: 'Let in',
    letInName: (name: string): string => `Let in ${name}`,
    decline: 'Decline',
    declineName: (name: string): string => `Decline ${name}`,
    more: (count: number): string =>
      plural('en', count, { one: '1 more waits behind them.', other: `${count} more wait behind them.` }),
    number: (digits: string): string => `Not verified yet · number begins ${digits}`,
    refused: (count: number): string =>
      plural('en', count, {
        one: '1 more request does not prove to come by the link of this group. It is left out.',
        other: `${count} more requests do not prove to come by the link of this group. They are left out.`,
      }),
  },

  groups: {
    title: 'Groups',
    all: 'All groups',
    create: 'New group',
    members,
    talking: (count: number): string =>
      plural('en', count, { one: '1 person talking', other: `${count} people talking` }),
    /** The last that this device saw. */
    lastCall: (atMs: number): string => `Voice chat ${recentWords('en', atMs, Date.now())}`,
    thisDevice: 'On this device only',
    settings: 'Settings',
    empty: 'No group yet',
    waiting: 'Waiting to be let in',
    answered: 'There is an answer',
  },

  devices: {
    title: 'Sound and camera',
    microphone: 'Microphone',
    speaker: 'Speaker',
    camera: 'Camera',
    usual: 'As the system has it',
    unnamed: (n: number): string => `Device ${n}`,
    unplugged: 'The one you chose is not connected',
    level: 'Your voice',
    noise: 'Noise around you',
    standard: 'Taken out',
    standardWhat: 'Fans, keyboards, streets. Costs little power.',
    strong: 'Taken out, thoroughly',
    strongWhat: 'For loud places. Costs more power.',
    off: 'Left in',
    offWhat: 'For music: everything is sent as the microphone hears it.',
    noiseFailed: 'This could not be started here. Your voice goes out as the browser has it.',
    here: 'All of this happens on your device.',
  },

  backup: {
    open: 'Keep a backup',
    start: 'I have a backup',
    saveTitle: 'Keep a backup',
    saveWhy:
      'Your identity, your groups and whom you verified live in this browser alone. This file brings them back when the browser loses them.',
    passphrase: 'Passphrase',
    again: 'The same once more',
    tooShort: (least: number): string =>
      `At least ${least} characters. A few words are easier to keep than signs.`,
    notTheSame: 'The two are not the same.',
    forgotten: 'Nobody can open the file without it, and nobody can tell you what it was.',
    save: 'Save the file',
    sealing: 'Sealing, which takes a few seconds on purpose',
    saved: 'The file is yours now',
    savedWhere:
      'Keep it where you would keep a key, and the passphrase somewhere else. Groups you join later are not in it.',
    done: 'Done',
    restoreTitle: 'Start from a backup',
    restoreWhy:
      'This browser becomes the device that the file was made on. Stop using the old one, if it still runs.',
    file: 'Backup file',
    choose: 'Choose',
    noFile: 'No file yet',
    fileMissing: 'Choose the file.',
    passphraseMissing: 'Type the passphrase of the file.',
    opening: 'Opening, which takes a few seconds on purpose',
    restore: 'Bring it back',
  },

  group: {
    menu: 'Group settings',
    summary: (count: number, verified: number): string =>
      verified > 0 ? `${members(count)} · ${verified} verified` : members(count),
    quiet: 'The room is quiet',
    startHint: 'Start, and everyone here sees it at once.',
    aloneHint: 'Invite somebody, or start and wait for them.',
    start: 'Start voice chat',
    starting: 'Starting',
    offlineHint: 'You can start as soon as the network is back.',
    noNetwork: 'No network yet',
    refusedHint: 'Nothing begins here on the server’s word until it holds again.',
    notNow: 'Not for now',
    liveRegion: 'Voice chat is live',
    live: (count: number): string => `Voice chat · ${people(count)}`,
    join: 'Join',
    joinName: 'Join voice chat',
    joining: 'Joining',
    locked: 'The call is locked.',
    lockedWhy: 'An admin can open it.',
    unlock: 'Unlock',
    /** Beside "Join", whose name is a contract. */
    inOtherTab: 'You are in this call in another tab. Join to move it here.',
    endsOtherTab: 'You are in a voice chat in another tab. What begins here ends it there.',
    inside: (list: readonly string[]): string =>
      list.length === 1 ? `${names(list)} is inside` : `${names(list)} are inside`,
    invite: 'Invite people',
    inviteHint: 'The link is the key',
    inviteHintAsk: 'Who opens the link asks you first',
    askFirst: 'Let people in one by one',
    askFirstTitle: 'Let people in one by one?',
    askFirstWhy:
      'Who comes by the link then waits until you or another admin lets them in, and sees nothing until then. Everybody who is here stays.',
    askFirstYes: 'Ask me first',
    askNobody: 'Let in whoever has the link',
    qr: 'Show QR code',
    qrTitle: 'Invite to this group',
    qrHint:
      'Let them scan this, or send the link. It holds the key of the group: give it only to people you want here.',
    link: 'Invite link',
    copy: 'Copy link',
    copied: 'Copied',
    copiedSay: 'The link is copied',
    copyFailed: 'The browser did not let Aparté copy. Copy the link from here.',
    members: 'Members',
    sealed: 'Names and the group’s name are sealed. The server keeps only ciphertext.',
    owner: 'Owner',
    admin: 'Admin',
    listener: 'Listens only',
    thisDevice: 'This device',
    inCall: 'In the voice chat',
    unverified: 'Not verified yet',
    verifiedOn: (atMs: number): string => `Verified ${dayWords('en', atMs, Date.now())}`,
    changed: (name: string): string => `${name}’s key changed. Compare again`,
    verify: 'Verify',
    verifyName: (name: string): string => `Verify ${name}`,
    more: (name: string): string => `More about ${name}`,
    number: 'Show the number',
    remove: (name: string): string => `Remove ${name}`,
    removeTitle: (name: string): string => `Remove ${name} from the group?`,
    removeWhy: (name: string): string =>
      `${name} can’t hear you any more. Everybody else gets new keys at once, and the group a new link: the old one opens nothing. ${name} can come back only by the new one.`,
    removeYes: 'Remove',
    ban: (name: string): string => `Ban ${name}`,
    banTitle: (name: string): string => `Ban ${name} from the group?`,
    banWhy: (name: string): string =>
      `${name} can’t hear you any more and can’t come back, by no link. Everybody else gets new keys at once, and the group a new link. Who is given that one can still join as somebody new, and you would see it.`,
    banYes: 'Ban',
    makeAdmin: (name: string): string => `Make ${name} an admin`,
    makeAdminTitle: (name: string): string => `Make ${name} an admin?`,
    makeAdminWhy: (name: string): string =>
      `${name} can then remove and ban people, make a new link, and make others admins. Only the owner can take that back.`,
    makeAdminYes: 'Make admin',
    endAdmin: (name: string): string => `Make ${name} a member again`,
    letSpeak: (name: string): string => `Let ${name} speak`,
    listenOnly: (name: string): string => `Let ${name} listen only`,
    handOver: (name: string): string => `Hand the group over to ${name}`,
    handOverTitle: (name: string): string => `Hand the group over to ${name}?`,
    handOverWhy: (name: string): string =>
      `${name} becomes the owner, and you an admin. Only ${name} can give it back.`,
    handOverYes: 'Hand over',
    newLink: 'Make a new link',
    newLinkTitle: 'Make a new link?',
    newLinkWhy:
      'The old link opens nothing from then on, whoever has it. Everybody in the group stays, and gets the new keys without doing anything.',
    newLinkYes: 'New link',
    newLinkComes: 'A new one is being made',
    forget: 'Take off my list',
    forgetHere: 'Forget on this device',
    forgetTitle: (name: string): string => `Forget ${name} on this device?`,
    forgetWhy:
      'This device forgets its link, its keys and whom it saw there. You stay a member, and the others still see you. To open it here again you need its invite link.',
    forgetYes: 'Forget',
    leave: 'Leave group',
    leaveTitle: (name: string): string => `Leave ${name}?`,
    leaveWhy:
      'You hear and read nothing of it any more, and this device forgets its link. Somebody inside can send it to you again.',
    leaveYes: 'Leave group',
    delete: 'Delete group',
    deleteTitle: (name: string): string => `Delete ${name} for everybody?`,
    deleteWhy: (others: number): string =>
      `${others > 0 ? `It is over for you and ${plural('en', others, { one: '1 other', other: `${others} others` })}, and so is its voice chat.` : 'Nobody else is in it.'} The server forgets all of it, and nobody can bring it back.`,
    deleteYes: 'Delete group',
    ownerFirst: 'Hand the group over first',
    ownerFirstWhy:
      'You are its owner. Open the menu beside somebody in the list of members, hand the group over to them, then leave.',
    ownerFirstYes: 'Back to the group',
    offline: 'You’re offline',
    offlineWhy: 'Your groups and verified people are on this device. Talking needs the network.',
  },

  profile: {
    edit: 'Edit',
    editMine: 'Edit my name and picture',
    openMine: 'My name and picture here',
    openGroup: 'Name and picture of the group',
    myTitle: (group: string): string => `You in ${group}`,
    groupTitle: 'The group',
    yourName: 'Your name',
    groupName: 'Name of the group',
    nameMissing: 'Type your name: the others in the group see it.',
    groupMissing: 'Type a name for the group: only its members see it.',
    beside: 'Beside the name',
    initials: 'Letters',
    emoji: 'A sign',
    picture: 'A picture',
    someSigns: 'Some signs',
    ownSign: 'Or another one',
    signMissing: 'Choose a sign, or type one.',
    ground: 'Ground',
    grounds: ['Brown', 'Teal', 'Blue', 'Plum', 'Rust', 'Green', 'Sand', 'Grey'],
    choose: 'Choose a picture',
    other: 'Choose another picture',
    unreadable: 'The browser can’t read this file as a picture. Choose another one.',
    pictureMissing: 'Choose a picture first.',
    pictureWhy:
      'Its middle is made small on this device. Where and with what it was taken stays here. It goes out sealed: the server cannot see it.',
    myWhy: 'In this group only. Everybody in it sees the change at once, signed by you.',
    groupWhy: 'Everybody in the group sees the change at once, signed by you. Who has the link sees it, too.',
    save: 'Save',
    saving: 'Saving',
  },

  ring: {
    began: (group: string): string => `Voice chat began in ${group}`,
    look: 'Go there',
    /** Under the group's name, in a notification of the system. */
    notification: 'A voice chat began',
    open: 'Tell me when a voice chat begins',
    title: 'When a voice chat begins',
    why: 'Aparté can have the system tell you when a voice chat begins in one of your groups while you look at something else. It needs a page of Aparté to be open somewhere in this browser: no push service is asked, so nobody learns of it. The group’s name stands in it, on this device only.',
    off: 'It is off. The browser asks you once before it is on.',
    on: 'It is on, in this browser.',
    denied:
      'The browser does not let Aparté do this. Allow notifications left of the address, then come back here.',
    unsupported: 'This browser can’t do this.',
    turnOn: 'Turn on',
    turnOff: 'Turn off',
  },

  callSettings: {
    open: 'Voice chat settings',
    title: 'Voice chats of this group',
    readOnly: 'Only admins change these.',
    speaking: 'Who speaks',
    everybody: 'Everybody',
    everybodyWhy: 'Admins can still let single people listen only.',
    listen: 'New people listen first',
    listenWhy: 'Who is in the group now goes on speaking. Who comes raises a hand.',
    picture: 'Cameras and screens',
    any: 'As usual',
    anyWhy: 'Cameras in 720p, screens as they are.',
    p720: 'At most 720p',
    p720Why: 'Large screens are made smaller.',
    p360: 'At most 360p',
    p360Why:
      'For slow networks. Small writing on a screen is hard to read. From the next time that one is turned on.',
  },

  call: {
    title: 'Voice chat',
    people,
    peopleHere: (count: number): string => `People · ${count}`,
    list: 'People in this call',
    back: 'Back to the group, the call goes on',
    enlarge: 'Enlarge the call',
    hidePeople: 'Hide people',
    showPeople: 'Show people',
    joining: 'Joining',
    reconnecting: 'Reconnecting',
    restarting: 'New keys',
    rejoin: 'Rejoin',
    return: 'Return to the call',
    enters: (list: readonly string[]): string =>
      list.length === 1 ? `${names(list)} enters` : `${names(list)} enter`,
    exits: (list: readonly string[]): string =>
      list.length === 1 ? `${names(list)} leaves` : `${names(list)} leave`,
    menu: 'Call options',
    muteAll: 'Mute everybody else',
    lock: 'Lock the call',
    unlock: 'Unlock the call',
    locked: 'Locked',
    endForAll: 'End the call for everybody',
    endTitle: 'End the call for everybody?',
    endWhy: 'Everybody is out at once, and is told that it was you. Anybody can start a new one.',
    endYes: 'End it',
    raises: (list: readonly string[]): string =>
      list.length === 1 ? `${names(list)} raises a hand` : `${names(list)} raise a hand`,
    alone: 'Nobody else is here',
  },

  row: {
    live: 'Live',
    muted: 'Muted',
    speaking: 'Speaking',
    listening: 'Listening',
    away: 'Connection lost, may be back',
    waiting: (name: string): string => `Waiting for ${name}’s key`,
    wrongKey: (name: string): string => `${name} uses a key that has not come here`,
    stalled: (name: string): string => `Nothing arrives from ${name}`,
    damaged: (name: string): string => `Can’t decrypt what ${name} sends`,
    apart: (name: string): string => `Other keys than you. Ask ${name} to come back in`,
    stale: 'No sign yet of the newest key',
    misshown: 'Their microphone is shown wrongly by the service',
    listener: 'Listens only',
    shutOut: 'Came into the locked call: hears nothing, and is taken out',
    silenced: (name: string): string => `May only listen: what ${name} sends is not played`,
    hand: (place: number): string =>
      place === 1 ? 'Hand raised, first in line' : `Hand raised, number ${place} in line`,
    more: (name: string): string => `${name} in this call`,
    letSpeak: 'Let speak',
    letSpeakNow: (name: string): string => `Let speak: ${name}`,
    letSpeakHere: (name: string): string => `Let ${name} speak in this call`,
    listenAgain: (name: string): string => `${name} listens only again`,
    mute: (name: string): string => `Mute ${name}`,
    takeOut: (name: string): string => `Take ${name} out of the call`,
    takeOutTitle: (name: string): string => `Take ${name} out of the call?`,
    takeOutWhy: (name: string): string =>
      `${name} hears nothing more and is told that it was you. ${name} stays in the group, and can come back unless the call is locked.`,
    takeOutYes: 'Take out',
    outsider: 'Has no key: can’t hear you, is never played',
    outsiderName: 'Somebody without a key',
    /** Before digits, for who does not see that they stand under the name. */
    digits: 'Their number holds',
    retry: (name: string): string => `Retry: ${name}`,
  },

  bar: {
    controls: 'Call controls',
    live: 'You’re live',
    tapToMute: 'Tap to mute',
    muted: 'You’re muted',
    tapToTalk: 'Tap to talk',
    mutedBy: (name: string): string => `${name} muted you`,
    joining: 'Joining',
    notHeardYet: 'You aren’t heard yet',
    lost: 'You can’t be heard',
    lostHint: 'Back in a moment',
    noMic: 'No microphone',
    listenOnly: 'You can listen',
    listener: 'You listen',
    listenerHint: 'Tap to raise your hand',
    handUp: 'Your hand is up',
    handUpHint: 'An admin can let you speak',
    hand: 'Hand',
    raise: 'Raise hand',
    lower: 'Lower hand',
    mute: 'Mute microphone',
    unmute: 'Unmute microphone',
    camera: 'Camera',
    cameraOn: 'Turn on camera',
    cameraOff: 'Turn off camera',
    share: 'Share',
    shareOn: 'Share screen',
    sharing: 'Sharing',
    shareOff: 'Stop sharing',
    leave: 'Leave',
  },

  tile: {
    list: 'Pictures',
    you: (name: string): string => `${name} (you)`,
    camera: (name: string): string => `${name}’s video`,
    screen: (name: string): string => `${name}’s screen`,
    yourScreen: 'Your screen, as the others see it',
    waiting: (name: string): string => `Waiting for ${name}’s key`,
    waitingHint: 'Usually under two seconds.',
    opening: (name: string): string => `${name}’s video is opening`,
    openingMine: 'Your camera is opening',
    openingScreen: 'The screen is opening',
    wrongKey: (name: string): string => `The key of ${name}’s video has not come here`,
    stalled: (name: string): string => `Nothing arrives of ${name}’s video`,
    damaged: (name: string): string => `Can’t decrypt ${name}’s video`,
    troubleHint: 'Aparté keeps trying.',
    retry: (name: string): string => `Retry ${name}’s video`,
    muted: 'muted',
  },

  trouble: {
    reconnecting: 'Reconnecting',
    reconnectingWhy: 'Your key is safe. You’ll be back without joining again.',
    restarting: 'Agreeing on new keys',
    restartingWhy: 'The call starts over with fresh keys. Stay here, it goes on by itself.',
    blocked: 'The browser waits for a tap before it plays sound.',
    unblock: 'Tap to hear',
    micDenied: 'No microphone yet',
    micDeniedWhy: 'The browser is keeping it from Aparté. Three steps put that right:',
    micMissing: 'No microphone found',
    micMissingWhy: 'You can listen, nobody hears you. Three steps put that right:',
    micFailed: 'The microphone did not start',
    micFailedWhy: 'Another program may be holding it. Three steps put that right:',
    deniedSteps: ['Tap the sign left of the address', 'Set Microphone to “Allow”', 'Come back and try again'],
    missingSteps: [
      'Plug one in, or switch it on',
      'Check that the system sees it',
      'Come back and try again',
    ],
    failedSteps: [
      'Close other calls and recorders',
      'Unplug it and plug it in again',
      'Come back and try again',
    ],
    camera: 'No camera yet',
    cameraDenied:
      'The browser is keeping it from Aparté. Allow Camera left of the address, then turn it on again.',
    cameraMissing: 'This device shows none. Plug one in, then turn it on again.',
    cameraFailed: 'Another program may be holding it. Close that, then turn it on again.',
    screen: 'Nothing is shared',
    screenDenied:
      'No window was chosen, or the system keeps the screen from the browser. Share again to choose one.',
    screenFailed: 'The screen did not start. Share again in a moment.',
    dismiss: 'Dismiss',
  },

  ended: {
    title: 'The call is over for you',
    takenOut: (name: string): string =>
      `${name} took you out of the call. You can come back unless it is locked.`,
    endedForAll: (name: string): string => `${name} ended the call for everybody.`,
    close: 'Back to the group',
  },

  trust: {
    /** Name of the strip's button: begins with "Security" (docs/contract.md). */
    said: (words: string): string => `Security: ${words}`,
    title: 'Trust',
    some: (verified: number, others: number): string => `${verified} of ${others} verified`,
    all: 'All verified',
    alone: 'Only you here',
    joining: 'Agreeing on keys',
    waiting: (list: readonly string[]): string => `Waiting for ${names(list)}’s key`,
    changed: (name: string): string => `${name}’s key changed. Compare again`,
    outsider: 'Somebody without a key',
    apart: (name: string): string => `${name} has other keys than you`,
    apartWhy: (name: string): string =>
      `${name} is in the call, and not in the same one: the service may be showing you two different things. What you say does not reach ${name}, and reaches nobody who is not on this list.`,
    forged: (name: string): string => `False sound or picture under ${name}’s name is kept out`,
    forgedWhy: (name: string): string =>
      `Sound or picture comes under ${name}’s name that is not ${name}’s, was changed or is old. None of it is played; what you hear and see is ${name}’s own.`,
    verdictSome: (verified: number, others: number): string =>
      verified === 0
        ? 'Encrypted, nobody verified yet'
        : `Encrypted, ${number(verified)} of ${number(others)} verified`,
    verdictAll: 'Encrypted, and all verified',
    verdictAlone: 'Encrypted, and nobody else here',
    verdictChanged: 'Look closely before you go on',
    verdictJoining: 'No keys yet',
    holders: (count: number): string =>
      count === 1 ? 'Nobody but you holds the key.' : `Nobody but the ${number(count)} of you holds the key.`,
    notCompared: (list: readonly string[]): string => `${names(list)} you have not compared yet.`,
    changedWhy: (name: string): string =>
      `${name} was verified, and now comes with another key. A new phone does this, and so does somebody who pretends to be ${name}.`,
    outsiderWhy:
      'Somebody is connected without a key. They hear only noise, and nothing of theirs is played.',
    joiningWhy: 'Nothing is sent before the keys are agreed.',
    code: 'Call code',
    codeHint: 'The same for everyone here',
    codeWaiting: 'Appears once the keys are agreed.',
    people: 'People',
    log: 'What happened',
    logEmpty: 'Nothing yet.',
    opened: 'opened the voice chat.',
    joined: 'joined. New call code.',
    left: 'left. Everybody moved to new keys.',
    removed: 'was removed and can’t hear you any more.',
    restarted: 'The call started over with new keys.',
    outsiderCame: 'is connected without a key and can’t hear you.',
    verifiedNow: 'is verified.',
    mutedByService: 'The service turned off your microphone, camera or screen. Aparté turned it on again.',
    strayMessages: 'Messages came that nobody here wrote, or that had come before. They were dropped.',
    /** After a name. */
    forgedCount: (count: number): string =>
      plural('en', count, {
        one: ': 1 piece of sound or picture under this name was not theirs, changed or old. It was dropped.',
        other: `: ${count} pieces of sound or picture under this name were not theirs, changed or old. They were dropped.`,
      }),
    takenOut: (by: string): string => `was taken out of the call by ${by}.`,
    shutOut: 'came in while the call was locked. Nothing was sent to them.',
    /** After a name. */
    silencedCount: (count: number): string =>
      plural('en', count, {
        one: ' may only listen, and sent 1 piece of sound or picture. It was dropped.',
        other: ` may only listen, and sent ${count} pieces of sound or picture. They were dropped.`,
      }),
    refused: 'The server sent something that does not belong here. It was dropped.',
    times: (count: number): string => `(${count} times)`,
  },

  verify: {
    title: (name: string): string => `Verify ${name}`,
    voice: (name: string): string => `${name}’s own voice`,
    howBefore: 'Compare with',
    howAfter: ', or face to face. If every group matches, nobody sits between you.',
    number: 'Safety number',
    youRead: (name: string): string => `You read to ${name}`,
    theyRead: (name: string): string => `${name} reads to you`,
    qrName: (name: string): string => `QR code to compare with ${name}`,
    sideBySide: (name: string): string => `Side by side? Let ${name} scan this, or scan ${name}’s.`,
    scan: (name: string): string => `Scan ${name}’s code`,
    scanning: (name: string): string => `Point the camera at ${name}’s code`,
    stopScan: 'Stop scanning',
    scanDenied:
      'The browser is keeping the camera from Aparté. Allow it left of the address, or compare the digits.',
    scanMissing: 'No camera to scan with here. Compare the digits instead.',
    scanMatch: (name: string): string => `${name}’s code matches this number.`,
    scanOther: (name: string): string =>
      `This is not ${name}’s code for you. Try once more; if it stays so, somebody may sit between you.`,
    match: 'They match',
    differ: 'They don’t match',
    changed: (name: string): string => `${name}’s key changed`,
    changedWhat: (name: string): string =>
      `You had verified ${name}. Now the name “${name}” comes with another key.`,
    changedWhy: (name: string): string =>
      `A new phone or a cleared browser does this. So does somebody who pretends to be ${name}. The voice tells you more than the name.`,
    verifiedOn: (atMs: number): string => `Verified ${dayWords('en', atMs, Date.now())}`,
  },

  unsupported: {
    title: 'This browser can’t keep the secret',
    why: 'Aparté encrypts on your device and needs a browser that can. A current Chrome, Edge, Firefox or Safari does.',
    missing: 'What is missing here:',
  },

  /** Words for a code of the service (docs/operating.md) or of the client. `unknown` stands in for any other. */
  errors: {
    unknown: 'That did not work. Try again in a moment.',
    offline: 'No network. It goes on as soon as you’re back.',
    connection_lost: 'The connection was lost. Try again.',
    call_ended: 'The voice chat has ended. You can start a new one.',
    call_not_found: 'The voice chat has ended. You can start a new one.',
    taken_out: 'You were taken out of the call. You can come back unless it is locked.',
    ended_for_all: 'The call was ended for everybody.',
    call_locked: 'The call is locked. An admin can open it, then try again.',
    call_full: 'The voice chat is full. Try again when somebody has left.',
    store_unavailable:
      'The server can’t keep anything at the moment. Nothing was changed. Try again in a moment.',
    livekit_unavailable: 'The server that carries sound can’t be reached. Try again in a moment.',
    send_stopped:
      'Something was about to leave unencrypted, so Aparté stopped sending. Leave and join again.',
    keys_failed: 'The keys could not be agreed. Leave and join again.',
    frames_failed: 'Encryption stopped working on this device. Reload the page, then join again.',
    group_rolled_back:
      'The server shows an older state of this group than this device has seen. Nothing was changed. Tell who runs the server.',
    group_forked:
      'The server shows another history of this group than this device has seen: perhaps not the same to everybody. Nothing was changed. Ask the others what they see, and tell who runs the server.',
    group_forged:
      'The server shows changes of this group that nobody in it could make. Nothing was changed. Tell who runs the server.',
    group_newer: 'Something new was done in this group that this page does not know. Reload the page.',
    secret_refused:
      'This group has a new key, and the right one has not come to this device. Ask somebody in it for the new link.',
    history_conflict: 'Somebody else changed the group at the same moment. Look again, then try once more.',
    owner_must_hand_over: 'You are the owner. Hand the group over to somebody, then leave.',
    entries_refused:
      'The server lists somebody here who can’t prove to belong. They were left out. Tell who runs the server.',
    profile_refused:
      'The server shows a name or picture here that is older than one this device has seen, or that nobody signed. The known one stays. Tell who runs the server.',
    profile_outdated:
      'Another device of yours changed this at the same moment. Look again, then try once more.',
    refused: 'The server sent something that does not fit this group. Nothing was changed. Try again.',
    storage_failed:
      'This device did not let Aparté keep its keys. Private windows often do this: try a normal one.',
    removed_from_group: 'You’re no longer in this group.',
    group_deleted: 'Its owner deleted this group. It is over for everybody, and the server has forgotten it.',
    group_not_found: 'This group is not known here any more.',
    group_full: 'This group is full. Ask its owner to make room.',
    not_allowed: 'Your role in this group does not allow that.',
    not_admitted: 'You’re not in yet: an admin has to let you in.',
    knock_gone: 'They don’t wait at the door any more.',
    knock_declined: 'An admin said no. You can ask again in an hour.',
    too_many_knocks:
      'Too many people wait to be let in. Try again in an hour, or ask somebody inside for help.',
    invite_expired: 'This link was good for a time, which is over. Ask for a new one.',
    invite_used_up: 'This link was for so many people, and they have come. Ask for a new one.',
    invite_revoked: 'Somebody in the group took this link back. Ask for a new one.',
    too_many_invites: 'This group has as many of these links as it can have. Take some back first.',
    too_large: 'That is too long. Make it shorter.',
    too_many_requests: 'Too many tries in a short time. Wait a minute, then try again.',
    session_expired: 'The server forgot this device for a moment. Try again.',
    service_unavailable: 'The server is busy or starting. Try again in a moment.',
    call_elsewhere: 'You joined from another tab or window. The voice chat goes on there.',
    left: 'You were taken out of the voice chat. You can join it again.',
    not_found: 'This page and the server do not fit together. Reload the page.',
    group_exists: 'That did not work. Try again in a moment.',
    too_many_groups: 'You’re in as many groups as this server allows. Leave one, then try again.',
    epoch_conflict: 'Many people came at once. Try again.',
    unsupported_media_type: 'This page and the server do not fit together. Reload the page.',
    internal: 'The server made a mistake. Try again in a moment.',
    backup_passphrase: 'The passphrase does not fit this file.',
    backup_damaged: 'This file is damaged, or no backup of Aparté. Nothing was changed.',
    backup_unsupported: 'This backup was made by a later Aparté. Nothing was changed.',
    backup_impossible: 'The keys of this device were made so that they cannot leave it.',
    device_in_use:
      'There are groups on this device already. Leave them first, or use another browser profile.',
    name_invalid: 'Names are 1 to 64 characters, on one line.',
    missing_webcrypto: 'Secure cryptography (needs https, or this very machine)',
    missing_webrtc: 'Calls between browsers (WebRTC)',
    missing_transforms: 'Encryption of sound and picture on this device',
    missing_storage: 'A place to keep your keys (IndexedDB)',
    missing_workers: 'Work in the background (Web Workers)',
  },
};

export type Words = typeof en;
