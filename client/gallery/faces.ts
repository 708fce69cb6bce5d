// States of names and faces: everybody with one of their own, the dialogs that change them. states.ts has all of them.
import type { AppView, CallRow, CallView, GroupView, Person, ProfileView } from '../state/view.ts';
import {
  ada,
  ben,
  cyd,
  dora,
  elif,
  farid,
  sun,
  anchor,
  letters,
  noor,
  portrait,
  row,
  tile,
} from './people.ts';

interface Base {
  readonly app: (more?: Partial<AppView>) => AppView;
  readonly group: (more?: Partial<GroupView>) => GroupView;
  readonly withCall: (more?: Partial<CallView>, rest?: Partial<AppView>) => AppView;
  readonly rows: readonly CallRow[];
}

/** What is pressed, one after the other, to come to a state that is not in the view. */
export const presses: Readonly<Record<string, readonly string[]>> = {
  'profile-sign': ['.kind:nth-child(2) input'],
  'profile-wrong': ['footer .btn-ink'],
};

export function facesOf({ app, group, withCall, rows }: Base): Record<string, () => AppView> {
  const faceOf = (name: string) =>
    new Map([
      ['Ada', portrait('Ada')],
      ['Noor', sun],
      ['Elif', anchor],
      ['Dora', portrait('Dora')],
    ]).get(name) ?? letters;
  const faced = <T extends Pick<Person, 'name'>>(one: T): T => ({ ...one, face: faceOf(one.name) });
  const people = (): Person[] => [ada, noor, ben, elif, dora, farid, cyd].map(faced);
  const namesakes: Person[] = [
    { ...ben, verification: ada.verification, excerpt: '30417 88265' },
    { ...farid, name: 'Bеn', excerpt: '71390 25846' },
  ];
  const ringing = { groupId: 'g3', groupName: 'Sunday table', face: sun, names: ['Ada', 'Elif'] };
  const profile = (more: Partial<ProfileView> = {}): AppView =>
    app({
      profile: {
        ...{ of: 'me', id: noor.id, groupName: 'Rehearsal room', name: 'Noor', face: letters },
        ...{ isWorking: false, problem: null },
        ...more,
      },
    });
  return {
    'faces-group': () =>
      app({ screen: { name: 'group', group: group({ face: portrait('Rehearsal'), people: people() }) } }),
    'faces-call': () => withCall({ rows: rows.map(faced) }),
    'faces-video': () =>
      withCall({
        rows: rows.map(faced).map((row) => (row.name === 'Ada' ? { ...row, status: 'waiting' } : row)),
        tiles: [
          tile(faced(noor)),
          tile(faced(ada), { stream: null, status: 'waiting' }),
          tile(faced(elif), { stream: null, status: 'waiting' }),
        ],
      }),
    'namesakes-group': () =>
      app({ screen: { name: 'group', group: group({ people: [noor, ...namesakes, ada, elif] }) } }),
    'namesakes-call': () => withCall({ rows: [noor, ...namesakes, ada].map((one) => row(one)) }),
    ring: () => app({ ring: ringing }),
    'ring-call': () => withCall({}, { ring: ringing }),
    'notify-off': () => app({ notify: { state: 'off', isOpen: true, isAsking: false } }),
    'notify-on': () => app({ notify: { state: 'on', isOpen: true, isAsking: false } }),
    'notify-denied': () => app({ notify: { state: 'denied', isOpen: true, isAsking: false } }),
    'faces-invite': () =>
      app({
        screen: {
          name: 'invite',
          invite: {
            ...{ phase: 'ready', groupName: 'Rehearsal room', face: portrait('Room'), memberCount: 6 },
            admission: 'open',
          },
          needsName: false,
        },
      }),
    'profile-me': () => profile(),
    'profile-sign': () => profile({ face: anchor }),
    'profile-picture': () => profile({ face: portrait('Noor'), name: 'Noor' }),
    'profile-wrong': () => profile({ name: '', problem: { code: 'profile_outdated' } }),
    'profile-group': () =>
      profile({ of: 'group', id: 'g1', name: 'Rehearsal room', face: sun, isWorking: true }),
    'group-profile-refused': () =>
      app({ screen: { name: 'group', group: group({ problem: { code: 'profile_refused' } }) } }),
  };
}
