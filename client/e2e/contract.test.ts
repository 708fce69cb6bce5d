// The contract for tests from outside (docs/contract.md): User Timing marks in their order. The accessible names are what every other
// file here goes through.
import { expect, test } from 'vitest';
import { startChild } from '../../server/start/child.mjs';
import { projectRoot } from '../../server/start/machine.mjs';
import { setStage } from './harness/stage.ts';
import { ada, ben } from './harness/people.ts';

const stage = setStage();

test('the marks of joining, of a camera and of an epoch are there, in order and with their detail', async () => {
  const [a, b] = await stage.call(ada, ben);
  for (const person of [a!, b!]) {
    const tap = await person.mark('aparte:join:tap');
    expect(await person.mark('aparte:join:published')).toBeGreaterThan(tap);
    expect(await person.mark('aparte:join:first-audio')).toBeGreaterThan(tap);
  }
  const { generation, epoch } = await b!.epoch();
  expect(generation).toBe(1);
  expect(epoch).toBe(1);
  expect(await a!.epoch()).toEqual({ generation, epoch });

  await a!.turnOnCamera();
  const tap = await a!.mark('aparte:camera:tap');
  expect(await a!.mark('aparte:camera:published')).toBeGreaterThan(tap);
  await b!.mark('aparte:camera:first-frame');
  await b!.sees('Ada');
});

test('[M1] every peer connection of a call is made so that no frame leaves without its transform', async () => {
  const watch = `window.aparteConnections = [];
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(configuration) { super(configuration); window.aparteConnections.push(this); }
    };`;
  const people = await Promise.all(
    [ada, ben].map((persona) => stage.enter(persona, { initScripts: [watch] })),
  );
  await stage.callOf(people);
  await people[0]!.turnOnCamera();
  await people[1]!.sees('Ada');
  for (const person of people) {
    const connections = await person.page.evaluate(() =>
      (window as unknown as { aparteConnections: RTCPeerConnection[] }).aparteConnections.map(
        (connection) => ({
          isFailClosed: (connection.getConfiguration() as { encodedInsertableStreams?: boolean })
            .encodedInsertableStreams,
          sending: connection.getSenders().filter((sender) => sender.track).length,
        }),
      ),
    );
    expect(connections.reduce((sum, { sending }) => sum + sending, 0)).toBeGreaterThan(0);
    for (const { isFailClosed } of connections) expect(isFailClosed).toBe(true);
  }
});

test('a taken port is one line that names the port and the variable', async () => {
  const { port } = new URL(stage.aparte.url);
  const { url, apiKey, apiSecret } = stage.aparte.livekit;
  const service = startChild(process.execPath, ['--import', 'tsx', `${projectRoot}/server/main.ts`], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'],
      APARTE_PORT: port,
      APARTE_DATA: `${stage.aparte.dataFolder}-second`,
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
    },
  });
  expect((await service.ended).code).not.toBe(0);
  const lines = service
    .output()
    .split('\n')
    .filter((line: string) => line.includes(port));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('APARTE_PORT');
  expect(service.output()).not.toMatch(/^\s+at /m);
});
