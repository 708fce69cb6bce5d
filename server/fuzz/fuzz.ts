// Asks every route of a running service, by its own schemas, for what fits and for what does not (T1, T2): nothing may be a 500, tell of
// the service's inside, be another answer than the OpenAPI document says, or change anything without saying so. fuzz.test.ts runs a
// slice, command.ts (`npm run fuzz:routes`) a hundred thousand.
import { Check } from 'typebox/value';
import type { TSchema } from 'typebox';
import { errorTable } from '../errors.ts';
import { admitting } from '../testing/changes.ts';
import type { InvitesShape } from '../groups/invite-schema.ts';
import { contentsOf } from '../testing/contents.ts';
import { Harness } from '../testing/harness.ts';
import { randomText, sealedName, type Person } from '../testing/people.ts';
import { openApiOf, type JsonSchema, type OpenApi, type Operation } from '../web/openapi.ts';
import { Dice, fitting, spoilt, type Known } from './values.ts';

interface Target {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly operation: Operation;
}

/** Reads that wait for something to happen, or go on for ever, are asked without what makes them. */
const endless = '/api/events';
/** Everybody may have one; they are not looked at. */
const challenges = '/api/sessions/challenge';
const handled = new Set([403, 404, 409, 410]);
const generous = { APARTE_ADDRESS_LIMIT: '2147483647', APARTE_IDENTITY_LIMIT: '2147483647' };

export class RouteFuzz {
  readonly #harness: Harness;
  readonly #dice: Dice;
  readonly #targets: readonly Target[];
  readonly #known: Known;
  readonly #people: readonly Person[];
  /** Answers by route and status. */
  readonly answers = new Map<string, number>();
  asked = 0;
  #before = '';

  private constructor(
    harness: Harness,
    parts: { dice: Dice; targets: readonly Target[]; known: Known; people: readonly Person[] },
  ) {
    this.#harness = harness;
    this.#dice = parts.dice;
    this.#targets = parts.targets;
    this.#known = parts.known;
    this.#people = parts.people;
  }

  /** A service with two people in a group with a call, and one who waits at the door of another. */
  static async over(seed: number): Promise<RouteFuzz> {
    const harness = await Harness.start({ env: generous });
    const [ada, ben, mal] = [
      await harness.person('Ada'),
      await harness.person('Ben'),
      await harness.person('Mal'),
    ];
    const group = await harness.group(ada, ben);
    const tickets = [await harness.join(ada, group), await harness.join(ben, group)];
    const closed = await harness.change(ada, await harness.group(ada), [admitting('approval', ada)]);
    await harness.enter(mal, closed);
    const invite = {
      ...{ door: randomText(32), secretVersion: 1, lifetimeMs: 3_600_000, uses: null },
      ...{ sealedSecret: randomText(73), sealedName: sealedName('group'), sealedInvite: randomText(73) },
    };
    const invites = `/api/groups/${group.groupId}/invites`;
    const made = await harness.ask<InvitesShape>('POST', invites, { by: ada, body: invite });
    const known = new Map<string, readonly unknown[]>([
      ['groupId', [group.groupId, closed.groupId]],
      ['callId', tickets.map(({ callId }) => callId)],
      ['livekitIdentity', tickets.map(({ livekit }) => livekit.identity)],
      ['identity', [ada.identity, ben.identity, mal.identity]],
      ['door', [group.door, closed.door, invite.door]],
      ['inviteId', made.body.invites.map(({ inviteId }) => inviteId)],
      ['placeId', [randomText(16)]],
      ['waitMs', ['0']],
    ]);
    const targets = targetsOf(openApiOf(harness.app));
    const fuzz = new RouteFuzz(harness, { dice: new Dice(seed), targets, known, people: [ada, ben, mal] });
    await fuzz.#settle();
    return fuzz;
  }

  get routes(): readonly string[] {
    return this.#targets.map(({ method, path }) => `${method} ${path}`);
  }

  /** One request. Throws with the request where the answer is not one that the document allows. */
  async next(): Promise<void> {
    const target = this.#targets[this.asked++ % this.#targets.length] as Target;
    const request = this.#requestTo(target);
    const answer = await this.#harness.ask(target.method, request.url, request);
    const what = (): string => `${target.method} ${request.url} ${shown(request.body)}`;
    const key = `${target.method} ${target.path} ${answer.status}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    const problem = problemOf(target, answer);
    if (problem !== null) throw new Error(`${problem}: ${answer.status} to ${what()}: ${shown(answer.body)}`);
    if (request.isWrong && answer.status < 400) throw new Error(`accepted though it is wrong: ${what()}`);
    // Refused by a handler, which had its hands on the store by then.
    if (handled.has(answer.status) && !(await this.isUnchanged()))
      throw new Error(`refused, and something has changed: ${answer.status} to ${what()}`);
    // What was accepted may change something: what is refused from here on is judged against that.
    if (answer.status < 400 && target.method !== 'GET' && target.path !== challenges) {
      if (target.path === '/api/sessions' && request.by) await this.#harness.login(request.by);
      await this.#settle();
    }
  }

  /** Whether the store is as it was after what was accepted last. */
  async isUnchanged(): Promise<boolean> {
    return (await this.#contents()) === this.#before;
  }

  close(): Promise<void> {
    return this.#harness.close();
  }

  #requestTo({ path, operation, method }: Target): {
    url: string;
    by: Person | null;
    body?: unknown;
    headers?: Record<string, string>;
    isWrong: boolean;
  } {
    const dice = this.#dice;
    const values = (where: 'path' | 'query'): [string, unknown][] =>
      (operation.parameters ?? [])
        .filter((one) => one.in === where && (one.required === true || dice.once(2)))
        .map((one) => [one.name, fitting(one.schema, { dice, known: this.#known, name: one.name })]);
    const bodySchema = operation.requestBody?.content?.['application/json']?.schema;
    const schema: JsonSchema | undefined = bodySchema;
    const fit = schema === undefined ? undefined : fitting(schema, { dice, known: this.#known, name: '' });
    const isWrong = schema !== undefined && !dice.once(3);
    const wrong = isWrong ? spoilt(fit, dice) : fit;
    const isStillRight = schema === undefined || Check(schema as TSchema, wrong);
    const filled = values('path').reduce(
      (url, [name, value]) =>
        url.replace(`{${name}}`, encodeURIComponent(dice.once(12) ? '..%00' : String(value))),
      path,
    );
    const query = values('query').map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    if (dice.once(10))
      query.push(dice.one(['more=1', 'after=-1', 'waitMs=x', '__proto__=1', 'after=1&after=2']));
    const url = query.length > 0 ? `${filled}?${query.join('&')}` : filled;
    // A stream that is granted does not end.
    const by = path === endless || dice.once(8) ? null : dice.one(this.#people);
    const headers = dice.once(12)
      ? { 'content-type': dice.one(['text/plain', 'application/xml', '']) }
      : undefined;
    return {
      ...{ url, by, isWrong: !isStillRight },
      ...(method === 'GET' || schema === undefined ? {} : { body: wrong }),
      ...(headers === undefined ? {} : { headers }),
    };
  }

  /** What follows from the last change by itself has followed. */
  async #settle(): Promise<void> {
    await this.#harness.app.sweep();
    this.#before = await this.#contents();
  }

  #contents(): Promise<string> {
    return contentsOf(this.#harness.testStore, ['challenges']);
  }
}

function targetsOf({ paths }: OpenApi): Target[] {
  return Object.entries(paths)
    .filter(([path]) => /^\/(?:api|livekit|healthz|readyz|metrics)/.test(path))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        ...{ path, operation, method: method.toUpperCase() as Target['method'] },
      })),
    );
}

/** What is wrong with an answer. */
function problemOf(
  { operation }: Target,
  { status, body }: { status: number; body: unknown },
): string | null {
  // The media server of these tests answers always, and the store is well.
  if (status >= 500) return 'the service failed';
  if (/node_modules|\.ts:\d|at \w+ \(/.test(shown(body))) return 'an answer that shows the inside';
  const documented =
    operation.responses[String(status)] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  if (documented === undefined) return 'an answer that is not documented';
  const schema = documented.content?.['application/json']?.schema;
  if (schema !== undefined && schema.type !== 'null' && !Check(schema as TSchema, body))
    return 'an answer of another shape';
  return status >= 400 ? errorProblem(status, body) : null;
}

function errorProblem(status: number, body: unknown): string | null {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code;
  if (typeof code !== 'string' || !Object.hasOwn(errorTable, code))
    return 'an error without a code of the table';
  return errorTable[code as keyof typeof errorTable][0] === status
    ? null
    : 'an error with another status than its code';
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 2000);
}
