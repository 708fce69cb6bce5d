// Where an AudioContext comes out, in browsers that let a page choose (Chromium). Elsewhere it stays with the system's speaker.

interface Routable {
  readonly setSinkId?: (deviceId: string) => Promise<void>;
}

/** Null: the system's. A device that is gone is the system's affair. */
export async function routeTo(context: AudioContext, deviceId: string | null): Promise<void> {
  const routable: Routable = context as unknown as Routable;
  await routable.setSinkId?.(deviceId ?? '').catch(() => undefined);
}
