// A call that is over is forgotten: nothing of it, its keys least of all, stays with the page (K6). `npm run bench -- leaks` measures it.
import { expect, test } from 'vitest';
import { ada } from './harness/people.ts';
import { setStage } from './harness/stage.ts';
import { until } from './harness/wait.ts';

const stage = setStage();

test('[K6] after more calls the page listens to no more than after one', async () => {
  const a = await stage.enter(ada);
  await a.openApp();
  await a.createGroup('The room');
  const session = await a.context.newCDPSession(a.page);
  await Promise.all([session.send('Performance.enable'), session.send('HeapProfiler.enable')]);
  const listeners = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSEventListeners')!.value;
  };
  const call = async (): Promise<void> => {
    await a.startVoiceChat();
    await a.leave();
  };
  await call();
  // What the browser's own garbage is in no hurry with: until it stays as it is.
  let once = await listeners();
  await until(
    async () => {
      const now = await listeners();
      const isSame = now === once;
      once = now;
      return isSame;
    },
    { what: 'the first call is cleared away' },
  );
  for (let turn = 0; turn < 3; turn++) await call();
  await until(async () => (await listeners()) <= once + 2, {
    what: 'the others are, too',
    instead: listeners,
  });
  expect(await listeners()).toBeLessThanOrEqual(once + 2);
});
