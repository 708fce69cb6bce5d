// Runs inside every page under test, before its own code: listens to the sound the page really plays, looks at the pictures it
// shows, and keeps policy violations. `Person` reads it through `window.aparteProbe`. It knows nothing of the product.
import { watchPictures, type Sight } from './eyes.ts';
import { watchSounds, type Hearing } from './ears.ts';
import { hearByRecording } from './recorded-ears.ts';
import { everybody, fox, pictures } from '../people.ts';

/** What `harness/person.ts` can ask of a page. */
export interface Probe {
  hearing(): Hearing;
  /** For a browser that plays without a loudspeaker; takes two seconds. */
  hearingByRecording(): Promise<readonly string[]>;
  seeing(): readonly Sight[];
  readonly violations: readonly string[];
}

declare global {
  interface Window {
    aparteProbe: Probe;
    aparteWithFox?: boolean;
  }
}

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => {
  violations.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
  );
});
const voices = window.aparteWithFox === true ? [...everybody, fox] : everybody;
window.aparteProbe = {
  hearing: watchSounds(voices),
  hearingByRecording: () => hearByRecording(voices),
  seeing: watchPictures(pictures),
  violations,
};
