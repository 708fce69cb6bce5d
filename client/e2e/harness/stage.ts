// What a file of browser tests stands on: one Aparté, one browser a person, fresh profiles for every test, and after every test the
// questions that hold for all of them: no policy violation, no foreign request, no uncaught error.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Browser } from 'playwright-core';
import { startAparte, type Aparte, type AparteOptions } from './aparte.ts';
import { launchBrowser, type LaunchOptions } from './browser.ts';
import { Person, type PersonOptions } from './person.ts';
import type { Persona } from './people.ts';

export interface Stage {
  readonly aparte: Aparte;
  /** A person with a fresh profile. Gone after the test. */
  enter(persona: Persona, options?: PersonOptions): Promise<Person>;
  /** Ada's group with everybody in it. */
  group(...personas: readonly Persona[]): Promise<readonly Person[]>;
  /** Everybody of `group` in one voice chat, each having been seen to arrive. */
  call(...personas: readonly Persona[]): Promise<readonly Person[]>;
  /** The same for people who are there already. */
  callOf(people: readonly Person[]): Promise<void>;
  browser(persona: Persona): Promise<Browser>;
}

export interface StageOptions {
  readonly aparte?: AparteOptions;
  readonly launch?: LaunchOptions;
  readonly person?: PersonOptions;
}

/** Registers the hooks of a test file and gives the stage that its tests use. */
export function setStage(options: StageOptions = {}): Stage {
  let aparte: Aparte | null = null;
  const browsers = new Map<string, Promise<Browser>>();
  let present: Person[] = [];

  beforeAll(async () => {
    aparte = await startAparte(options.aparte);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') for (const person of present) await person.saveEvidence(task.name);
    const found = await Promise.all(
      present.map(async (person) => ({ name: person.name, ...(await person.complaints()) })),
    );
    await Promise.all(present.map((person) => person.standUp()));
    present = [];
    for (const { name, policyViolations, foreignRequests, pageErrors } of found) {
      expect({ name, policyViolations, foreignRequests, pageErrors }).toEqual({
        name,
        policyViolations: [],
        foreignRequests: [],
        pageErrors: [],
      });
    }
  });
  afterAll(async () => {
    for (const browser of browsers.values()) await (await browser).close();
    await aparte?.close();
  });

  const browser = (persona: Persona): Promise<Browser> => {
    let launched = browsers.get(persona.name);
    if (launched === undefined) {
      launched = launchBrowser(persona, options.launch);
      browsers.set(persona.name, launched);
    }
    return launched;
  };
  const stage: Stage = {
    get aparte() {
      if (aparte === null) throw new Error('the stage is set in beforeAll');
      return aparte;
    },
    browser,
    async enter(persona, own = {}) {
      const parts = { browser: await browser(persona), aparte: stage.aparte, ...options.person, ...own };
      const person = await Person.sitDown(persona, parts);
      present.push(person);
      return person;
    },
    async group(...personas) {
      const people = await Promise.all(personas.map((persona) => stage.enter(persona)));
      await gather(people);
      return people;
    },
    async call(...personas) {
      const people = await stage.group(...personas);
      await enterCall(people);
      return people;
    },
    async callOf(people) {
      await gather(people);
      await enterCall(people);
    },
  };
  return stage;
}

/** The first makes a group, the others come by its link. */
export async function gather(people: readonly Person[], groupName = 'The rehearsal'): Promise<string> {
  const [first, ...others] = people;
  await first!.openApp();
  await first!.createGroup(groupName);
  const link = await first!.copyLink();
  for (const other of others) await other.joinByLink(link);
  return link;
}

/** The first starts the voice chat, the others join one after another; done when everybody hears everybody else. */
export async function enterCall(people: readonly Person[]): Promise<void> {
  const [first, ...others] = people;
  await first!.startVoiceChat();
  for (const other of others) await other.joinVoiceChat();
  await Promise.all(
    people.map((person) => person.hears(...people.filter((one) => one !== person).map((one) => one.name))),
  );
}
