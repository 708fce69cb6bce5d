// The words about what is seen behind somebody, in both languages: apart from en.ts and fr.ts, because the first page needs none of them.
// Screens that are loaded later read them: `backgroundWords[i18n.language]`.
import type { Language } from './plural.ts';

const en = {
  title: 'Behind you',
  none: 'As it is',
  slight: 'A little blurred',
  strong: 'Blurred',
  dusk: 'Dusk',
  hills: 'Hills',
  paper: 'Paper',
  own: 'My picture',
  add: 'Add a picture',
  other: 'Another picture',
  why: 'Put there on this device, and your picture stays on it. The first time up to 3 MB are fetched from this service.',
  tooLarge: 'That file is larger than 20 MB. Choose a smaller one.',
  unreadable: 'This browser can’t read that file as a picture. Choose a JPEG, PNG or WebP.',
  notKept: 'This browser has no room to keep it. Nothing was changed.',
  failed: 'Your camera stays off: this device can’t put the background behind you.',
  bare: 'Turn on without a background',
  coming: 'Being put behind you. Nobody sees you until it is.',
};

const fr: typeof en = {
  title: 'Derrière vous',
  none: 'Tel quel',
  slight: 'Un peu flou',
  strong: 'Flou',
  dusk: 'Crépuscule',
  hills: 'Collines',
  paper: 'Papier',
  own: 'Mon image',
  add: 'Ajouter une image',
  other: 'Une autre image',
  why: 'Mis en place sur cet appareil, et votre image y reste. La première fois, jusqu’à 3 Mo viennent de ce service.',
  tooLarge: 'Ce fichier dépasse 20 Mo. Choisissez-en un plus petit.',
  unreadable: 'Ce navigateur ne lit pas ce fichier comme une image. Choisissez un JPEG, PNG ou WebP.',
  notKept: 'Ce navigateur n’a pas la place de la garder. Rien n’a changé.',
  failed: 'Votre caméra reste éteinte : cet appareil n’arrive pas à mettre l’arrière-plan en place.',
  bare: 'Allumer sans arrière-plan',
  coming: 'Mise en place derrière vous. D’ici là, personne ne vous voit.',
};

export const backgroundWords: Readonly<Record<Language, typeof en>> = { en, fr };
