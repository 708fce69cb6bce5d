// The trust log of a call: who came to hold the key, who went, and why, newest first; and the names for it, which are
// remembered, since somebody who is removed has none in the roster afterwards.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Member } from '../../crypto/group/index.ts';
import type { Face } from '../../crypto/invite/index.ts';
import { idOf } from './ids.ts';
import type { TrustEvent } from './view.ts';

/** More than anybody reads; the oldest go. */
const maxLines = 200;
/** The log of the call and the roster of the group reach us over two lines: this is how far apart they may come. */
const sameMatterMs = 10_000;

/** A line, and whom it is about: base64url of the identity, empty for somebody without one. */
export interface TrustLine extends TrustEvent {
  readonly identity: string;
}

export function withLine(
  log: readonly TrustLine[],
  line: Omit<TrustLine, 'id' | 'count'> & { readonly count?: number },
): readonly TrustLine[] {
  const [newest, ...older] = log;
  // What is refused may come in a stream, and must not wash away the rest.
  if (newest?.kind === 'refused' && line.kind === 'refused') {
    return [{ ...newest, atMs: line.atMs, count: newest.count + 1 }, ...older];
  }
  const id = (newest?.id ?? 0) + 1;
  return [{ count: 1, ...line, id }, ...log].slice(0, maxLines);
}

/** The same log with a new count in the newest line of its kind about this person. */
export function withCount(
  log: readonly TrustLine[],
  { kind, identity, count }: Pick<TrustLine, 'kind' | 'identity'> & { readonly count: number },
): readonly TrustLine[] {
  const at = log.findIndex((line) => line.kind === kind && line.identity === identity);
  return log.map((line, n) => (n === at ? { ...line, count } : line));
}

/** The same log after the roster told that somebody who went a moment ago was in fact removed. */
export function withRemovals(
  log: readonly TrustLine[],
  nowMs: number,
  isRemoved: (identity: string) => boolean,
): readonly TrustLine[] {
  const isOneOfThem = ({ kind, atMs, identity }: TrustLine) =>
    kind === 'left' && nowMs - atMs <= sameMatterMs && isRemoved(identity);
  if (!log.some(isOneOfThem)) return log;
  return log.map((line) => (isOneOfThem(line) ? { ...line, kind: 'removed' } : line));
}

/** Names and faces as they were last seen in the verified roster. */
export class NameBook {
  readonly #names = new Map<string, Pick<Member, 'name' | 'face'>>();

  note(members: readonly Member[]): void {
    for (const member of members) this.#names.set(idOf(member.identity), member);
  }

  faceOf(identity: Bytes): Face | null {
    return this.#names.get(idOf(identity))?.face ?? null;
  }

  /** Empty for somebody who was never seen. */
  nameOf(identity: Bytes): string {
    return this.#names.get(idOf(identity))?.name ?? '';
  }
}
