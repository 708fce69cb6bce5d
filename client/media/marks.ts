// User Timing marks that tests and benchmarks from outside read; listed in docs/contract.md.

export type MarkName =
  | 'aparte:epoch'
  | 'aparte:join:published'
  | 'aparte:join:first-audio'
  | 'aparte:camera:published'
  | 'aparte:camera:first-frame';

export function mark(name: MarkName, detail?: Readonly<Record<string, unknown>>): void {
  performance.mark(name, detail === undefined ? undefined : { detail });
}
