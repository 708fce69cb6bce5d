// Whether the others were shown the same history of the group (protocol.md A9): they say with every heartbeat what they folded, and the
// roster compares. Who is found to have another one keeps that name until they and I have the same again. session.ts tells of it.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import type { PeerStatus } from './peers.ts';
import type { HistoryMark, Roster } from './types.ts';

export interface HistoriesParts {
  readonly roster: Pick<Roster, 'compare'>;
  /** What `shown` gives is another now. */
  readonly onChange: () => void;
  /** This identity has another history than I. Once, until it has the same. */
  readonly onForked: (identity: Bytes) => void;
}

export class Histories {
  readonly #parts: HistoriesParts;
  /** LiveKit identities of who has another history. */
  readonly #forked = new Set<string>();

  constructor(parts: HistoriesParts) {
    this.#parts = parts;
  }

  async hear({ livekitIdentity, identity }: Leaf, said: HistoryMark): Promise<void> {
    const verdict = await this.#parts.roster.compare(said);
    if (verdict === 'unknown' || (verdict === 'forked') === this.#forked.has(livekitIdentity)) return;
    if (verdict === 'same') this.#forked.delete(livekitIdentity);
    else this.#forked.add(livekitIdentity);
    this.#parts.onChange();
    if (verdict === 'forked') this.#parts.onForked(identity);
  }

  /** The others with this in their health, where nothing worse is known of them. */
  shown(peers: ReadonlyMap<string, PeerStatus>): ReadonlyMap<string, PeerStatus> {
    if (this.#forked.size === 0) return peers;
    return new Map(
      [...peers].map(([name, status]) =>
        this.#forked.has(name) && status.health !== 'apart'
          ? [name, { ...status, health: 'forked' }]
          : [name, status],
      ),
    );
  }
}
