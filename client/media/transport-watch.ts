// Whether the way of sound and pictures stands: no peer connection of the present room is without answers from the other side. The browser
// knows after about six seconds, livekit-client says it after fifteen, and all the while nobody hears what is said.

/** What of an `RTCPeerConnection` says it. */
export interface Transport extends EventTarget {
  readonly iceConnectionState: RTCIceConnectionState;
}

export class TransportWatch {
  readonly #onChange: () => void;
  #transports: readonly Transport[] = [];
  #watching = new AbortController();
  #isInterrupted = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  add(transport: Transport): void {
    this.#transports = [...this.#transports, transport];
    const { signal } = this.#watching;
    transport.addEventListener('iceconnectionstatechange', () => this.#look(), { signal });
    this.#look();
  }

  /** The room was left. */
  clear(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#transports = [];
    this.#isInterrupted = false;
  }

  /** One that is closed was replaced, and says nothing any more. */
  #look(): void {
    const isInterrupted = this.#transports.some(
      ({ iceConnectionState: state }) => state === 'disconnected' || state === 'failed',
    );
    this.#transports = this.#transports.filter(({ iceConnectionState: state }) => state !== 'closed');
    if (isInterrupted === this.#isInterrupted) return;
    this.#isInterrupted = isInterrupted;
    this.#onChange();
  }
}
