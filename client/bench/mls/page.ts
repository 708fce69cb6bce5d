// The page that measures: takes orders from mls.ts, so that every size is a call of its own.
import { run } from './run.ts';

declare global {
  interface Window {
    measureMls: typeof run;
  }
}

window.measureMls = run;
