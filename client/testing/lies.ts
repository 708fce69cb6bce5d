// What a lying service answers about a group: a change of the record, of the history, of the secret. The rest of the answers stay true.
import { fromBase64url, random, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { encodeEntry, type HistoryEntry } from '../../crypto/group/history/index.ts';
import type { TestPerson } from './world.ts';

/** A `Group` as it travels, in one page. */
export interface RawRecord {
  readonly members: readonly Record<string, unknown>[];
  readonly historyVersion: number;
  readonly [field: string]: unknown;
}

/** The record as the service sends it to this person now. */
export async function rawRecord(person: TestPerson, id: string): Promise<RawRecord> {
  let kept = '';
  const { forge } = person.line;
  person.line.forge = (path, body) => {
    if (isGroup(path)) kept = body;
    return body;
  };
  await person.service.group(fromBase64url(id));
  person.line.forge = forge;
  return JSON.parse(kept) as RawRecord;
}

/** Makes the service answer something else about a group to this person from now on, always with its list, in one page. */
export function forgeGroup(person: TestPerson, change: (record: RawRecord) => object): void {
  person.line.hides = '?seen=';
  person.line.forge = (path, body) =>
    isGroup(path) ? JSON.stringify({ ...inOrder(change(JSON.parse(body) as RawRecord)), next: null }) : body;
}

/** Each once, as a service would page them that wants to be believed. */
function inOrder(record: object): object {
  if (!('members' in record)) return record;
  const members = record.members as RawRecord['members'];
  const nameOf = (one: object): string => String((one as { identity?: unknown }).identity);
  return { ...record, members: [...members].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) };
}

/** Another history than the true one: all that this person asks of it from now on. */
export function forgeHistory(
  person: TestPerson,
  entries: readonly HistoryEntry[],
  change: (record: RawRecord) => object = (record) => record,
): void {
  forgeGroup(person, (record) => ({ ...change(record), historyVersion: entries.length }));
  person.line.answers = ({ method, path, query }) => {
    if (method !== 'GET' || !path.endsWith('/history')) return null;
    const after = Number(new URLSearchParams(query).get('after'));
    const shown = entries.slice(after, after + 256).map((entry) => toBase64url(encodeEntry(entry)));
    return Response.json({ version: entries.length, entries: shown });
  };
}

/** Another sealed secret, or none, in the answer that brings a new one. */
export function forgeSecret(person: TestPerson, sealedSecret: Bytes | null): void {
  person.line.forge = (path, body) => {
    if (!path.endsWith('/rotations')) return body;
    const told = JSON.parse(body) as object;
    return JSON.stringify({ ...told, sealedSecret: sealedSecret && toBase64url(sealedSecret) });
  };
}

/** Garbled boxes in the place of earlier keys. */
export function forgeEarlierKeys(person: TestPerson): void {
  person.line.forge = (path, body) => {
    if (!path.endsWith('/rotations')) return body;
    const told = JSON.parse(body) as { readonly previousSeals: readonly object[] };
    const previousSeals = told.previousSeals.map((box) => ({
      ...box,
      previousSeal: toBase64url(random(137)),
    }));
    return JSON.stringify({ ...told, previousSeals });
  };
}

/** The truth again. */
export function endLies(person: TestPerson): void {
  person.line.forge = (_path, body) => body;
  person.line.answers = () => null;
  person.line.hides = null;
}

function isGroup(path: string): boolean {
  return /^\/api\/groups\/[\w-]{22}$/.test(path);
}
