// The controls that taps.ts presses, in the order of a person who tries everything: what is pressed, and what its answer is. Each list begins
// and ends with the page in the same state, so that it can be gone through again.
import type { Answer, Tap } from './watch.ts';

export interface Control {
  /** For the report. */
  readonly name: string;
  /** A button by its name, a key or the pointer, down or up. */
  readonly press:
    | { readonly button: string | RegExp; readonly within?: string }
    | { readonly key: string; readonly is: 'down' | 'up' }
    | { readonly pointer: 'down' | 'up'; readonly on: string };
  readonly tap?: Tap;
  readonly answer: Answer;
  /** What has to be there before the next one is pressed. */
  readonly then?: Answer;
}

const named = (name: string): Answer => ({ selector: `[aria-label="${name}"]` });
const menu: Answer = { selector: '.menu:popover-open' };
const noMenu: Answer = { ...menu, isGone: true };
const dialog: Answer = { selector: 'dialog[open]' };
const noDialog: Answer = { ...dialog, isGone: true };

const tapped = (name: string, answer: Answer, then?: Answer): Control => ({
  ...{ name, press: { button: name }, answer },
  ...(then && { then }),
});
/** A button that becomes another one. */
const turned = (name: string, into: string): Control => tapped(name, named(into));
/** Opens a menu and takes a choice, whose answer is at least that the menu is gone. */
const chosen = (from: string, choice: string, answer = noMenu): Control[] => [
  tapped(from, menu),
  { name: choice, press: { button: choice, within: menu.selector }, answer },
];
const closed = (name: string, button = 'Close'): Control => ({
  ...{ name: `${button}: ${name}`, press: { button, within: dialog.selector }, answer: noDialog },
});
/** A dialog, and away with it. */
const shown = (name: string, button = 'Close'): Control[] => [tapped(name, dialog), closed(name, button)];
const chosenDialog = (from: string, choice: string, button = 'Close'): Control[] => [
  ...chosen(from, choice, dialog),
  closed(choice, button),
];

/** In a call of two, without pictures; live at first and at the end. */
export const callControls: readonly Control[] = [
  turned('Mute microphone', 'Unmute microphone'),
  {
    ...{ name: 'Space, held', press: { key: ' ', is: 'down' }, tap: { type: 'keydown' } },
    answer: named('Mute microphone'),
  },
  {
    ...{ name: 'Space, let go', press: { key: ' ', is: 'up' }, tap: { type: 'keyup' } },
    answer: named('Unmute microphone'),
  },
  {
    ...{ name: 'Microphone, held for 200 ms', press: { pointer: 'down', on: 'Unmute microphone' } },
    ...{ tap: { type: 'pointerdown', afterMs: 200 }, answer: named('Mute microphone') },
  },
  {
    ...{ name: 'Microphone, let go', press: { pointer: 'up', on: 'Mute microphone' } },
    ...{ tap: { type: 'pointerup' }, answer: named('Unmute microphone') },
  },
  turned('Unmute microphone', 'Mute microphone'),
  turned('Raise hand', 'Lower hand'),
  turned('Lower hand', 'Raise hand'),
  { name: 'Security', press: { button: /^Security/ }, answer: { selector: 'section.trust' } },
  {
    ...{ name: 'Close: Security', press: { button: 'Close', within: 'section.trust' } },
    answer: { selector: 'section.trust', isGone: true },
  },
  ...chosen('Call options', 'Turn sounds off'),
  ...chosen('Call options', 'Turn sounds on'),
  ...chosen('Call options', 'Use less data'),
  ...chosen('Call options', 'Use data freely'),
  ...chosen('Call options', 'Lock the call').map((one, at) =>
    at === 0 ? one : { ...one, then: { selector: '.lock' } },
  ),
  ...chosen('Call options', 'Unlock the call').map((one, at) =>
    at === 0 ? one : { ...one, then: { selector: '.lock', isGone: true } },
  ),
  ...chosenDialog('Call options', 'Keyboard'),
  ...shown('Sound and camera'),
  ...chosen('Ben in this call', 'Mute Ben for me'),
  ...chosen('Ben in this call', 'Hear Ben again'),
  ...chosenDialog('Ben in this call', 'Compare numbers with Ben'),
  // The window itself is the browser's, and takes it some hundreds of milliseconds.
  tapped(
    'Open in a small window',
    { selector: '[aria-label="Open in a small window"][aria-busy="true"]' },
    named('Close the small window'),
  ),
  turned('Close the small window', 'Open in a small window'),
];

/** In the same call while Ben's camera is on. */
export const pictureControls: readonly Control[] = [
  tapped('Turn on camera', named('Turn off camera'), { selector: 'figure[aria-label="Ada’s video"]' }),
  turned('Pin: Ben', 'Unpin: Ben'),
  turned('Unpin: Ben', 'Pin: Ben'),
  turned('Hide people', 'Show people'),
  turned('Show people', 'Hide people'),
  turned('Full screen', 'Leave full screen'),
  turned('Leave full screen', 'Full screen'),
  turned('Back to the group, the call goes on', 'Enlarge the call'),
  tapped('Enlarge the call', { ...named('Enlarge the call'), isGone: true }),
  tapped('Share screen', named('Stop sharing'), {
    ...{ selector: 'figure[aria-label="Your screen, as the others see it"]' },
  }),
  turned('Stop sharing', 'Share screen'),
  turned('Turn off camera', 'Turn on camera'),
];

/** Out of the call, and in again: Ben is in it. */
export const doorControls: readonly Control[] = [
  tapped('Leave', { selector: 'section.call', isGone: true }, named('Join voice chat')),
  tapped('Join voice chat', named('Joining'), named('Mute microphone')),
];

/** On the group's page, while nobody is in a call. */
export const groupControls: readonly Control[] = [
  ...chosenDialog('Group settings', 'Voice chat settings'),
  ...chosenDialog('Group settings', 'My name and picture here'),
  ...chosenDialog('Group settings', 'Name and picture of the group'),
  ...chosenDialog('Group settings', 'Make a new link', 'Cancel'),
  ...chosenDialog('Group settings', 'Let people in one by one', 'Cancel'),
  ...chosenDialog('Group settings', 'Forget on this device', 'Cancel'),
  ...chosenDialog('Group settings', 'Delete group', 'Cancel'),
  ...shown('Show QR code'),
  tapped(
    'Copy link',
    { selector: 'section.invite span', text: 'Copied' },
    {
      ...{ selector: 'section.invite span', text: 'Copy link' },
    },
  ),
  ...shown('Verify Ben'),
  ...shown('Edit my name and picture'),
  ...chosenDialog('More about Ben', 'Make Ben an admin', 'Cancel'),
  ...chosen('More about Ben', 'Let Ben listen only').map((one, at) =>
    at === 0 ? one : { ...one, then: { selector: 'li', text: 'Listens only' } },
  ),
  ...chosen('More about Ben', 'Let Ben speak').map((one, at) =>
    at === 0 ? one : { ...one, then: { selector: 'li', text: 'Listens only', isGone: true } },
  ),
  ...chosenDialog('Settings', 'Sound and camera'),
  ...chosenDialog('Settings', 'Tell me when a voice chat begins'),
  ...chosenDialog('Settings', 'Keep a backup'),
  tapped('New group', { selector: 'h1', text: 'A new group' }),
  tapped('Back to my groups', { selector: 'main.page' }),
];

/** The first in, and out again. */
export const startControls: readonly Control[] = [
  tapped(
    'Start voice chat',
    { selector: 'button[aria-busy="true"]', text: 'Starting' },
    named('Mute microphone'),
  ),
  tapped(
    'Leave',
    { selector: 'section.call', isGone: true },
    { selector: 'button', text: 'Start voice chat' },
  ),
];
