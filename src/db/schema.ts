/** Tables. Times are integer milliseconds, booleans 0 or 1, JSON is TEXT exactly as written: int8, jsonb and Date differ between the engines. */
import type { Generated } from 'kysely';

export interface IncidentsTable {
  id: Generated<number>;
  key: string;
  status: string;
  severity: number;
  revision: number;
  /** The domain's Incident without id and revision. */
  body: string;
  opened_at: number;
  due_at: number | null;
  /** Since when something of it is not in Slack, or from when on it will be; null: all is shown. */
  late_since: number | null;
  /** As `lanes` of the domain has them. */
  lane: number;
  /** 1: a change since the last claim is to be shown at once; 0: when the pace allows. */
  urgent: number;
  /** The budget that its next call waits for. */
  waits_for: string | null;
  lease_owner: string | null;
  lease_until: number | null;
  /** When signals last changed the picture, and how long until they may again. */
  edited_at: number;
  gap: number;
  /** The storm that counted it. */
  storm: number | null;
  /** 1: it waits in that storm without a card of its own, and is not due. */
  folded: Generated<number>;
}

interface StormsTable {
  id: Generated<number>;
  opened_at: number;
  ended_at: number | null;
  due_at: number | null;
  late_since: number | null;
  /** The domain's Storm without id and times. */
  body: string;
  lease_owner: string | null;
  lease_until: number | null;
}

/** A message in Slack, as last known. */
export interface PictureColumns {
  name: string;
  ts: string | null;
  digest: string | null;
  attempt_at: number | null;
  settled_at: number | null;
  refused: string | null;
  failures: number;
  /** Numbers of other entries that the message of an entry shows too, with commas. */
  also: string | null;
}

export interface EntriesTable {
  incident: number;
  seq: number;
  at: number;
  kind: string;
  reply: string;
  /** 1: shown in the thread, or the outcome of one that is. */
  in_thread: number;
  salt: string;
  digest: string;
  previous: string;
  hash: string;
  /** Null: pruned. */
  body: string | null;
  pruned_at: number | null;
  /** The key that it was signed with; null: none. */
  key_id: string | null;
}

export interface Schema {
  incidents: IncidentsTable;
  incident_keys: { key: string; uses: number };
  pictures: PictureColumns & { incident: number };
  storms: StormsTable;
  storm_pictures: PictureColumns & { storm: number };
  entries: EntriesTable;
  chains: {
    incident: number;
    seq: number;
    hash: string;
    /** Bodies are pruned up to there. */
    pruned_seq: Generated<number>;
    key_id: string | null;
    /** Anchors cover it up to there. */
    anchored: Generated<number>;
    /** Of the incident's row that `state` seals; null: an older version wrote it last. */
    revision: number | null;
    state: string | null;
    /** Seals the responses and requests; null: an older version wrote them, or there are none. */
    kept: string | null;
  };
  anchors: { id: number; at: number; heads: string; previous: string; root: string; key_id: string | null };
  /** `result` is null while the response is under way. */
  responses: {
    incident: number;
    seq: number;
    response: string;
    subject: string;
    by_name: string;
    by_id: string;
    started_at: number;
    owner: string;
    result: string | null;
    /** 1: against a person's changes in an hour. */
    counts: number;
    /** What is needed to follow it, and when it is looked at next; null: nothing is followed. */
    token: string | null;
    due_at: number | null;
  };
  /** `due_at` is null once it is over; `body` is the domain's ResponseRequest. */
  requests: { incident: number; seq: number; due_at: number | null; body: string };
  /** What somebody was refused within a minute of a refusal that is an entry; `body` is the domain's Gathered. */
  refused: { person: string; until_at: number; body: string };
  /** Every sign-in that was understood, whichever way it came. `subject` and `network` are null where they tell nothing apart. */
  sign_ins: {
    id: Generated<number>;
    event_id: string;
    subject: string | null;
    network: string | null;
    account: string;
    at: number;
    kind: string;
    outcome: string;
    did: string;
    mfa: string;
    workflow: string | null;
    /** The domain's SignIn. */
    body: string;
  };
  incident_sign_ins: { incident: number; sign_in: number; at: number };
  /** By what an incident is tied to others. `asked_…` is the time in which something came that is yet to be judged with it; null: nothing. */
  incident_traces: { incident: number; trace: string; last_at: number; asked_from: number | null; asked_until: number | null };
  /** What is to be done for an incident in the background. `asked` counts the requests: one that comes while it is done keeps it. */
  chores: {
    incident: number;
    kind: string;
    due_at: number;
    asked: number;
    claimed: number;
    failures: number;
    lease_owner: string | null;
    lease_until: number | null;
  };
  /** Questions to CloudTrail, shared by the incidents that wait for them in `look_waits`. */
  trail_looks: {
    id: Generated<number>;
    account: string;
    region: string;
    attribute: string;
    value: string;
    from_at: number;
    due_at: number | null;
    failures: number;
    lease_owner: string | null;
    lease_until: number | null;
  };
  look_waits: { look: number; incident: number; since: number; from_at: number };
  inbox: { topic_arn: string; message_id: string; at: number };
  events: { event_id: string; at: number };
  /** `named` is the name in small letters, the end of a longer one as its SHA-256. */
  alarms: { id: string; named: string | null; body: string };
  transitions: {
    id: Generated<number>;
    incident: number | null;
    alarm_id: string;
    state: string;
    at: number;
    /** How CloudWatch told of it; null: an older version did not say. */
    told_by: string | null;
    received_at: number;
    decision: string;
    message_id: string;
  };
  /** `name` is `kind of`: what is swept. `through_at`: until when it is known what happened there. */
  sweeps: {
    name: string;
    due_at: number | null;
    through_at: number | null;
    failures: number;
    lease_owner: string | null;
    lease_until: number | null;
  };
  outages: { id: Generated<number>; from_at: number; until_at: number; is_stop: number; found_at: number; found: number; told: number };
  budgets: { name: string; ready_at: number };
  facts: { name: string; value: string; at: number };
}
