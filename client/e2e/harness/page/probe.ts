// Runs inside every page under test, before its own code: listens to the sound the page really plays, looks at the pictures it
// shows, and keeps policy violations. `Person` reads it through `window.aparteProbe`. It knows nothing of the product.
import { watchPictures, type Sight } from './eyes.ts';
import { watchSounds, type Hearing } from './ears.ts';
import { everybody, fox, pictures } from '../people.ts';

/** What `harness/person.ts` can ask of a page. */
export interface Probe {
  hearing(): Hearing;
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
window.aparteProbe = {
  hearing: watchSounds(window.aparteWithFox === true ? [...everybody, fox] : everybody),
  seeing: watchPictures(pictures),
  violations,
};
