// What this device knows of people beside their groups: who I am, whom I verified, how faces look, and what tells namesakes apart.
// app.svelte.ts holds one.
import type { Bytes } from '../../crypto/bytes.ts';
import type { Clock } from '../api/clock.ts';
import type { Group } from '../groups/group.ts';
import { noVerifications, type NamedIdentity } from '../groups/verification.ts';
import type { Core } from './core.ts';
import { Excerpts } from './excerpts.svelte.ts';
import { Faces, letters, type ShowPicture } from './faces.ts';
import { idOf } from './ids.ts';
import { namesakesIn } from './namesakes.ts';
import type { FaceOf, Knowledge } from './people.ts';

/** Before the store is open. */
const nobody = new Uint8Array(32);

type KnowledgeCore = Pick<Core, 'device' | 'verifications' | 'looks'>;

export class KnowledgeModel {
  readonly #excerpts: Excerpts;
  #core: KnowledgeCore | null = $state.raw(null);
  #faces: Faces | null = $state.raw(null);
  #verifications = $state.raw(noVerifications);

  constructor(clock: Clock) {
    this.#excerpts = new Excerpts(clock);
  }

  open(core: KnowledgeCore, showPicture: ShowPicture): void {
    this.#verifications = core.verifications.records;
    this.#faces = new Faces(core.looks.pictures, showPicture);
    this.#core = core;
  }

  get now(): Knowledge {
    return { me: this.me, verifications: this.#verifications, faceOf: this.faceOf, ...this.#excerptOf };
  }

  /** My identity key. */
  get me(): Bytes {
    return this.#core?.device.identity.publicKey ?? nobody;
  }

  get verifications(): Knowledge['verifications'] {
    return this.#verifications;
  }

  get faces(): Faces | null {
    return this.#faces;
  }

  readonly faceOf: FaceOf = (group, face) => this.#faces?.of(group, face) ?? letters;

  readonly #excerptOf: Pick<Knowledge, 'excerptOf'> = {
    excerptOf: (group, identity) =>
      namesakesIn(group.members).has(idOf(identity)) ? this.#excerpts.of(identity) : null,
  };

  digitsOf(identity: Bytes): string | null {
    return this.#excerpts.of(identity);
  }

  /** Notes who is in a group, so that a later namesake is noticed. Throws `StorageError`. */
  async note(group: Group): Promise<void> {
    const members = group.members.map(({ identity, name }) => ({ identity: idOf(identity), name }));
    await this.#core?.verifications.note(group.id, members);
    this.#read();
  }

  /** Keeps what a comparison of numbers came to. Throws `StorageError`; it counts on this page all the same. */
  async keep(
    person: NamedIdentity,
    groupId: string,
    outcome: { readonly matches: boolean; readonly atMs: number },
  ): Promise<void> {
    const isKept = this.#core?.verifications.set(person, groupId, outcome);
    this.#read();
    await isKept;
  }

  #read(): void {
    if (this.#core) this.#verifications = this.#core.verifications.records;
  }
}
