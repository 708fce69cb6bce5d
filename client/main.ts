// The composition root: puts browser, state and screens together. The secret of an invite link leaves the address bar
// with the first import (G3). Call and media never import each other: what carries keys from one to the other is here.
import { firstInvite } from './router/first.ts';
import { mount } from 'svelte';
import App from './App.svelte';
import { systemClock } from './api/clock.ts';
import type { CallEpoch } from './call/types.ts';
import { openDeviceStore } from './groups/indexeddb.ts';
import { i18n } from './i18n/index.svelte.ts';
import type { VideoCodec } from './media/codec-choice.ts';
import type { MediaRoom } from './media/types.ts';
import { browserNotifier } from './notifier.ts';
import { registerWhenSettled, servedBuild } from './registration.ts';
import { Router } from './router/router.ts';
import { AppModel } from './state/app.svelte.ts';
import { DeviceMemory } from './state/device-memory.ts';
import { DeviceSettings } from './state/device-settings.ts';
import { PreferenceStore } from './state/preferences.ts';
import { showPicture } from './state/show-picture.ts';
import { allowOwnScripts, missingParts } from './support.ts';

allowOwnScripts();
const words = i18n.start();

const loadCall = () => import('./call/index.ts');
const loadMedia = () => import('./media/room.ts');

const settings = new DeviceSettings(localStorage);
const preferences = new PreferenceStore(localStorage);
const model = new AppModel({
  firstInvite,
  missing: missingParts(),
  openStore: openDeviceStore,
  router: new Router(window),
  line: { fetch: (...request) => fetch(...request), baseUrl: '', clock: systemClock, random: Math.random },
  audience: location.host,
  origin: location.origin,
  locks: navigator.locks,
  devices: {
    settings,
    mediaDevices: navigator.mediaDevices,
    canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype,
    memory: new DeviceMemory(localStorage),
    loadCheck: () => import('./state/device-check-media.ts'),
    loadBackgrounds: () => import('./state/backgrounds.ts'),
  },
  preferences,
  // A chunk that does not come is a sound less.
  chime: (chime) =>
    void import('./media/chimes.ts')
      .then(({ playChime }) => playChime(chime, settings.read().speaker))
      .catch(() => undefined),
  tabs: 'BroadcastChannel' in globalThis ? new BroadcastChannel('aparte:call') : undefined,
  canShareScreen: 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices,
  copyText,
  notifier: browserNotifier(),
  showPicture,
  // Not on every browser, whatever its types say.
  shareLink: 'share' in navigator ? (data) => navigator.share(data) : null,
  loadBackup: () => import('./groups/backup.ts'),
  saveFile,
  reload: () => location.reload(),
  build: { id: __BUILD_ID__, served: servedBuild },
  loadCall,
  createMedia: async (pictures) => {
    const { createMediaRoom, abilities } = await loadMedia();
    return createMediaRoom({
      abilities: await abilities(),
      videoCodec: () => (pictures().codec === 'vp8' ? 'vp8' : videoCodec()),
      ceiling: () => pictures().picture,
      isLowData: () => preferences.read().lowData,
      devices: settings.read(),
    });
  },
  installKeys,
  preload,
  mark: (name) => performance.mark(name),
});

const target = document.getElementById('app');
if (!target) throw new Error('index.html must have #app');
void words.then(() => mount(App, { target, props: { view: model, actions: model } }));
document.documentElement.dataset['build'] = __BUILD_ID__;
void model.start();
registerWhenSettled();
// A part of this build is not there any more: is there another build?
window.addEventListener('vite:preloadError', () => model.lookForBuild());

window.addEventListener('online', () => model.setOnline(true));
window.addEventListener('offline', () => model.setOnline(false));
model.setOnline(navigator.onLine);
// Seen again, or thawed: what it waited for may be long gone (C8).
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') model.wake();
});
document.addEventListener('resume', () => model.wake());
window.addEventListener('pagehide', () => model.leavePage());
// Whoever touches a group's page may be about to start a call; not who is in one.
window.addEventListener('pointerdown', () => {
  if (model.screen.name === 'group' && model.call === null) preload();
});

/** A new epoch of the call becomes keys in the frame worker. */
function installKeys({ authenticator: _, ...keys }: CallEpoch, media: MediaRoom): Promise<void> {
  return media.installEpoch(keys);
}

/** Asking twice costs nothing: a module is fetched once. */
function preload(): void {
  // A chunk that does not load now is asked for again by the tap, which says so if it fails.
  void Promise.allSettled([loadCall(), loadMedia().then(({ prepareMedia }) => prepareMedia())]);
}

/** For tests: `aparte.debug.codec` in localStorage names the codec of what is turned on next. Each of them is sealed alike (F2, F8). */
function videoCodec(): VideoCodec | 'best' {
  const codec = localStorage.getItem('aparte.debug.codec');
  return codec === 'vp8' || codec === 'vp9' || codec === 'h264' || codec === 'av1' ? codec : 'best';
}

function saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
