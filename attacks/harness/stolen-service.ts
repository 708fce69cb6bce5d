// The service in Mal's hands for a whole test file: he stands before it, has its database open, and has members without a screen come and
// go. People enter on the stage as ever.
import { afterAll } from 'vitest';
import { setStage, type Stage } from '../../client/e2e/harness/stage.ts';
import { Headless } from './headless.ts';
import { HostileService } from './hostile-service.ts';
import { StolenStore } from './stolen-store.ts';

export interface StolenService {
  readonly stage: Stage;
  readonly hostile: HostileService;
  readonly store: StolenStore;
  readonly crowd: Headless;
}

/** Registers the hooks of a test file. */
export function setStolenService(): StolenService {
  const hostile = new HostileService();
  const stage = setStage({ aparte: { front: hostile.stand } });
  const store = new StolenStore(() => stage.aparte.dataFolder);
  const crowd = new Headless(() => stage.aparte.url);
  afterAll(async () => {
    store.close();
    await crowd.end();
  });
  return { stage, hostile, store, crowd };
}
