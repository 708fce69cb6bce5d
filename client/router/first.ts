// Imported before everything else by main.ts: takes the secret of an invite link out of the address bar before any other
// code of the page runs (G3).
import { takeInvite } from './invite-link.ts';

/** The payload of the link that this page was opened with, or null. Only main.ts reads it. */
export const firstInvite = takeInvite(window);
