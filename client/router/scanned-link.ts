// What a QR code says that was scanned for an invite: a link of this service (G3, G16), of another one, or none of Aparté. Nothing else is
// ever opened from a code. app.svelte.ts asks.
import { inviteLink } from './invite-link.ts';

export type Scanned =
  | { readonly kind: 'invite'; readonly payload: string }
  /** An invite of the service at this host, as the address bar would write it. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | { readonly kind: 'other' };

/** Longer than any link of ours. */
const mostBytes = 1024;

export function readScanned(bytes: Uint8Array, origin: string): Scanned {
  const text = textOf(bytes);
  const own = inviteLink(origin, '');
  if (text.startsWith(own)) return { kind: 'invite', payload: text.slice(own.length) };
  const url = urlOf(text);
  const isInvite =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    inviteLink(url.origin, '') === `${url.origin}${url.pathname}${url.search}${url.hash.slice(0, 7)}`;
  return isInvite && url.origin !== origin ? { kind: 'elsewhere', host: url.host } : { kind: 'other' };
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > mostBytes) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}
