// What main.ts gives the app: the browser, and the chunks that are loaded when a call is near. And what a call takes of it.
import { maySpeak, type Policy } from '../../crypto/group/history/index.ts';
import type { CallEpoch } from '../call/types.ts';
import type * as backupChunk from '../groups/backup.ts';
import type { Group } from '../groups/group.ts';
import { GroupRoster } from '../groups/roster.ts';
import type { MediaRoom } from '../media/types.ts';
import type { Router } from '../router/router.ts';
import { mayMute } from './call-rights.ts';
import type { Chime } from './chimes.ts';
import type { CallModelParts } from './call.svelte.ts';
import type { Core, CoreParts } from './core.ts';
import type { CheckParts } from './device-check.svelte.ts';
import type { DeviceParts } from './devices.svelte.ts';
import type { ShowPicture } from './faces.ts';
import type { PreferenceStore } from './preferences.ts';
import type { PlaceParts } from './place.ts';
import type { BuildParts } from './new-build.svelte.ts';
import type { Notifier } from './rings.ts';

export type PicturePolicy = Pick<Policy, 'picture' | 'codec'>;

export interface AppParts extends CoreParts {
  readonly router: Router;
  readonly origin: string;
  /** Payload of the link that the page was opened with. */
  readonly firstInvite: string | null;
  /** What this browser lacks; codes of i18n `errors`. */
  readonly missing: readonly string[];
  readonly locks: LockManager | undefined;
  readonly devices: DeviceParts & CheckParts;
  readonly preferences: PreferenceStore;
  /** A sound of the call, out of the speaker that was chosen. */
  readonly chime: (chime: Chime) => void;
  /** Between the tabs of this browser. */
  readonly tabs: BroadcastChannel | undefined;
  readonly canShareScreen: boolean;
  readonly copyText: (text: string) => Promise<boolean>;
  readonly notifier: Notifier;
  readonly showPicture: ShowPicture;
  /** The browser's own sheet; null where it has none. */
  readonly shareLink: ((data: { title: string; url: string }) => Promise<void>) | null;
  readonly loadBackup: () => Promise<Pick<typeof backupChunk, 'backUp' | 'restore'>>;
  /** Hands the person a file to keep. */
  readonly saveFile: (name: string, bytes: Uint8Array<ArrayBuffer>) => void;
  /** The page begins anew. */
  readonly reload: () => void;
  readonly build: BuildParts;
  readonly loadCall: PlaceParts['loadCall'];
  /** `pictures`: what the group wants of those that are turned on from then on. */
  readonly createMedia: (pictures: () => PicturePolicy) => Promise<MediaRoom>;
  readonly installKeys: (epoch: CallEpoch, media: MediaRoom) => Promise<void>;
  /** A call is near: fetch its code. */
  readonly preload: () => void;
  readonly mark: (name: string) => void;
}

/** A call in `group`, but for what changes while it goes on. */
export function livePartsOf(
  parts: AppParts,
  core: Core,
  group: Group,
): Pick<CallModelParts, 'live' | 'clock' | 'groupId' | 'canShareScreen' | 'chime'> {
  const { line, canShareScreen, chime, loadCall, createMedia, installKeys } = parts;
  const { clock, random } = line;
  const { service, device, groups } = core;
  return {
    live: {
      ...{ service, identity: device.identity, groupId: group.secret.groupId },
      keysFor: (secretVersion) => groups.keysFor(group.id, secretVersion),
      ...{ clock, random, loadCall, installKeys },
      createMedia: () => createMedia(() => groups.get(group.id)?.state.policy ?? group.state.policy),
      roster: new GroupRoster(groups, group.id, clock),
      maySpeak: (callId, identity) => {
        const now = groups.get(group.id);
        return now !== null && maySpeak(now.state, callId, identity);
      },
      sendsOnlyTo: () => {
        const isAsked = groups.get(group.id)?.state.policy.isVerifiedOnly ?? true;
        return isAsked ? core.verifications.verified : null;
      },
      mayMuteMe: (identity) => {
        const now = groups.get(group.id);
        return now !== null && mayMute(now.state, identity, device.identity.publicKey);
      },
    },
    ...{ clock, groupId: group.id, canShareScreen, chime },
  };
}
