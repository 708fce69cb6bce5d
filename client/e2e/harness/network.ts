// Takes a page off the network as Chromium can: requests, web sockets and WebRTC alike.
import type { Page } from 'playwright-core';

/** Cuts the line; the result mends it. */
export async function cutNetwork(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const set = (isOff: boolean): Promise<unknown> =>
    session.send('Network.emulateNetworkConditions', {
      offline: isOff,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
      // The last two are what WebRTC goes by.
      packetLoss: isOff ? 100 : 0,
      packetQueueLength: isOff ? 1 : 0,
    });
  await page.context().setOffline(true);
  await set(true);
  return async () => {
    await set(false);
    await page.context().setOffline(false);
    await session.detach();
  };
}
