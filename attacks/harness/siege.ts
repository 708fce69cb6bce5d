// One call for a whole file of attacks on media: everybody is in it from the first test to the last, with their cameras' frames tapped, and
// with Mal, a browser with a valid token, no leaf and every frame that the server hands it. The last test asks what Mal could read.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Browser } from 'playwright-core';
import { startAparte, type Aparte } from '../../client/e2e/harness/aparte.ts';
import { startBareServer, type BareServer } from '../../client/e2e/harness/bare-server.ts';
import { launchBrowser } from '../../client/e2e/harness/browser.ts';
import { Pile, runInCommon } from '../../client/e2e/harness/frames.ts';
import { onlyRoom } from '../../client/e2e/harness/livekit-api.ts';
import { pageScript } from '../../client/e2e/harness/page/bundle.ts';
import { mal, type Persona } from '../../client/e2e/harness/people.ts';
import { Person, type PersonOptions } from '../../client/e2e/harness/person.ts';
import { enterCall, gather } from '../../client/e2e/harness/stage.ts';
import { boundaryScript, setBoundary } from './boundary.ts';
import { dataTap } from './data.ts';

export interface Siege {
  readonly aparte: Aparte;
  /** Name of the LiveKit room. */
  readonly room: string;
  /** In the order of the cast, which is that of their leaves. */
  readonly people: readonly Person[];
  readonly mal: Person;
  /** No 16 bytes of what anybody sent in all that time stand in what Mal received; and Mal heard nobody. */
  expectNothingReadable(): Promise<void>;
}

export interface Role {
  readonly persona: Persona;
  readonly prepare?: PersonOptions['prepare'];
  /** Comes in later. */
  readonly isLate?: boolean;
}

export interface SiegeOptions {
  /** The first of the cast sends a picture. Default: yes. */
  readonly withCamera?: boolean;
  /** Ends what the file does beside the frames, after a failure. */
  readonly calm?: () => Promise<unknown>;
}

/** Registers the hooks of a test file. */
export function setSiege(cast: readonly Role[], options: SiegeOptions = {}): Siege {
  let aparte: Aparte | null = null;
  let bare: BareServer | null = null;
  let room = '';
  let attacker: Person | null = null;
  const browsers: Browser[] = [];
  const people: Person[] = [];
  let loot: Pile | null = null;

  const sit = async ({ persona, prepare }: Role, initScripts: readonly string[]): Promise<Person> => {
    const browser = await launchBrowser(persona);
    browsers.push(browser);
    const parts = { browser, aparte: aparte!, initScripts };
    return Person.sitDown(persona, prepare === undefined ? parts : { ...parts, prepare });
  };

  beforeAll(async () => {
    aparte = await startAparte({ isSfuDisobedient: true });
    const scripts = [await pageScript('tap'), await boundaryScript(), dataTap];
    people.push(...(await Promise.all(cast.map((role) => sit(role, scripts)))));
    await gather(people);
    await enterCall(people.filter((_, n) => cast[n]!.isLate !== true));
    room = await onlyRoom(aparte.livekit);
    attacker = await sit({ persona: mal }, ['window.aparteTapReceivers = true', ...scripts]);
    bare = await startBareServer(aparte.livekit);
    await attacker.page.goto(bare.url);
    await attacker.page.evaluate(
      (url) => {
        window.bare.ticketUrl = url;
        return window.bare.join({ microphone: false });
      },
      bare.ticketUrl(room, 'mal-in-a-browser'),
    );
    loot = new Pile(attacker.page);
    if (options.withCamera !== false) {
      await people[0]!.turnOnCamera();
      await people[1]!.sees(people[0]!.name);
    }
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      for (const person of people) await person.saveEvidence(task.name);
      await calm();
    }
    for (const person of people) {
      const { policyViolations, foreignRequests, pageErrors } = await person.complaints();
      expect({ policyViolations, foreignRequests, pageErrors }).toEqual({
        policyViolations: [],
        foreignRequests: [],
        pageErrors: [],
      });
    }
  });

  /** The next try, and the next attack, begin from the call as it was at first. */
  const calm = async (): Promise<void> => {
    const isThere = (person: Person, name: string) => person.button(name).isVisible();
    const peace = { tampering: 'none', isBeside: false, kind: null, isKeeping: false, shim: null } as const;
    for (const person of [...people, attacker!]) await setBoundary(person, { ...peace, relayedLeaf: null });
    await attacker!.page.evaluate(async () => {
      await window.bare.camera(false);
      await window.bare.microphone(false);
    });
    await options.calm?.();
    for (const [n, person] of people.entries()) {
      await person.page.keyboard.press('Escape');
      if (n > 0 && (await isThere(person, 'Turn off camera'))) await person.turnOffCamera();
      if (cast[n]!.isLate === true && (await isThere(person, 'Leave'))) await person.leave();
    }
  };

  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await bare?.close();
    await aparte?.close();
  });

  return {
    get aparte() {
      return aparte!;
    },
    get room() {
      return room;
    },
    people,
    get mal() {
      return attacker!;
    },
    async expectNothingReadable() {
      const piles = people.map((person) => new Pile(person.page));
      for (const pile of [loot!, ...piles]) await pile.collect();
      const sent = piles.flatMap((pile) => pile.frames.filter((frame) => frame.side === 'send'));
      const plain = sent.map((frame) => frame.bytes);
      const stolen = loot!.frames
        .filter(({ side, bytes }) => side === 'receive' && !isServersOwn(bytes))
        .map((frame) => frame.bytes);
      expect(stolen.length, 'Mal was handed the frames of the call').toBeGreaterThan(500);
      const longest = plain.reduce((a, b) => (b.length > a.length ? b : a));
      expect(runInCommon(plain, [longest]), 'the search itself works').not.toBeNull();
      expect(runInCommon(plain, stolen)).toBeNull();
      expect(await attacker!.everHeard()).toEqual([]);
    },
  };
}

/** What a LiveKit server itself makes up for a track that is muted: 80 bytes of Opus silence, or a VP8 key frame of 8 by 8 pixels. */
function isServersOwn(bytes: Uint8Array): boolean {
  const begins = (start: readonly number[], at = 0): boolean =>
    start.every((byte, n) => bytes[at + n] === byte);
  const silence = [0xf8, 0xff, 0xfe, ...Array.from({ length: 77 }, () => 0)];
  return begins(silence) || begins([0x9d, 0x01, 0x2a, 8, 0, 8, 0], 3);
}
