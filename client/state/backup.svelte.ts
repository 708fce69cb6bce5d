// Keeping a backup of this device, and starting from one (B1–B4): what the two dialogs show while it is worked on. app.svelte.ts opens
// and closes it; the sealing itself is a chunk of its own.
import { CryptoError } from '../../crypto/errors.ts';
import type { DeviceStore } from '../groups/store.ts';
import type { AppParts } from './parts.ts';
import { problemOf } from './problems.ts';
import type { BackupView, Problem } from './view.ts';

type Parts = Pick<AppParts, 'loadBackup' | 'saveFile' | 'reload' | 'line'>;

export class BackupModel {
  readonly #parts: Parts;
  readonly #store: DeviceStore;
  readonly #kind: BackupView['kind'];
  readonly #closed = new AbortController();
  #work: BackupView['work'] = $state.raw('idle');
  #part = $state(0);
  #problem: Problem | null = $state.raw(null);
  readonly view: BackupView = $derived.by(() => ({
    kind: this.#kind,
    work: this.#work,
    part: this.#part,
    problem: this.#problem,
  }));

  constructor(kind: BackupView['kind'], store: DeviceStore, parts: Parts) {
    this.#kind = kind;
    this.#store = store;
    this.#parts = parts;
  }

  get isWorking(): boolean {
    return this.#work === 'working';
  }

  /** The dialog is closed: what is still being worked on comes to nothing. */
  close(): void {
    this.#closed.abort();
  }

  /** Hands the browser a file to save. */
  save(passphrase: string): Promise<void> {
    return this.#try(async () => {
      const { backUp } = await this.#parts.loadBackup();
      const file = await backUp(this.#store, passphrase, { onProgress: (part) => (this.#part = part) });
      this.#closed.signal.throwIfAborted();
      this.#parts.saveFile(`aparte-${dayOf(this.#parts.line.clock.today())}.backup`, file);
      return null;
    });
  }

  /** Takes `file` in; then the page begins anew. */
  restore(file: Uint8Array<ArrayBuffer>, passphrase: string): Promise<void> {
    return this.#try(async () => {
      const { restore } = await this.#parts.loadBackup();
      const { signal } = this.#closed;
      const given = { file, passphrase, signal, onProgress: (part: number) => (this.#part = part) };
      if (!(await restore(this.#store, given))) return { code: 'device_in_use' };
      this.#parts.reload();
      return null;
    });
  }

  /** `work` answers what stands in its way. */
  async #try(work: () => Promise<Problem | null>): Promise<void> {
    if (this.isWorking) return;
    this.#work = 'working';
    this.#part = 0;
    this.#problem = null;
    try {
      this.#problem = await work();
      this.#work = this.#problem === null ? 'done' : 'idle';
    } catch (error) {
      this.#work = 'idle';
      if (this.#closed.signal.aborted) return;
      this.#problem = error instanceof CryptoError ? { code: codeOf(error, this.#kind) } : problemOf(error);
    }
  }
}

function dayOf(atMs: number): string {
  const moment = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function codeOf({ code }: CryptoError, kind: BackupView['kind']): string {
  if (kind === 'save') return 'backup_impossible';
  if (code === 'not_opened') return 'backup_passphrase';
  return code === 'unsupported' ? 'backup_unsupported' : 'backup_damaged';
}
