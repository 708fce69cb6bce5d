// The secret in an invite link (G3): read once from the fragment and taken out of address bar and history in the same
// breath. main.ts calls this before anything else; router.ts again when a link is pasted into an open tab.

const prefix = '#/join/';

/** What of the browser is needed: `window` has it. */
export interface AddressBar {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState' | 'state'>;
}

/** The payload of the link in the address, which is gone from there afterwards; null where there is none. */
export function takeInvite(page: AddressBar): string | null {
  const { hash, pathname, search } = page.location;
  if (!hash.startsWith(prefix)) return null;
  page.history.replaceState(page.history.state, '', pathname + search);
  return hash.slice(prefix.length);
}

/** The link that invites into the group whose payload this is. */
export function inviteLink(origin: string, payload: string): string {
  return `${origin}/${prefix}${payload}`;
}
