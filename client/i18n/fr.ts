// The French words. Typographic apostrophes; a narrow no-break space (U+202F) before ? ; and inside guillemets, a no-break
// space (U+00A0) before a colon. Nobody's gender is guessed.
/* eslint no-irregular-whitespace: ["error", { "skipTemplates": true }] -- French typography */
import type { Words } from './en.ts';
import { clockWords, dayWords, listNames, plural, recentWords } from './plural.ts';

const people = (count: number): string =>
  plural('fr', count, { one: `${count} personne`, other: `${count} personnes` });
const members = (count: number): string =>
  plural('fr', count, { one: `${count} membre`, other: `${count} membres` });
const names = (list: readonly string[]): string =>
  listNames('fr', list, {
    most: 4,
    words: (count) => plural('fr', count, { one: '1 autre', other: `${count} autres` }),
  });
const numbers = 'zéro un deux trois quatre cinq six sept huit neuf dix onze douze'.split(' ');
const number = (count: number): string => numbers[count] ?? String(count);
/** "de Ben", "d’Ada". */
const of = (name: string): string => (/^[aeiouyàâäéèêëîïôöùûüh]/i.test(name) ? `d’${name}` : `de ${name}`);

export const fr: Words = {
  clock: (atMs) => clockWords('fr', atMs),
  you: 'vous',
  verified: 'vérification faite',
  close: 'Fermer',
  cancel: 'Annuler',
  retry: 'Réessayer',
  tryAgain: 'Réessayer',
  loading: 'Un instant',
  language: 'Langue',

  start: {
    line: 'Un mot à part, entre proches',
    about: 'La voix pour les groupes. La caméra quand les mots ne suffisent plus.',
    titleFirst: 'Deux noms, et vous y êtes',
    titleNew: 'Un nouveau groupe',
    yourName: 'Votre nom',
    groupName: 'Nom du groupe',
    groupExample: 'Salle de répétition',
    create: 'Créer le groupe',
    creating: 'Création du groupe',
    sealed: 'Scellé entre membres :',
    sealedWhat: 'voix, vidéo, noms.',
    seen: 'Vu par le serveur :',
    seenWhat: 'qui se connecte, quand, et depuis quelle adresse.',
    back: 'Retour à mes groupes',
    nameMissing: 'Écrivez votre nom : les autres membres le voient.',
    groupMissing: 'Écrivez un nom pour le groupe : seuls ses membres le voient.',
  },

  invite: {
    opening: 'Ouverture du lien',
    invited: 'On vous invite dans',
    join: 'Rejoindre le groupe',
    joining: 'Un instant',
    asName: (name) => `Vous y entrez sous le nom ${name}.`,
    ask: 'Demander à entrer',
    asking: 'Demande en cours',
    askWhy:
      'Quelqu’un du groupe doit vous faire entrer. Votre nom et votre clé s’affichent chez elle ; vous ne voyez rien du groupe jusque-là.',
    sealed: 'Le nom du groupe est arrivé scellé, et le lien l’a ouvert. Le serveur ne peut pas le lire.',
    dead: 'Ce lien n’ouvre plus rien',
    deadWhy:
      'Son groupe n’est pas sur ce serveur, ou a un autre lien depuis. Votre nom n’a pas été envoyé. Demandez un nouveau lien à la personne qui vous l’a donné.',
    damaged: 'Ce lien est incomplet',
    damagedWhy:
      'Une partie s’est perdue en route, peut-être dans un message qui l’a coupé. Demandez-le à nouveau et ouvrez-le en entier. Rien n’en a été envoyé.',
    removed: 'Ce groupe vous est fermé',
    removedWhy:
      'Une personne qui le gère a mis fin à votre présence, et ce lien ne peut pas vous y ramener. Si c’est une erreur, parlez-lui-en.',
    expired: 'Ce lien a pris fin',
    expiredWhy: 'Il n’était valable qu’un temps, qui est passé. Demandez-en un nouveau à qui vous l’a donné.',
    usedUp: 'Ce lien a déjà servi',
    usedUpWhy:
      'Il était prévu pour un certain nombre de personnes, qui sont venues. Demandez-en un nouveau à qui vous l’a donné.',
    revoked: 'Ce lien a été retiré',
    revokedWhy: 'Quelqu’un du groupe y a mis fin. Demandez-en un nouveau à qui vous l’a donné.',
    failed: 'Le lien n’a pas pu être ouvert',
    toGroups: 'Aller à mes groupes',
    newGroup: 'Créer un nouveau groupe',
  },

  waiting: {
    waiting: 'En attente à la porte',
    waitingWhy:
      'Qui gère le groupe voit votre nom et décide. Vous pouvez fermer cette page : cet appareil s’en souvient et redemande à votre retour.',
    since: (atMs) =>
      `Demande faite le ${dayWords('fr', atMs, Date.now())}. Après une semaine sans réponse, la demande est oubliée.`,
    withdraw: 'Retirer la demande',
    declined: 'Pas cette fois',
    declinedWhy: (untilMs) =>
      `Une personne qui gère le groupe a refusé. Vous pourrez redemander après ${clockWords('fr', untilMs)}.`,
    again: 'Redemander',
    outdated: 'Le lien a été remplacé entre-temps',
    outdatedWhy:
      'Votre demande est partie avec lui, personne ne la voit plus. Demandez le nouveau à la personne qui vous a donné ce lien.',
    expired: 'Personne n’a répondu pendant une semaine',
    expiredWhy:
      'Votre demande est oubliée. Vous pouvez redemander, ou vous adresser à la personne qui vous a donné le lien.',
    gone: 'Il n’y a rien derrière cette porte',
    goneWhy: 'Le serveur ne connaît plus ni le groupe ni votre demande. Il a peut-être été supprimé.',
    refused: 'On vous a fait entrer, mais pas dans ce groupe',
    refusedWhy:
      'Ce que le serveur montre du groupe ne correspond pas au lien que vous avez ouvert. Rien n’a été repris. Prévenez la personne qui gère le serveur.',
    offline: 'Votre demande tient. La réponse arrive ici dès que le réseau revient.',
  },

  links: {
    title: 'Liens qui prennent fin',
    why: 'Pour une personne qui ne doit pas le transmettre. Le serveur y met fin ; les personnes venues par lui restent, et connaissent la clé du groupe comme vous.',
    chosen: (atMs, uses) => {
      const end = `Ouvre le groupe jusqu’à ${clockWords('fr', atMs)} le ${dayWords('fr', atMs, Date.now())}`;
      return uses === null ? `${end}.` : `${end}, pour ${people(uses)}.`;
    },
    backToWhole: 'Afficher le lien du groupe',
    share: 'Partager le lien',
    ends: (atMs) => `Jusqu’à ${clockWords('fr', atMs)}, le ${dayWords('fr', atMs, Date.now())}`,
    used: (used, uses) =>
      uses === null ? `Utilisé par ${people(used)}` : `Utilisé par ${used} sur ${people(uses)}`,
    show: (at) => `Afficher le lien ${at}`,
    copy: (at) => `Copier le lien ${at}`,
    revoke: (at) => `Retirer le lien ${at}`,
    time: 'Prend fin après',
    times: ['1 heure', '1 jour', '1 semaine'],
    people: 'Valable pour',
    counts: ['1 personne', '10 personnes', 'Toutes celles qui viennent'],
    make: 'Faire un lien qui prend fin',
    making: 'Création du lien',
  },

  door: {
    title: 'À la porte',
    here: (list) =>
      list.length === 1 ? `${names(list)} attend à la porte` : `${names(list)} attendent à la porte`,
    letIn: 'Faire entrer',
    letInName: (name) => `Faire entrer ${name}`,
    decline: 'Refuser',
    declineName: (name) => `Refuser ${name}`,
    more: (count) =>
      plural('fr', count, {
        one: '1 autre personne attend derrière.',
        other: `${count} autres personnes attendent derrière.`,
      }),
    number: (digits) => `Pas encore vérifié · numéro commençant par ${digits}`,
    refused: (count) =>
      plural('fr', count, {
        one: '1 autre demande ne prouve pas venir par le lien de ce groupe. Elle est laissée de côté.',
        other: `${count} autres demandes ne prouvent pas venir par le lien de ce groupe. Elles sont laissées de côté.`,
      }),
  },

  groups: {
    title: 'Groupes',
    all: 'Tous les groupes',
    create: 'Nouveau groupe',
    members,
    talking: (count) =>
      plural('fr', count, { one: `${count} personne parle`, other: `${count} personnes parlent` }),
    lastCall: (atMs: number): string => `Salon vocal ${recentWords('fr', atMs, Date.now())}`,
    thisDevice: 'Sur cet appareil',
    settings: 'Réglages',
    empty: 'Pas encore de groupe',
    waiting: 'En attente à la porte',
    answered: 'Il y a une réponse',
  },

  devices: {
    title: 'Son et caméra',
    microphone: 'Micro',
    speaker: 'Haut-parleur',
    camera: 'Caméra',
    usual: 'Selon le système',
    unnamed: (n) => `Appareil ${n}`,
    unplugged: 'Celui que vous avez choisi n’est pas branché',
    level: 'Votre voix',
    noise: 'Bruit autour de vous',
    standard: 'Enlevé',
    standardWhat: 'Ventilateurs, claviers, rue. Consomme peu.',
    strong: 'Enlevé à fond',
    strongWhat: 'Pour les lieux bruyants. Consomme plus.',
    off: 'Laissé',
    offWhat: 'Pour la musique : tout part comme le micro l’entend.',
    noiseFailed: 'Impossible de le lancer ici. Votre voix part telle que le navigateur la donne.',
    here: 'Tout cela se passe sur votre appareil.',
  },

  backup: {
    open: 'Garder une sauvegarde',
    start: 'J’ai une sauvegarde',
    saveTitle: 'Garder une sauvegarde',
    saveWhy:
      'Votre identité, vos groupes et les personnes vérifiées ne vivent que dans ce navigateur. Ce fichier les ramène s’il les perd.',
    passphrase: 'Phrase secrète',
    again: 'La même encore une fois',
    tooShort: (least) => `Au moins ${least} caractères. Quelques mots se gardent mieux que des signes.`,
    notTheSame: 'Les deux ne sont pas identiques.',
    forgotten: 'Sans elle, personne ne peut ouvrir le fichier, et personne ne pourra vous la redire.',
    save: 'Enregistrer le fichier',
    sealing: 'Mise sous scellé ; quelques secondes, exprès',
    saved: 'Le fichier est à vous',
    savedWhere:
      'Gardez-le comme une clé, et la phrase secrète ailleurs. Les groupes rejoints plus tard n’y sont pas.',
    done: 'C’est fait',
    restoreTitle: 'Repartir d’une sauvegarde',
    restoreWhy:
      'Ce navigateur devient l’appareil qui a fait le fichier. N’utilisez plus l’ancien, s’il marche encore.',
    file: 'Fichier de sauvegarde',
    choose: 'Choisir',
    noFile: 'Aucun fichier',
    fileMissing: 'Choisissez le fichier.',
    passphraseMissing: 'Écrivez la phrase secrète du fichier.',
    opening: 'Ouverture ; quelques secondes, exprès',
    restore: 'Tout ramener',
  },

  group: {
    menu: 'Réglages du groupe',
    summary: (count, verified) =>
      verified > 0
        ? `${members(count)} · ${plural('fr', verified, { one: `${verified} vérifié`, other: `${verified} vérifiés` })}`
        : members(count),
    quiet: 'La salle est silencieuse',
    startHint: 'Ouvrez-le : tout le groupe le voit aussitôt.',
    aloneHint: 'Invitez quelqu’un, ou ouvrez et attendez.',
    start: 'Ouvrir le salon vocal',
    starting: 'Ouverture',
    offlineHint: 'Possible dès que le réseau revient.',
    refusedHint: 'Rien ne commence ici sur la parole du serveur tant qu’elle ne tient pas.',
    notNow: 'Pas pour l’instant',
    noNetwork: 'Pas de réseau',
    liveRegion: 'Un salon vocal est ouvert',
    live: (count) => `Salon vocal · ${people(count)}`,
    join: 'Rejoindre',
    joinName: 'Rejoindre le salon vocal',
    joining: 'Entrée',
    locked: 'L’appel est verrouillé.',
    lockedWhy: 'Un rôle plus haut peut l’ouvrir.',
    unlock: 'Déverrouiller',
    inOtherTab: 'Vous êtes dans ce salon dans un autre onglet. Rejoignez-le pour l’amener ici.',
    endsOtherTab: 'Vous êtes dans un salon vocal dans un autre onglet. Ce qui commence ici y met fin.',
    inside: (list) => `Avec ${names(list)}`,
    invite: 'Inviter',
    inviteHint: 'Le lien est la clé',
    inviteHintAsk: 'Qui ouvre le lien vous demande d’abord',
    askFirst: 'Faire entrer une personne à la fois',
    askFirstTitle: 'Faire entrer une personne à la fois ?',
    askFirstWhy:
      'Qui vient par le lien attend alors qu’on ouvre, vous ou une autre personne admin, et ne voit rien jusque-là. Tout le monde ici reste.',
    askFirstYes: 'Me demander d’abord',
    askNobody: 'Laisser entrer qui a le lien',
    qr: 'Montrer le code QR',
    qrTitle: 'Inviter dans ce groupe',
    qrHint:
      'À scanner sur place, ou à envoyer. Le lien contient la clé du groupe : ne le donnez qu’aux personnes que vous voulez ici.',
    link: 'Lien d’invitation',
    copy: 'Copier le lien',
    copied: 'Copié',
    copiedSay: 'Le lien est copié',
    copyFailed: 'Le navigateur n’a pas laissé Aparté copier. Copiez le lien ici.',
    members: 'Membres',
    sealed: 'Les noms et celui du groupe sont scellés. Le serveur n’en garde que le chiffré.',
    owner: 'Responsable du groupe',
    admin: 'Admin',
    listener: 'Écoute seulement',
    thisDevice: 'Cet appareil',
    inCall: 'Dans le salon vocal',
    unverified: 'Pas encore de vérification',
    verifiedOn: (atMs) => `Vérification le ${dayWords('fr', atMs, Date.now())}`,
    changed: (name) => `La clé ${of(name)} a changé. Comparer à nouveau`,
    verify: 'Vérifier',
    verifyName: (name) => `Vérifier ${name}`,
    more: (name) => `Plus sur ${name}`,
    number: 'Montrer le numéro',
    remove: (name) => `Retirer ${name}`,
    removeTitle: (name) => `Retirer ${name} du groupe ?`,
    removeWhy: (name) =>
      `${name} ne vous entend plus. Tous les autres reçoivent aussitôt de nouvelles clés, et le groupe un nouveau lien : l’ancien n’ouvre plus rien. ${name} ne peut revenir que par le nouveau.`,
    removeYes: 'Retirer',
    ban: (name) => `Bannir ${name}`,
    banTitle: (name) => `Bannir ${name} du groupe ?`,
    banWhy: (name) =>
      `${name} ne vous entend plus et ne peut plus revenir, par aucun lien. Tous les autres reçoivent aussitôt de nouvelles clés, et le groupe un nouveau lien. Qui l’obtient peut encore entrer comme quelqu’un de nouveau, et vous le verriez.`,
    banYes: 'Bannir',
    makeAdmin: (name) => `Donner le rôle d’admin à ${name}`,
    makeAdminTitle: (name) => `Donner le rôle d’admin à ${name} ?`,
    makeAdminWhy: (name) =>
      `${name} pourra retirer et bannir, faire un nouveau lien et donner le rôle d’admin. Seule la personne responsable du groupe peut le reprendre.`,
    makeAdminYes: 'Donner le rôle',
    endAdmin: (name) => `Reprendre le rôle d’admin à ${name}`,
    letSpeak: (name) => `Laisser parler ${name}`,
    listenOnly: (name) => `Laisser ${name} écouter seulement`,
    handOver: (name) => `Confier le groupe à ${name}`,
    handOverTitle: (name) => `Confier le groupe à ${name} ?`,
    handOverWhy: (name) =>
      `${name} devient responsable du groupe, et vous admin. Seul le choix ${of(name)} peut vous le rendre.`,
    handOverYes: 'Confier',
    newLink: 'Faire un nouveau lien',
    newLinkTitle: 'Faire un nouveau lien ?',
    newLinkWhy:
      'L’ancien lien n’ouvre plus rien, qui que ce soit qui l’ait. Tous les membres restent et reçoivent les nouvelles clés sans rien faire.',
    newLinkYes: 'Nouveau lien',
    newLinkComes: 'Un nouveau arrive',
    forget: 'Ôter de ma liste',
    forgetHere: 'Oublier sur cet appareil',
    forgetTitle: (name: string): string => `Oublier ${name} sur cet appareil ?`,
    forgetWhy:
      'Cet appareil oublie son lien, ses clés et qui il y a vu. Vous restez membre, et les autres vous voient toujours. Pour le rouvrir ici, il faudra son lien d’invitation.',
    forgetYes: 'Oublier',
    leave: 'Quitter le groupe',
    leaveTitle: (name) => `Quitter ${name} ?`,
    leaveWhy:
      'Vous n’en entendrez et n’en lirez plus rien, et cet appareil oublie son lien. Quelqu’un du groupe peut vous le renvoyer.',
    leaveYes: 'Quitter le groupe',
    delete: 'Supprimer le groupe',
    deleteTitle: (name) => `Supprimer ${name} pour tout le monde ?`,
    deleteWhy: (others) =>
      `${others > 0 ? `Il prend fin pour vous et ${plural('fr', others, { one: '1 autre personne', other: `${others} autres personnes` })}, sa conversation aussi.` : 'Personne d’autre n’y est.'} Le serveur oublie tout, et personne ne peut le faire revenir.`,
    deleteYes: 'Supprimer le groupe',
    ownerFirst: 'Confiez d’abord le groupe',
    ownerFirstWhy:
      'Vous en êtes responsable. Ouvrez le menu à côté de quelqu’un dans la liste des membres, confiez-lui le groupe, puis quittez.',
    ownerFirstYes: 'Retour au groupe',
    offline: 'Vous êtes hors ligne',
    offlineWhy: 'Vos groupes et vos vérifications sont sur cet appareil. Pour parler, il faut le réseau.',
  },

  profile: {
    edit: 'Modifier',
    editMine: 'Modifier mon nom et mon image',
    openMine: 'Mon nom et mon image ici',
    openGroup: 'Nom et image du groupe',
    myTitle: (group: string): string => `Vous dans ${group}`,
    groupTitle: 'Le groupe',
    yourName: 'Votre nom',
    groupName: 'Nom du groupe',
    nameMissing: 'Écrivez votre nom : les autres membres le voient.',
    groupMissing: 'Écrivez un nom de groupe : seuls ses membres le voient.',
    beside: 'À côté du nom',
    initials: 'Lettres',
    emoji: 'Un signe',
    picture: 'Une image',
    someSigns: 'Quelques signes',
    ownSign: 'Ou un autre',
    signMissing: 'Choisissez un signe, ou écrivez-en un.',
    ground: 'Fond',
    grounds: ['Brun', 'Sarcelle', 'Bleu', 'Prune', 'Rouille', 'Vert', 'Sable', 'Gris'],
    choose: 'Choisir une image',
    other: 'Choisir une autre image',
    unreadable: 'Le navigateur ne sait pas lire ce fichier comme une image. Choisissez-en un autre.',
    pictureMissing: 'Choisissez d’abord une image.',
    pictureWhy:
      'Son centre est réduit sur cet appareil. Où et avec quoi elle a été prise reste ici. Elle part scellée : le serveur ne la voit pas.',
    myWhy: 'Dans ce groupe seulement. Tout le monde y voit le changement aussitôt, signé par vous.',
    groupWhy: 'Tout le groupe voit le changement aussitôt, signé par vous. Qui a le lien le voit aussi.',
    save: 'Enregistrer',
    saving: 'Enregistrement',
  },

  ring: {
    began: (group: string): string => `Un salon vocal est ouvert dans ${group}`,
    look: 'Y aller',
    notification: 'Un salon vocal vient d’ouvrir',
    open: 'Me prévenir d’un salon vocal',
    title: 'Quand un salon vocal ouvre',
    why: 'Aparté peut demander au système de vous prévenir quand un salon vocal ouvre dans l’un de vos groupes pendant que vous regardez autre chose. Il faut qu’une page d’Aparté soit ouverte dans ce navigateur : aucun service de push n’est sollicité, personne ne l’apprend donc. Le nom du groupe y figure, sur cet appareil seulement.',
    off: 'C’est désactivé. Le navigateur vous demandera votre accord une fois.',
    on: 'C’est activé, dans ce navigateur.',
    denied:
      'Le navigateur ne le permet pas à Aparté. Autorisez les notifications à gauche de l’adresse, puis revenez ici.',
    unsupported: 'Ce navigateur ne sait pas le faire.',
    turnOn: 'Activer',
    turnOff: 'Désactiver',
  },

  callSettings: {
    open: 'Réglages des appels',
    title: 'Les appels de ce groupe',
    readOnly: 'Seuls les rôles plus hauts les changent.',
    speaking: 'Qui parle',
    everybody: 'Tout le monde',
    everybodyWhy: 'On peut encore limiter une personne à l’écoute.',
    listen: 'Les nouveaux écoutent d’abord',
    listenWhy: 'Qui est dans le groupe maintenant continue de parler. Qui arrive lève la main.',
    picture: 'Caméras et écrans',
    any: 'Comme d’habitude',
    anyWhy: 'Caméras en 720p, écrans tels quels.',
    p720: 'Au plus 720p',
    p720Why: 'Les grands écrans sont réduits.',
    p360: 'Au plus 360p',
    p360Why:
      'Pour les réseaux lents. Les petits caractères d’un écran se lisent mal. Vaut dès la prochaine fois qu’on en allume un.',
  },

  call: {
    title: 'Salon vocal',
    people,
    peopleHere: (count) => `Présents · ${count}`,
    list: 'Personnes dans cet appel',
    back: 'Retour au groupe, l’appel continue',
    enlarge: 'Agrandir l’appel',
    hidePeople: 'Cacher les personnes',
    showPeople: 'Montrer les personnes',
    joining: 'Entrée',
    reconnecting: 'Reconnexion',
    restarting: 'Nouvelles clés',
    rejoin: 'Revenir',
    return: 'Revenir à l’appel',
    enters: (list) => (list.length === 1 ? `Entre ${names(list)}` : `Entrent ${names(list)}`),
    exits: (list) => (list.length === 1 ? `Sort ${names(list)}` : `Sortent ${names(list)}`),
    menu: 'Options de l’appel',
    muteAll: 'Couper tous les autres micros',
    lock: 'Verrouiller l’appel',
    unlock: 'Déverrouiller l’appel',
    locked: 'Verrouillé',
    endForAll: 'Terminer l’appel pour tous',
    endTitle: 'Terminer l’appel pour tous ?',
    endWhy: 'Tout le monde en sort aussitôt, et voit que c’est vous. Chacun peut en commencer un nouveau.',
    endYes: 'Terminer',
    raises: (list) => (list.length === 1 ? `${names(list)} lève la main` : `${names(list)} lèvent la main`),
    alone: 'Personne d’autre ici',
  },

  row: {
    live: 'Micro ouvert',
    muted: 'Micro coupé',
    speaking: 'Parle',
    listening: 'Écoute',
    away: 'Connexion perdue, peut revenir',
    waiting: (name) => `En attente de la clé ${of(name)}`,
    wrongKey: (name) => `${name} utilise une clé qui n’est pas arrivée ici`,
    stalled: (name) => `Rien n’arrive ${of(name)}`,
    damaged: (name) => `Ce qu’envoie ${name} est indéchiffrable`,
    apart: (name) => `D’autres clés que vous. Proposez à ${name} de revenir`,
    stale: 'Rien encore de la dernière clé',
    misshown: 'Le service montre mal son micro',
    listener: 'Écoute seulement',
    shutOut: 'Entré dans l’appel verrouillé : n’entend rien et va en sortir',
    silenced: (name) => `Ne peut qu’écouter : ce qu’envoie ${name} ne passe pas`,
    hand: (place) => (place === 1 ? 'Main levée, la première' : `Main levée, la ${place}e`),
    more: (name) => `${name} dans cet appel`,
    letSpeak: 'Donner la parole',
    letSpeakNow: (name) => `Donner la parole : ${name}`,
    letSpeakHere: (name) => `Donner la parole à ${name} dans cet appel`,
    listenAgain: (name) => `${name} écoute seulement à nouveau`,
    mute: (name) => `Couper le micro ${of(name)}`,
    takeOut: (name) => `Sortir ${name} de l’appel`,
    takeOutTitle: (name) => `Sortir ${name} de l’appel ?`,
    takeOutWhy: (name) =>
      `${name} n’entend plus rien et voit que c’est vous. ${name} reste dans le groupe, et peut revenir sauf si l’appel est verrouillé.`,
    takeOutYes: 'Sortir',
    outsider: 'Sans clé : ne vous entend pas et ne passe jamais',
    digits: 'Son numéro contient',
    outsiderName: 'Quelqu’un sans clé',
    retry: (name) => `Réessayer : ${name}`,
  },

  bar: {
    controls: 'Commandes de l’appel',
    live: 'Micro ouvert',
    tapToMute: 'Touchez pour couper',
    muted: 'Micro coupé',
    tapToTalk: 'Touchez pour parler',
    mutedBy: (name) => `${name} a coupé votre micro`,
    joining: 'Entrée',
    notHeardYet: 'On ne vous entend pas encore',
    lost: 'On ne vous entend pas',
    lostHint: 'De retour dans un instant',
    noMic: 'Pas de micro',
    listenOnly: 'Vous pouvez écouter',
    listener: 'Vous écoutez',
    listenerHint: 'Touchez pour lever la main',
    handUp: 'Votre main est levée',
    handUpHint: 'Un rôle plus haut peut vous donner la parole',
    hand: 'Main',
    raise: 'Lever la main',
    lower: 'Baisser la main',
    mute: 'Couper le micro',
    unmute: 'Ouvrir le micro',
    camera: 'Caméra',
    cameraOn: 'Allumer la caméra',
    cameraOff: 'Éteindre la caméra',
    share: 'Écran',
    shareOn: 'Partager l’écran',
    sharing: 'Écran',
    shareOff: 'Arrêter de partager l’écran',
    leave: 'Quitter',
  },

  tile: {
    list: 'Images',
    you: (name) => `${name} (vous)`,
    camera: (name) => `Vidéo ${of(name)}`,
    screen: (name) => `Écran ${of(name)}`,
    yourScreen: 'Votre écran, tel que les autres le voient',
    waiting: (name) => `En attente de la clé ${of(name)}`,
    waitingHint: 'Moins de deux secondes, d’habitude.',
    opening: (name) => `La vidéo ${of(name)} arrive`,
    openingMine: 'Votre caméra s’allume',
    openingScreen: 'L’écran arrive',
    wrongKey: (name) => `La clé de la vidéo ${of(name)} n’est pas arrivée ici`,
    stalled: (name) => `Rien n’arrive de la vidéo ${of(name)}`,
    damaged: (name) => `Vidéo ${of(name)} indéchiffrable`,
    troubleHint: 'Aparté essaie encore.',
    retry: (name) => `Réessayer la vidéo ${of(name)}`,
    muted: 'micro coupé',
  },

  trouble: {
    reconnecting: 'Reconnexion',
    reconnectingWhy: 'Votre clé est en sécurité. Vous reviendrez sans rien faire.',
    restarting: 'Accord sur de nouvelles clés',
    restartingWhy: 'L’appel reprend avec des clés neuves. Restez là, il continue de lui-même.',
    blocked: 'Le navigateur attend un geste avant de jouer le son.',
    unblock: 'Touchez pour entendre',
    micDenied: 'Pas encore de micro',
    micDeniedWhy: 'Le navigateur le refuse à Aparté. Trois gestes y remédient :',
    micMissing: 'Aucun micro trouvé',
    micMissingWhy: 'Vous pouvez écouter, on ne vous entend pas. Trois gestes y remédient :',
    micFailed: 'Le micro n’a pas démarré',
    micFailedWhy: 'Un autre programme l’occupe peut-être. Trois gestes y remédient :',
    deniedSteps: [
      'Touchez le signe à gauche de l’adresse',
      'Mettez Micro sur « Autoriser »',
      'Revenez et réessayez',
    ],
    missingSteps: [
      'Branchez un micro, ou allumez-le',
      'Vérifiez que le système le voit',
      'Revenez et réessayez',
    ],
    failedSteps: [
      'Fermez les autres appels et enregistreurs',
      'Débranchez le micro et rebranchez-le',
      'Revenez et réessayez',
    ],
    camera: 'Pas encore de caméra',
    cameraDenied:
      'Le navigateur la refuse à Aparté. Autorisez Caméra à gauche de l’adresse, puis allumez-la à nouveau.',
    cameraMissing: 'Cet appareil n’en montre aucune. Branchez-en une, puis allumez-la à nouveau.',
    cameraFailed: 'Un autre programme l’occupe peut-être. Fermez-le, puis allumez-la à nouveau.',
    screen: 'Rien n’est partagé',
    screenDenied:
      'Aucune fenêtre n’a été choisie, ou le système refuse l’écran au navigateur. Partagez à nouveau pour choisir.',
    screenFailed: 'L’écran n’a pas démarré. Partagez à nouveau dans un instant.',
    dismiss: 'Masquer',
  },

  ended: {
    title: 'L’appel est fini pour vous',
    takenOut: (name) => `${name} vous a sorti de l’appel. Vous pouvez revenir, sauf s’il est verrouillé.`,
    endedForAll: (name) => `${name} a terminé l’appel pour tous.`,
    close: 'Retour au groupe',
  },

  trust: {
    said: (words) => `Sécurité : ${words}`,
    title: 'Confiance',
    some: (verified, others) =>
      plural('fr', verified, {
        one: `${verified} sur ${others} vérifié`,
        other: `${verified} sur ${others} vérifiés`,
      }),
    all: 'Tout le monde est vérifié',
    alone: 'Vous seulement',
    joining: 'Accord sur les clés',
    waiting: (list) =>
      list.length === 1 ? `En attente de la clé ${of(names(list))}` : `En attente des clés de ${names(list)}`,
    changed: (name) => `La clé ${of(name)} a changé. Comparer à nouveau`,
    outsider: 'Quelqu’un sans clé',
    apart: (name) => `${name} a d’autres clés que vous`,
    apartWhy: (name) =>
      `${name} est dans l’appel, mais pas dans le même : le service vous montre peut-être deux choses différentes. Ce que vous dites n’atteint pas ${name}, et n’atteint personne d’autre non plus.`,
    forged: (name) => `Du faux son ou de fausses images au nom ${of(name)} sont écartés`,
    forgedWhy: (name) =>
      `Du son ou des images arrivent au nom ${of(name)} sans en venir, modifiés ou anciens. Rien n’en est joué ; ce que vous entendez et voyez vient bien ${of(name)}.`,
    verdictSome: (verified, others) =>
      verified === 0
        ? 'Chiffré, personne n’est vérifié'
        : `Chiffré, ${number(verified)} sur ${number(others)} ${verified > 1 ? 'vérifiés' : 'vérifié'}`,
    verdictAll: 'Chiffré, tout le monde est vérifié',
    verdictAlone: 'Chiffré, et personne d’autre ici',
    verdictChanged: 'Regardez bien avant de continuer',
    verdictJoining: 'Pas encore de clés',
    holders: (count) =>
      count === 1
        ? 'La clé n’est qu’à vous.'
        : `Vous êtes ${number(count)} à avoir la clé, personne d’autre.`,
    notCompared: (list) => `Il vous reste à comparer avec ${names(list)}.`,
    changedWhy: (name) =>
      `${name} avait votre vérification et vient maintenant avec une autre clé. Un nouveau téléphone fait cela, quelqu’un qui se fait passer pour ${name} aussi.`,
    outsiderWhy: 'Quelqu’un est connecté sans clé : il n’en sort que du bruit, et rien n’en est joué ici.',
    joiningWhy: 'Rien n’est envoyé avant l’accord sur les clés.',
    code: 'Code de l’appel',
    codeHint: 'Le même pour tous ici',
    codeWaiting: 'Il apparaît dès l’accord sur les clés.',
    people: 'Personnes',
    log: 'Ce qui s’est passé',
    logEmpty: 'Rien pour l’instant.',
    opened: 'a ouvert le salon vocal.',
    joined: 'vient d’entrer. Nouveau code d’appel.',
    left: 'n’est plus là. Nouvelles clés pour tout le monde.',
    removed: 'n’est plus du groupe et ne vous entend plus.',
    restarted: 'L’appel a repris avec de nouvelles clés.',
    outsiderCame: 'est là sans clé et ne vous entend pas.',
    verifiedNow: 'a votre vérification.',
    mutedByService: 'Le service a coupé votre micro, votre caméra ou votre écran. Aparté l’a rallumé.',
    strayMessages:
      'Des messages sont arrivés que personne ici n’a écrits, ou déjà reçus. Ils ont été écartés.',
    forgedCount: (count) =>
      plural('fr', count, {
        one: ' : 1 morceau de son ou d’image à ce nom n’en venait pas, ou était modifié ou ancien. Il a été écarté.',
        other: ` : ${count} morceaux de son ou d’image à ce nom n’en venaient pas, ou étaient modifiés ou anciens. Ils ont été écartés.`,
      }),
    takenOut: (by) => `a été sorti de l’appel par ${by}.`,
    shutOut: 'est entré alors que l’appel était verrouillé. Rien ne lui a été envoyé.',
    silencedCount: (count) =>
      plural('fr', count, {
        one: ' ne peut qu’écouter, et a envoyé 1 morceau de son ou d’image. Il a été écarté.',
        other: ` ne peut qu’écouter, et a envoyé ${count} morceaux de son ou d’image. Ils ont été écartés.`,
      }),
    refused: 'Le serveur a envoyé quelque chose qui n’a rien à faire ici. C’est écarté.',
    times: (count) => `(${count} fois)`,
  },

  verify: {
    title: (name) => `Vérifier ${name}`,
    voice: (name) => `la voix ${of(name)}`,
    howBefore: 'Comparez avec',
    howAfter: ', ou face à face. Si chaque groupe correspond, personne ne se tient entre vous.',
    number: 'Numéro de sécurité',
    youRead: (name) => `Vous lisez à ${name}`,
    theyRead: (name) => `${name} vous lit`,
    qrName: (name) => `Code QR à comparer avec ${name}`,
    sideBySide: (name) => `Côte à côte ? Montrez ce code à ${name}, ou scannez le sien.`,
    scan: (name) => `Scanner le code ${of(name)}`,
    scanning: (name) => `Visez le code ${of(name)}`,
    stopScan: 'Arrêter',
    scanDenied:
      'Le navigateur refuse la caméra à Aparté. Autorisez-la à gauche de l’adresse, ou comparez les chiffres.',
    scanMissing: 'Pas de caméra pour scanner ici. Comparez les chiffres.',
    scanMatch: (name) => `Le code ${of(name)} correspond à ce numéro.`,
    scanOther: (name) =>
      `Ce n’est pas le code ${of(name)} pour vous. Essayez encore ; si cela persiste, quelqu’un se tient peut-être entre vous.`,
    match: 'Identiques',
    differ: 'Différents',
    changed: (name) => `La clé ${of(name)} a changé`,
    changedWhat: (name) =>
      `${name} avait votre vérification. Le nom « ${name} » vient maintenant avec une autre clé.`,
    changedWhy: (name) =>
      `Un nouveau téléphone ou un navigateur vidé fait cela. Quelqu’un qui se fait passer pour ${name} aussi. La voix en dit plus que le nom.`,
    verifiedOn: (atMs) => `Vérification le ${dayWords('fr', atMs, Date.now())}`,
  },

  unsupported: {
    title: 'Ce navigateur ne peut pas garder le secret',
    why: 'Aparté chiffre sur votre appareil, il faut un navigateur qui le permet. Un Chrome, Edge, Firefox ou Safari récent convient.',
    missing: 'Ce qui manque ici :',
  },

  errors: {
    unknown: 'Cela n’a pas marché. Réessayez dans un instant.',
    offline: 'Pas de réseau. Cela reprend dès qu’il revient.',
    connection_lost: 'La connexion s’est perdue. Réessayez.',
    call_ended: 'Le salon vocal est fermé. Vous pouvez en ouvrir un autre.',
    call_not_found: 'Le salon vocal est fermé. Vous pouvez en ouvrir un autre.',
    taken_out: 'On vous a sorti de l’appel. Vous pouvez revenir, sauf s’il est verrouillé.',
    ended_for_all: 'L’appel a été terminé pour tous.',
    call_locked: 'L’appel est verrouillé. Un rôle plus haut peut l’ouvrir, puis réessayez.',
    call_full: 'Le salon vocal est plein. Réessayez quand quelqu’un sera parti.',
    store_unavailable:
      'Le serveur ne peut rien enregistrer pour le moment. Rien n’a changé. Réessayez dans un instant.',
    livekit_unavailable: 'Le serveur qui transporte le son ne répond pas. Réessayez dans un instant.',
    send_stopped:
      'Quelque chose allait partir sans chiffrement, Aparté a arrêté l’envoi. Quittez et revenez.',
    keys_failed: 'Pas d’accord possible sur les clés. Quittez et revenez.',
    frames_failed: 'Le chiffrement s’est arrêté sur cet appareil. Rechargez la page, puis revenez.',
    group_rolled_back:
      'Le serveur montre un état de ce groupe plus ancien que celui que cet appareil connaît. Rien n’a changé. Prévenez qui gère le serveur.',
    group_forked:
      'Le serveur montre une autre histoire de ce groupe que celle que cet appareil a vue : peut-être pas la même à tout le monde. Rien n’a changé. Demandez aux autres ce qu’ils voient, et prévenez qui gère le serveur.',
    group_forged:
      'Le serveur montre des changements de ce groupe que personne n’a pu y faire. Rien n’a changé. Prévenez qui gère le serveur.',
    group_newer:
      'Il s’est fait dans ce groupe quelque chose que cette page ne connaît pas. Rechargez la page.',
    secret_refused:
      'Ce groupe a une nouvelle clé, et la bonne n’est pas arrivée sur cet appareil. Demandez le nouveau lien à quelqu’un du groupe.',
    history_conflict:
      'Quelqu’un d’autre a changé le groupe au même moment. Regardez à nouveau, puis réessayez.',
    owner_must_hand_over: 'Vous êtes responsable du groupe. Confiez-le à quelqu’un, puis quittez.',
    entries_refused:
      'Le serveur cite ici quelqu’un qui ne prouve pas son appartenance. Cette personne est écartée. Prévenez qui gère le serveur.',
    profile_refused:
      'Le serveur montre ici un nom ou une image plus anciens que ceux que cet appareil a vus, ou que personne n’a signés. Ce qui est connu reste. Prévenez qui tient le serveur.',
    profile_outdated:
      'Un autre de vos appareils a changé cela au même moment. Regardez de nouveau, puis réessayez.',
    refused: 'Le serveur a envoyé quelque chose qui ne va pas avec ce groupe. Rien n’a changé. Réessayez.',
    storage_failed:
      'Cet appareil n’a pas laissé Aparté garder ses clés. C’est fréquent en navigation privée : essayez une fenêtre normale.',
    removed_from_group: 'Vous n’êtes plus dans ce groupe.',
    group_deleted:
      'Qui était responsable de ce groupe l’a supprimé. Il a pris fin pour tout le monde, et le serveur l’a oublié.',
    group_not_found: 'Ce groupe n’est plus connu ici.',
    group_full: 'Ce groupe est plein. Demandez qu’on y fasse de la place.',
    not_allowed: 'Votre rôle dans ce groupe ne le permet pas.',
    not_admitted: 'Vous attendez encore à la porte : qui gère le groupe doit vous faire entrer.',
    knock_gone: 'Cette personne n’attend plus à la porte.',
    knock_declined: 'La demande a été refusée. Vous pourrez redemander dans une heure.',
    too_many_knocks:
      'Trop de personnes attendent d’entrer. Réessayez dans une heure, ou demandez à quelqu’un du groupe.',
    invite_expired: 'Ce lien n’était valable qu’un temps, qui est passé. Demandez-en un nouveau.',
    invite_used_up:
      'Ce lien était prévu pour un certain nombre de personnes, qui sont venues. Demandez-en un nouveau.',
    invite_revoked: 'Quelqu’un du groupe a retiré ce lien. Demandez-en un nouveau.',
    too_many_invites: 'Ce groupe a autant de ces liens que possible. Retirez-en d’abord.',
    too_large: 'C’est trop long. Raccourcissez.',
    too_many_requests: 'Trop d’essais en peu de temps. Attendez une minute, puis réessayez.',
    session_expired: 'Le serveur a oublié cet appareil un moment. Réessayez.',
    service_unavailable: 'Le serveur est occupé ou démarre. Réessayez dans un instant.',
    call_elsewhere:
      'Vous êtes dans le salon vocal depuis un autre onglet ou une autre fenêtre. Il continue là-bas.',
    left: 'Vous n’êtes plus dans le salon vocal. Vous pouvez y revenir.',
    not_found: 'Cette page et le serveur ne vont plus ensemble. Rechargez la page.',
    group_exists: 'Cela n’a pas marché. Réessayez dans un instant.',
    too_many_groups: 'Vous avez autant de groupes que ce serveur le permet. Quittez-en un, puis réessayez.',
    epoch_conflict: 'Beaucoup de monde à la fois. Réessayez.',
    unsupported_media_type: 'Cette page et le serveur ne vont plus ensemble. Rechargez la page.',
    internal: 'Le serveur s’est trompé. Réessayez dans un instant.',
    backup_passphrase: 'La phrase secrète ne va pas avec ce fichier.',
    backup_damaged: 'Ce fichier est abîmé, ou n’est pas une sauvegarde d’Aparté. Rien n’a changé.',
    backup_unsupported: 'Cette sauvegarde vient d’un Aparté plus récent. Rien n’a changé.',
    backup_impossible: 'Les clés de cet appareil ont été faites pour ne jamais le quitter.',
    device_in_use:
      'Il y a déjà des groupes sur cet appareil. Quittez-les d’abord, ou prenez un autre profil de navigateur.',
    name_invalid: 'Un nom a de 1 à 64 caractères, sur une ligne.',
    missing_webcrypto: 'La cryptographie sûre (il faut https, ou cette machine même)',
    missing_webrtc: 'Les appels entre navigateurs (WebRTC)',
    missing_transforms: 'Le chiffrement du son et de l’image sur cet appareil',
    missing_storage: 'Un endroit où garder vos clés (IndexedDB)',
    missing_workers: 'Le travail en arrière-plan (Web Workers)',
  },
};
