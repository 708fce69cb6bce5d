// The tables as Kysely sees them. Bytes are base64url text, times milliseconds since 1970. `migrations.ts` makes them.
import type { Kysely, Transaction } from 'kysely';

export interface Tables {
  challenges: { hash: string; identity: string; expires_at_ms: number };
  sessions: { token_hash: string; identity: string; expires_at_ms: number };
  groups: {
    group_id: string;
    owner: string;
    nonce: string;
    secret_version: number;
    version: number;
    sealed_name: string;
    door_hash: string;
    history_version: number;
    state: string | null;
    name_version: number;
    sealed_face: string | null;
  };
  members: {
    group_id: string;
    identity: string;
    inbox_key: string;
    mac: string;
    signature: string;
    sealed_name: string;
    joined_at_ms: number;
    secret_version: number;
    name_version: number;
    profile_revision: number;
    sealed_face: string | null;
    profile_signature: string | null;
  };
  pictures: { group_id: string; subject: string; hash: string; picture: string };
  history: { group_id: string; version: number; entry: string };
  shares: { group_id: string; identity: string; sealed_secret: string; carried_mac: string };
  previous_seals: { group_id: string; secret_version: number; previous_seal: string };
  knocks: {
    group_id: string;
    identity: string;
    inbox_key: string;
    mac: string;
    signature: string;
    sealed_name: string;
    sealed_face: string | null;
    name_version: number;
    profile_revision: number;
    profile_signature: string | null;
    secret_version: number;
    knocked_at_ms: number;
    state: 'waiting' | 'declined' | 'outdated';
    until_ms: number;
  };
  invites: {
    group_id: string;
    door_hash: string;
    made_by: string;
    made_at_ms: number;
    expires_at_ms: number;
    uses: number | null;
    used: number;
    is_revoked: number;
    secret_version: number;
    sealed_secret: string;
    sealed_name: string;
    sealed_invite: string;
  };
  deletions: {
    group_id: string;
    author: string;
    version: number;
    head: string;
    signature: string;
    until_ms: number;
  };
  takers: { group_id: string; door_hash: string; identity: string };
  calls: {
    call_id: string;
    group_id: string;
    started_at_ms: number;
    ended_at_ms: number | null;
    room_deleted: number;
    generation: number;
    epoch: number;
    position: number;
    group_info: string | null;
    participants_version: number;
    requests_version: number;
    secret_version: number;
  };
  places: {
    call_id: string;
    livekit_identity: string;
    place_id: string | null;
    identity: string;
    state: 'joining' | 'present' | 'away' | 'left';
    deadline_ms: number;
    seq: number;
  };
  entries: {
    call_id: string;
    position: number;
    kind: 'open' | 'commit';
    generation: number;
    epoch: number;
    message: string;
    welcome: string | null;
  };
  requests: { call_id: string; livekit_identity: string; seq: number; message: string };
}

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;
