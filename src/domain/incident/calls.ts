/**
 * Calls made as a user since a sign-in, told apart by the credentials that made them where CloudTrail tells.
 * Source: "CloudTrail record contents" and "CloudTrail userIdentity element" in the CloudTrail user guide.
 */
import { asObject, asText, type Json } from '../json.ts';
import { signInSources, textOf } from '../sign-in/principal.ts';
import { sessionOf } from '../sign-in/sign-in.ts';

/**
 * `this-sign-in`: of a session that a sign-in in the incident began. `session`: of another sign-in session. `key`: a long-lived access key.
 * `not-told`: temporary credentials of which the record does not say where they come from.
 */
type CallBy = 'this-sign-in' | 'console' | 'session' | 'key' | 'not-told';

export interface Call {
  readonly name: string;
  readonly times: number;
  /** Not in what older versions stored. */
  readonly by?: CallBy;
}

const keptCalls = 20;

/**
 * The calls with those of more records; of one region, and the larger count of a name wins, for looks repeat.
 * @param sessions the sign-in sessions that are known to be the user's
 */
export function withCalls(
  before: readonly Call[],
  records: readonly Json[],
  { since, sessions }: { since: number; sessions: readonly string[] },
): Call[] {
  const here = new Map<string, Call>();
  for (const record of records) {
    const name = asText(record.eventName);
    if (name === undefined || signInSources.has(textOf(record.eventSource)) || Date.parse(textOf(record.eventTime)) < since) continue;
    const by = callBy(record, sessions);
    const key = `${by} ${name}`;
    here.set(key, { name, by, times: (here.get(key)?.times ?? 0) + 1 });
  }
  const all = new Map(before.map((call) => [`${call.by ?? 'not-told'} ${call.name}`, call]));
  for (const [key, call] of here) if (call.times > (all.get(key)?.times ?? 0)) all.set(key, call);
  return [...all.values()].toSorted((a, b) => b.times - a.times).slice(0, keptCalls);
}

function callBy(record: Json, sessions: readonly string[]): CallBy {
  const identity = asObject(record.userIdentity);
  const context = asObject(identity.sessionContext);
  const session = sessionOf(record);
  if (session !== undefined && sessions.includes(session)) return 'this-sign-in';
  const console = [record, context, asObject(context.attributes)].map(({ sessionCredentialFromConsole }) => sessionCredentialFromConsole);
  if (console.some((value) => value === 'true' || value === true)) return 'console';
  if (session !== undefined) return 'session';
  return textOf(identity.accessKeyId).startsWith('AKIA') ? 'key' : 'not-told';
}

const groups: readonly (readonly [CallBy, string])[] = [
  ['this-sign-in', 'in the session of this sign-in: '],
  ['console', 'in the console: '],
  ['session', 'in another sign-in session: '],
  ['key', 'with access keys: '],
  ['not-told', 'console or keys, the record does not say: '],
];
const shownCalls = 5;

/** `in the console: ListUsers 2×; with access keys: CreateUser 1×`. */
export function callsWords(calls: readonly Call[]): string {
  const shown = calls.slice(0, shownCalls);
  const parts = groups.flatMap(([by, label]) => {
    const own = shown.filter((call) => (call.by ?? 'not-told') === by);
    return own.length === 0 ? [] : [`${label}${own.map(({ name, times }) => `${name} ${times}×`).join(', ')}`];
  });
  const more = calls.length - shown.length;
  return `${parts.join('; ')}${more > 0 ? ` and ${more} more` : ''}`;
}
