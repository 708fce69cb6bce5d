// What one service tells the others on the same store: that something changed, never what it is; who hears it looks at the store.
// `postgres-neighbours.ts` carries it; the embedded store has one service, which is alone.

export type News =
  /** Of calls/bells.ts. */
  | { readonly what: 'ring'; readonly key: string }
  /** Of groups/events.ts. */
  | { readonly what: 'group'; readonly groupId: string }
  | { readonly what: 'gone'; readonly groupId: string; readonly identity: string }
  | { readonly what: 'knock'; readonly groupId: string }
  | { readonly what: 'answer'; readonly groupId: string; readonly identity: string }
  | { readonly what: 'session'; readonly tokenHash: string }
  /** News were lost: everything may have changed. */
  | { readonly what: 'anything' };

export interface Neighbours {
  /** Tells the others, soon; never throws and is never waited for. */
  tell(news: News): void;
  /** Calls `hear` with what others tell, once this has resolved. It does not reject: what cannot be heard yet is tried again. */
  listen(hear: (news: News) => void): Promise<void>;
}

/** There is nobody. */
export const alone: Neighbours = { tell: () => undefined, listen: () => Promise.resolve() };
