// The words about the keyboard in a call, in both languages: apart from en.ts and fr.ts, because the first page needs none of them.
import type { Language } from './plural.ts';

const en = {
  title: 'Keyboard',
  voice: 'Voice',
  mic: 'Mute or unmute',
  talk: 'Talk while held',
  hand: 'Raise or lower hand',
  micAlways: 'Microphone, also while typing',
  picture: 'Picture',
  camera: 'Camera',
  focus: 'Follow the speaker',
  cameraAlways: 'Camera, also while typing',
  more: 'Else',
  back: 'Back to the group',
  sheet: 'This sheet',
  details: 'Numbers of the call',
  ctrl: 'Ctrl',
  shift: 'Shift',
  space: 'Space',
  escape: 'Esc',
  single: 'Single keys',
  singleWhat: 'They rest while you write. Switched off, only those with another key work.',
};

const fr: typeof en = {
  title: 'Clavier',
  voice: 'Voix',
  mic: 'Couper ou ouvrir le micro',
  talk: 'Parler en maintenant',
  hand: 'Lever ou baisser la main',
  micAlways: 'Micro, même en écrivant',
  picture: 'Image',
  camera: 'Caméra',
  focus: 'Suivre qui parle',
  cameraAlways: 'Caméra, même en écrivant',
  more: 'Autre',
  back: 'Retour au groupe',
  sheet: 'Cette aide',
  details: 'Chiffres de l’appel',
  ctrl: 'Ctrl',
  shift: 'Maj',
  space: 'Espace',
  escape: 'Échap',
  single: 'Touches seules',
  singleWhat:
    'Elles se reposent pendant que vous écrivez. Désactivées, seules celles avec une autre touche agissent.',
};

export const keyWords: Readonly<Record<Language, typeof en>> = { en, fr };
