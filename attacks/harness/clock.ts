// A machine's clock that is wrong: for a page as a script before everything else, for the service as a module before everything else.

/** The page's `Date` is off by `window.clockOffMs`, which a test may change. Timers go on as ever. */
export const pageClock = `window.clockOffMs = 0; ${shift('window.clockOffMs')}`;

/** For `startService`: all of its life the service's clock is off by so much. */
export function serviceClock(offMs: number): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(shift(String(offMs)))}`];
}

function shift(off: string): string {
  return `{
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...parts) {
        if (parts.length === 0) super(RealDate.now() + ${off});
        else super(...parts);
      }
      static now() {
        return RealDate.now() + ${off};
      }
    };
  }`;
}
