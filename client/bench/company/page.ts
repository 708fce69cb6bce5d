// Several members of one group in a page without screens, for company.ts: each with an identity, a running call and a media room, all of them
// the product's own, so that what they send is sealed as a person's is. They share one microphone and one camera, and receive nothing.
import { Room } from 'livekit-client';
import { fromBase64url } from '../../../crypto/bytes.ts';
import { maySpeak } from '../../../crypto/group/history/index.ts';
import { decodeInvite } from '../../../crypto/invite/index.ts';
import { systemClock } from '../../api/clock.ts';
import { Service } from '../../api/service.ts';
import { callCode, createCallSession } from '../../call/index.ts';
import { openDevice } from '../../groups/device.ts';
import { Groups } from '../../groups/groups.ts';
import { GroupRoster } from '../../groups/roster.ts';
import { onlyVp8 } from '../../media/codec-choice.ts';
import { createMediaRoom } from '../../media/room.ts';
import { LiveCall } from '../../state/live-call.ts';
import { MemoryStore } from '../../testing/memory-store.ts';

export interface CompanyPage {
  /** Everybody joins the group, and is in nobody's call yet. */
  gather(at: {
    readonly url: string;
    readonly invite: string;
    readonly names: readonly string[];
  }): Promise<void>;
  /** One after the other takes a place in the call. Resolves when the microphones of all are published. */
  enter(isMuted: boolean): Promise<void>;
  /** Resolves when all cameras are on. */
  camera(isOn: boolean): Promise<void>;
  /** Who is in the call with a whole connection. */
  readonly inCall: number;
}

declare global {
  interface Window {
    company: CompanyPage;
  }
}

// What the others send is no part of what is measured, and would take the cores that it is measured on.

const connect = Room.prototype.connect;
Room.prototype.connect = function (url, token, options) {
  return connect.call(this, url, token, { ...options, autoSubscribe: false });
};

// One capture for all, as the device gives it: ten microphones would each take the echo out once more.
const devices = navigator.mediaDevices;
const capture = devices.getUserMedia.bind(devices);
const plain = { echoCancellation: false, autoGainControl: false, noiseSuppression: false };
const sources = new Map<'audio' | 'video', Promise<MediaStream>>();
devices.getUserMedia = async (wish) => {
  const kind = wish?.video === undefined || wish.video === false ? 'audio' : 'video';
  const source = sources.get(kind) ?? capture(kind === 'audio' ? { audio: plain } : { video: true });
  sources.set(kind, source);
  return new MediaStream((await source).getTracks().map((track) => track.clone()));
};

class Member {
  readonly call: LiveCall;
  #changed: () => void = () => undefined;

  private constructor(make: (onChange: () => void) => LiveCall) {
    this.call = make(() => this.#changed());
  }

  static async join(url: string, invite: string, name: string): Promise<Member> {
    const store = new MemoryStore();
    const device = await openDevice(store);
    const line = {
      fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
      ...{ baseUrl: url, clock: systemClock, random: Math.random },
    };
    const service = new Service({ line, identity: device.identity, audience: new URL(url).host });
    const groups = new Groups({ service, store, device, clock: systemClock });
    const { id } = await groups.join(decodeInvite(invite), name);
    const quiet = {
      microphone: null,
      camera: null,
      speaker: null,
      noise: 'off',
      background: 'none',
      picture: null,
    } as const;
    return new Member(
      (onChange) =>
        new LiveCall({
          ...{ service, identity: device.identity, groupId: fromBase64url(id), onChange },
          ...{ clock: systemClock, random: Math.random },
          keysFor: (secretVersion) => groups.keysFor(id, secretVersion),
          roster: new GroupRoster(groups, id, systemClock),
          maySpeak: (callId, identity) => {
            const group = groups.get(id);
            return group !== null && maySpeak(group.state, callId, identity);
          },
          sendsOnlyTo: () => null,
          mayMuteMe: () => false,
          loadCall: () => Promise.resolve({ createCallSession, callCode }),
          createMedia: () => Promise.resolve(createMediaRoom({ devices: quiet, abilities: onlyVp8 })),
          installKeys: ({ authenticator: _, ...keys }, media) => media.installEpoch(keys),
          onTrust: () => undefined,
          volumeOf: () => 1,
        }),
    );
  }

  /** Rejects when the call is over before that. */
  is(what: (state: LiveCall['state']) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#changed = () => {
        const { state } = this.call;
        if (what(state)) resolve();
        else if (state.phase === 'ended') reject(new Error(`the call is over: ${state.code ?? ''}`));
      };
      this.#changed();
    });
  }
}

let members: readonly Member[] = [];

window.company = {
  async gather({ url, invite, names }) {
    for (const name of names) members = [...members, await Member.join(url, invite, name)];
  },
  async enter(isMuted) {
    for (const member of members) {
      if (isMuted) member.call.setMuted(true);
      void member.call.start();
      await member.is(({ phase, media }) => phase === 'inCall' && media?.microphone === 'on');
    }
  },
  async camera(isOn) {
    for (const { call } of members) call.setCamera(isOn);
    await Promise.all(
      members.map((member) => member.is(({ media }) => media?.camera === (isOn ? 'on' : 'off'))),
    );
  },
  get inCall() {
    return members.filter(({ call }) => call.state.phase === 'inCall').length;
  },
};
