// Reads server-sent events of a listening service, as a client does.
import { createParser } from 'eventsource-parser';

export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

export class EventReader {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  readonly status: number;
  /** Resolves when the service ended the stream. */
  readonly ended: Promise<void>;
  readonly #controller: AbortController;
  #wake: () => void = () => undefined;

  private constructor(response: Response, controller: AbortController) {
    this.status = response.status;
    this.#controller = controller;
    this.ended = this.#pump(response);
  }

  static async open(url: string, token: string): Promise<EventReader> {
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    return new EventReader(await fetch(url, { headers, signal: controller.signal }), controller);
  }

  /** The first event from `from` on that fits; waits for it. */
  async next(fits: (event: StreamEvent) => boolean, from = 0): Promise<StreamEvent> {
    for (;;) {
      const found = this.events.slice(from).find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#controller.abort();
  }

  async #pump(response: Response): Promise<void> {
    const parser = createParser({
      onEvent: ({ event = '', data }) => {
        this.events.push({ event, data: JSON.parse(data) as unknown });
        this.#wake();
      },
      onComment: (comment) => this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? [])
        parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    } catch {
      // Closed by the test, or cut by the service.
    }
  }
}
