// Requests per second of the service on one core (it is one thread): joining a call and renewing a token, against minting the same
// token with livekit-server-sdk alone. The load comes from this process, the service is its own.
import autocannon from 'autocannon';
import { AccessToken } from 'livekit-server-sdk';
import { random, toBase64url } from '../../crypto/bytes.ts';
import { createIdentity, createInboxKey, openIdentity } from '../../crypto/identity/index.ts';
import { systemClock } from '../api/clock.ts';
import type { Line } from '../api/http.ts';
import { Service } from '../api/service.ts';
import { Session } from '../api/session.ts';
import type { Device } from '../groups/device.ts';
import { draftGroup } from '../groups/statements.ts';
import { startAparte, type Aparte } from '../e2e/harness/aparte.ts';
import type { Measure } from './report.ts';

const seconds = 5;
const connections = 8;
const manyRequests = String(2 ** 31 - 1);

export async function measureMint(): Promise<readonly Measure[]> {
  const aparte = await startAparte({
    isPageless: true,
    env: {
      APARTE_ADDRESS_LIMIT: manyRequests,
      APARTE_IDENTITY_LIMIT: manyRequests,
      APARTE_LOG_LEVEL: 'warn',
    },
  });
  try {
    const alone = await mintAlone(aparte);
    const member = await foundGroup(aparte);
    const ticket = await member.service.enterCall(member.groupId, random(16));
    const call = toBase64url(ticket.callId);
    const renew = await fire(aparte, member.token, {
      path: `/api/calls/${call}/token`,
      body: { livekitIdentity: ticket.livekit.identity },
    });
    const join = await fire(aparte, member.token, {
      path: `/api/groups/${toBase64url(member.groupId)}/call`,
      // The same one again: the place that is held.
      body: { placeId: toBase64url(random(16)) },
    });
    const perSecond = (value: number): string => `${value.toFixed(0)}/s`;
    const baseline = perSecond(alone);
    return [
      { what: 'token for a place that is held', value: perSecond(renew), baseline, ratio: renew / alone },
      {
        what: 'join: place, token and state of the log',
        value: perSecond(join),
        baseline,
        ratio: join / alone,
      },
    ];
  } finally {
    await aparte.close();
  }
}

/** What the SDK alone can do on this machine in one thread. */
async function mintAlone({ livekit }: Aparte): Promise<number> {
  const endMs = performance.now() + 2000;
  let count = 0;
  for (; performance.now() < endMs; count++) {
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, {
      identity: `identity-${count}`,
      ttl: 120,
    });
    token.addGrant({
      room: 'room',
      roomJoin: true,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
    });
    await token.toJwt();
  }
  return count / 2;
}

interface FoundGroup {
  readonly service: Service;
  readonly groupId: Uint8Array<ArrayBuffer>;
  readonly token: string;
}

async function foundGroup({ url }: Aparte): Promise<FoundGroup> {
  const line: Line = {
    fetch: globalThis.fetch.bind(globalThis),
    baseUrl: url,
    clock: systemClock,
    random: () => 0.5,
  };
  const [stored, inboxKey] = await Promise.all([createIdentity(), createInboxKey()]);
  const device: Device = {
    identity: await openIdentity(stored),
    inboxKey: inboxKey.publicKey,
    inbox: inboxKey.stored,
    myName: 'Ada',
  };
  const parts = { line, identity: device.identity, audience: new URL(url).host };
  const service = new Service(parts);
  const { request } = await draftGroup(device, {
    myName: 'Ada',
    groupName: 'The rehearsal',
    todayMs: Date.now(),
  });
  await service.createGroup(request);
  return { service, groupId: request.groupId, token: await new Session(parts).token() };
}

/** Requests per second that were answered with success. Throws when any was refused. */
async function fire(
  { url }: Aparte,
  token: string,
  request: { readonly path: string; readonly body: object },
): Promise<number> {
  const result = await autocannon({
    url: `${url}${request.path}`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${request.path}: ${result.non2xx} refused, ${result.errors} failed of ${result.requests.total}`,
    );
  }
  return result['2xx'] / result.duration;
}
