// The service's own database, open in Mal's hands while the service runs: reads and writes what no route would (server/store/tables.ts
// says what is there). The service does not notice until it is asked; HostileService.nudge has waiting readers ask.
import { join } from 'node:path';
import Database from 'libsql';
import type { Entry, Participant } from './pages.ts';

export interface CallRow {
  readonly call_id: string;
  readonly group_id: string;
  readonly generation: number;
  readonly epoch: number;
  readonly position: number;
  readonly group_info: string;
}

export interface MemberRow {
  readonly identity: string;
  readonly inbox_key: string;
  readonly mac: string;
  readonly signature: string;
  readonly sealed_name: string;
}

export class StolenStore {
  readonly #dataFolder: () => string;
  #opened: InstanceType<typeof Database> | null = null;

  /** `dataFolder` of the service, asked when it is there. */
  constructor(dataFolder: () => string) {
    this.#dataFolder = dataFolder;
  }

  close(): void {
    this.#opened?.close();
  }

  /** The one call that runs. */
  call(): CallRow {
    const sql = 'select * from calls where ended_at_ms is null order by started_at_ms desc limit 1';
    return this.#one(sql) as CallRow;
  }

  /** In the order of joining: the owner first. */
  members(groupId: string): readonly (MemberRow & { readonly joined_at_ms: number })[] {
    const sql = 'select * from members where group_id = ? order by joined_at_ms';
    return this.#all(sql, groupId) as (MemberRow & { readonly joined_at_ms: number })[];
  }

  /** Of whoever holds a place now. */
  livekitIdentityOf(callId: string, identity: string): string {
    const sql = "select * from places where call_id = ? and identity = ? and state <> 'left'";
    return (this.#one(sql, callId, identity) as { livekit_identity: string }).livekit_identity;
  }

  /** Of everybody who has a place now. */
  places(callId: string): readonly Participant[] {
    const sql =
      "select identity, livekit_identity as livekitIdentity, state from places where call_id = ? and state <> 'left'";
    return this.#all(sql, callId) as Participant[];
  }

  entries(callId: string): readonly Entry[] {
    return this.#all('select * from entries where call_id = ? order by position', callId) as Entry[];
  }

  addMember(groupId: string, member: MemberRow): void {
    const { identity, inbox_key, mac, signature, sealed_name } = member;
    this.#run(
      `insert into members (group_id, identity, inbox_key, mac, signature, sealed_name, joined_at_ms, secret_version, name_version)
       select ?, ?, ?, ?, ?, ?, ?, secret_version, secret_version from groups where group_id = ?`,
      ...[groupId, identity, inbox_key, mac, signature, sealed_name, Date.now(), groupId],
    );
    this.#run('update groups set version = version + 1 where group_id = ?', groupId);
  }

  dropMember(groupId: string, identity: string): void {
    this.#run('delete from members where group_id = ? and identity = ?', groupId, identity);
    this.#run('update groups set version = version + 1 where group_id = ?', groupId);
  }

  /** A place in the call that nobody asked for. */
  addPlace(callId: string, place: { readonly identity: string; readonly livekitIdentity: string }): void {
    this.#run('update calls set participants_version = participants_version + 1 where call_id = ?', callId);
    this.#run(
      `insert into places select call_id, ?, ?, 'present', 0, participants_version, null from calls where call_id = ?`,
      ...[place.livekitIdentity, place.identity, callId],
    );
  }

  dropPlace(callId: string, livekitIdentity: string): void {
    this.#run(
      "update places set state = 'left' where call_id = ? and livekit_identity = ?",
      ...[callId, livekitIdentity],
    );
    this.#run('update calls set participants_version = participants_version + 1 where call_id = ?', callId);
  }

  /** Appends past every check, as `append` would have written it. */
  append(call: CallRow, entry: { readonly message: string; readonly groupInfo: string }): void {
    const { call_id, generation, epoch, position } = call;
    const write = this.#database.transaction(() => {
      this.#run(
        'insert into entries values (?, ?, ?, ?, ?, ?, null)',
        ...[call_id, position + 1, 'commit', generation, epoch, entry.message],
      );
      this.#run(
        'update calls set position = position + 1, epoch = epoch + 1, group_info = ? where call_id = ?',
        ...[entry.groupInfo, call_id],
      );
    });
    write();
  }

  get #database(): InstanceType<typeof Database> {
    this.#opened ??= new Database(join(this.#dataFolder(), 'aparte.db'), { timeout: 5000 });
    return this.#opened;
  }

  #one(sql: string, ...values: readonly unknown[]): unknown {
    const [row] = this.#all(sql, ...values);
    if (row === undefined) throw new Error(`nothing there: ${sql}`);
    return row;
  }

  #all(sql: string, ...values: readonly unknown[]): unknown[] {
    return this.#database.prepare(sql).all(...values);
  }

  #run(sql: string, ...values: readonly unknown[]): void {
    this.#database.prepare(sql).run(...values);
  }
}
