// A listener who turned, with the service and the media server on their side: the service keeps from Ben's device that he may only listen,
// and LiveKit lets him send on. Nobody else's device plays it, and their screens say that he sends.
import { afterAll, expect, test } from 'vitest';
import { participants } from '../client/e2e/harness/livekit-api.ts';
import { ada, ben } from '../client/e2e/harness/people.ts';
import { setStage } from '../client/e2e/harness/stage.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { HostileService, type Attack } from './harness/hostile-service.ts';
import { expectBack, logSays } from './harness/recovery.ts';
import { StolenStore } from './harness/stolen-store.ts';

const hostile = new HostileService();
const stage = setStage({ aparte: { front: hostile.stand, isSfuDisobedient: true } });
const store = new StolenStore(() => stage.aparte.dataFolder);
afterAll(() => store.close());

test('[F10] who may only listen and sends all the same, let through by service and media server, is heard and seen by nobody, and named', async () => {
  const [a, b] = await stage.call(ada, ben);
  const { call_id: room, group_id: groupId } = store.call();
  const end = hostile.attack(withoutChanges(store.members(groupId)[1]!.identity));

  await a!.actOn('Ben', 'Let Ben listen only');
  await a!.hears();
  await b!.turnOnCamera();
  await a!.rowSays('Ben', /May only listen/);
  await logSays(a!, /Ben may only listen, and sent \d+ pieces/);
  const sent = async (): Promise<string> => {
    const inRoom = await participants(stage.aparte.livekit, room);
    const sending = inRoom.filter(({ tracks }) => tracks.some(({ muted }) => !muted));
    return sending
      .map(({ tracks }) => tracks.length)
      .sort()
      .join();
  };
  await until(async () => (await sent()) === '1,2', {
    what: 'LiveKit lets all of it through',
    instead: sent,
  });
  expect(await b!.button('Mute microphone').count(), 'Ben’s device sends').toBe(1);
  await never(
    async () => {
      const seen = (await a!.seeing()).some(({ whose }) => whose === 'Ben');
      return seen || (await a!.hearing()).now.includes('Ben');
    },
    'Ben is heard or seen',
    1500,
  );
  await b!.hears('Ada');

  const allow = () => a!.actOn('Ben', 'Let Ben speak');
  await expectBack('a listener who sends', allow, [{ person: a!, hears: ['Ben'], sees: ['Ben'] }]);
  await until(async () => !/May only listen/.test(await a!.callText()), { what: 'Ben’s row is well again' });
  end();
});

/** `identity` goes on being told of a group in which nothing was ever changed. */
function withoutChanges(identity: string): Attack {
  return async (asked, truth) => {
    const answer = await truth();
    const isGroup = asked.method === 'GET' && /^\/api\/groups\/[^/]+$/.test(asked.path);
    if (asked.by !== identity || !isGroup) return answer;
    return { ...answer, body: { ...(answer.body as object), historyVersion: 0 } };
  };
}
