// How long each task of a page's main thread took, and how much of that it computed: from the browser's own trace. On a machine that others
// share, a task that waits for the processor lasts, and is not long by its own doing.
import type { Browser, Page } from 'playwright-core';

export interface Task {
  readonly ms: number;
  /** Of the processor. */
  readonly cpuMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const task = 'ThreadControllerImpl::RunTask';

/** Of a browser with one page: the one whose main thread works most meanwhile. */
export async function tasksDuring(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<readonly Task[]> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const threads = mains.map(({ pid, tid }) =>
    traceEvents.filter((one) => one.pid === pid && one.tid === tid && one.ph === 'X' && one.name === task),
  );
  const cpuOf = (events: readonly TraceEvent[]): number =>
    events.reduce((sum, { tdur = 0 }) => sum + tdur, 0);
  const [busiest = []] = threads.sort((a, b) => cpuOf(b) - cpuOf(a));
  if (cpuOf(busiest) === 0) throw new Error('the trace tells of no task of the page');
  return busiest.map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
}
