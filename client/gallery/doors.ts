// The states of doors and of links that end: asking to be let in, waiting, the answers; and what owner and admins see of who waits. Part of states.ts.
import type {
  AppView,
  DoorView,
  GroupView,
  InviteLinkView,
  InvitesView,
  KnockCard,
  WaitingView,
} from '../state/view.ts';
import { changed, letters, unverified, verified } from './people.ts';

interface Given {
  readonly app: (more: Partial<AppView>) => AppView;
  readonly group: () => GroupView;
  readonly withCall: (more?: object, rest?: Partial<AppView>) => AppView;
  readonly first: Partial<AppView>;
  readonly video: object;
}

const longName = 'Maximiliane-Alexandrine von Hohenstein-Wiedenbrück';
const hour = 3_600_000;

const card = (name: string, more: Partial<KnockCard> = {}): KnockCard => ({
  id: `id-${name}`,
  name,
  verification: unverified,
  number: '30417 88265 09173',
  isChanging: false,
  ...more,
});

const door = (more: Partial<DoorView> = {}): DoorView => ({
  people: [
    card('Grace'),
    card('Heiko', { verification: verified }),
    card(longName, { number: '' }),
    card('Ines', { verification: changed }),
  ],
  refused: 0,
  ...more,
});

const knock = (state: WaitingView['state'], more: Partial<WaitingView> = {}): WaitingView => ({
  ...{ id: 'g9', groupName: 'Rehearsal room', state },
  ...{ knockedAtMs: Date.now() - 3 * hour, untilMs: Date.now() + hour },
  ...more,
});

const oneLink = (id: string, more: Partial<InviteLinkView>): InviteLinkView => ({
  ...{ id, link: `https://aparte.example/#/join/${id.repeat(71)}` },
  ...{ expiresAtMs: Date.now() + hour, uses: null, used: 0, canRevoke: true, isNew: false },
  ...more,
});

export function doorStates({ app, group, withCall, first, video }: Given): Record<string, () => AppView> {
  const waiting = (of: WaitingView, more: Partial<AppView> = {}): AppView =>
    app({ waiting: [of], screen: { name: 'waiting', knock: of }, ...more });
  const atDoor = (of: DoorView, more: Partial<AppView> = {}): AppView =>
    app({
      screen: {
        name: 'group',
        group: { ...group(), admission: 'approval', canSetAdmission: true, door: of },
      },
      ...more,
    });
  const links = (more: Partial<InvitesView> = {}): AppView =>
    app({
      canShareLink: true,
      screen: { name: 'group', group: group() },
      invites: { groupId: 'g1', links: [], work: 'idle', problem: null, ...more },
    });
  const ended = (phase: 'expired' | 'usedUp' | 'revoked'): AppView =>
    app({ screen: { name: 'invite', invite: { phase }, needsName: false } });
  return {
    'link-expired': () => ended('expired'),
    'link-used-up': () => ended('usedUp'),
    'link-taken-back': () => ended('revoked'),
    'links-none': () => links(),
    'links-some': () =>
      links({
        links: [
          oneLink('a', { uses: 1, isNew: false }),
          oneLink('b', { uses: 10, used: 3, canRevoke: false }),
          oneLink('c', { uses: null, used: 12 }),
        ],
      }),
    'links-trouble': () => links({ problem: { code: 'offline', retry: () => undefined } }),
    'door-ask': () =>
      app({
        ...first,
        screen: {
          name: 'invite',
          invite: {
            ...{ phase: 'ready', groupName: 'Rehearsal room', face: letters, memberCount: 6 },
            admission: 'approval',
          },
          needsName: true,
        },
      }),
    'door-waiting': () => waiting(knock('waiting'), { ...first, myName: 'Noor' }),
    'door-waiting-offline': () => waiting(knock('waiting', { groupName: longName }), { isOffline: true }),
    'door-declined': () => waiting(knock('declined')),
    'door-outdated': () => waiting(knock('outdated')),
    'door-expired': () => waiting(knock('expired')),
    'door-gone': () => waiting(knock('gone')),
    'door-refused': () => waiting(knock('refused')),
    'door-open': () => atDoor(door()),
    'door-answering': () =>
      atDoor(door({ people: [card('Grace', { isChanging: true }), card('Jonas')], refused: 2 }), {
        isBusy: true,
      }),
    'door-many': () =>
      atDoor(
        door({ people: Array.from({ length: 40 }, (_, index) => card(`Guest ${index + 1}`)), refused: 3 }),
      ),
    'door-strangers': () => atDoor(door({ people: [], refused: 1 })),
    'door-call': () =>
      withCall(
        {},
        { callDoor: door({ people: [card('Grace'), card('Heiko', { verification: verified })] }) },
      ),
    'door-call-video': () =>
      withCall(video, {
        callDoor: door({ people: ['Grace', 'Heiko', 'Ines', 'Jonas'].map((name) => card(name)) }),
      }),
    'door-list': () =>
      app({ waiting: [knock('waiting'), knock('declined', { id: 'g8', groupName: 'Press desk' })] }),
    'group-ask-first': () => app({ screen: { name: 'group', group: { ...group(), canSetAdmission: true } } }),
  };
}
