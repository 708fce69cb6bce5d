// The data channel as the media server has it: what came over it to somebody's page, sealed as it is, and packets of the server's own making,
// under any name. Pushing with LiveKit's API key is in client/e2e/harness/livekit-api.ts.
import { DataPacket } from '@livekit/protocol';
import type { Person } from '../../client/e2e/harness/person.ts';

/** Keeps what livekit-client gets over its data channels, and can hand it more. */
export const dataTap = `
  window.aparteData = { packets: [], inject: () => undefined };
  const onmessage = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'onmessage');
  Object.defineProperty(RTCDataChannel.prototype, 'onmessage', {
    ...onmessage,
    set(handler) {
      onmessage.set.call(this, handler);
      window.aparteData.inject = (bytes) =>
        handler.call(this, new MessageEvent('message', { data: new Uint8Array(bytes).buffer }));
      this.addEventListener('message', ({ data }) => window.aparteData.packets.push([...new Uint8Array(data)]));
    },
  });`;

interface Tapped {
  readonly aparteData: {
    readonly packets: readonly (readonly number[])[];
    readonly inject: (bytes: readonly number[]) => void;
  };
}

/** Sealed messages that came to this page, with whom LiveKit says they are from. */
export async function messagesTo(
  person: Person,
): Promise<readonly { from: string; sealed: Uint8Array<ArrayBuffer> }[]> {
  const packets = await person.page.evaluate(() => (window as unknown as Tapped).aparteData.packets);
  return packets.flatMap((bytes) => {
    const { value, participantIdentity } = DataPacket.fromBinary(new Uint8Array(bytes));
    if (value.case !== 'user') return [];
    return [{ from: participantIdentity, sealed: new Uint8Array(value.value.payload) }];
  });
}

/** A packet that this page's LiveKit connection takes for one of `from`. */
export async function inject(person: Person, from: string, sealed: Uint8Array): Promise<void> {
  const packet = new DataPacket({
    participantIdentity: from,
    value: { case: 'user', value: { payload: new Uint8Array(sealed), topic: '' } },
  });
  await person.page.evaluate(
    (bytes) => (window as unknown as Tapped).aparteData.inject(bytes),
    [...packet.toBinary()],
  );
}
