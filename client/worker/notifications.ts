// Shows what a page of this origin tells the worker to show (client/notifier.ts), and leads back to the page when it is tapped.
import type { Page, Scope } from './scope.ts';

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly groupId: string;
}

export class Notifications {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** One for each call, however many pages tell of it; none while somebody looks at one of them. */
  async show({ title, body, tag, groupId }: Shown, sender: string): Promise<void> {
    const isSeen = (await this.#pages()).some(
      (page) => page.id !== sender && page.visibilityState === 'visible',
    );
    if (isSeen) return;
    const options = { body, tag, icon: '/icons/icon-192.png', data: { groupId } };
    await this.#scope.registration.showNotification(title, options);
  }

  async clear(tag: string): Promise<void> {
    for (const shown of await this.#scope.registration.getNotifications({ tag })) shown.close();
  }

  async open({ data }: Notification): Promise<void> {
    const { groupId } = data as Pick<Shown, 'groupId'>;
    const [page] = await this.#pages();
    if (page === undefined) {
      await this.#scope.clients.openWindow(`/?g=${encodeURIComponent(groupId)}`);
      return;
    }
    await page.focus();
    page.postMessage({ open: groupId });
  }

  #pages(): Promise<readonly Page[]> {
    return this.#scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  }
}

export function isShown(data: object): data is Shown {
  const wanted = ['title', 'body', 'tag', 'groupId'] as const;
  return wanted.every((name) => typeof (data as Record<string, unknown>)[name] === 'string');
}
