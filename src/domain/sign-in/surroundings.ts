/** What is asked of the memory to judge sign-ins, and what its answer says. Pure. */
import { type Around, oneSpelling, type Seen, type SignInTraces, speltKey, tracesOf } from './memory.ts';
import type { SignIn } from './sign-in.ts';
import { type NetworkStory, networkStory } from './spray.ts';

const hour = 3_600_000;
const lookBack = 24 * hour;
/** How far before and after a sign-in lies what may be judged with it. */
const reach = hour;
/** Failures beyond these add nothing: there are names and attempts enough among them for any verdict. */
const mostFailures = 200;
/** Enough to see whether many users sign in there: before the news, and since. */
const mostBefore = 300;
const mostSince = 200;
const mostOfUser = 50;

export type Trace = Pick<Around, 'by' | 'value'>;

/** A user or a network, and when something of it came to light. */
export interface Touched extends Trace {
  readonly from: number;
  readonly until: number;
}

/** What was read, with the networks' stories. Users known under two keys, by the steps of one sign-in, are one in it. */
export interface Surroundings {
  readonly rows: readonly Seen[];
  readonly stories: ReadonlyMap<string, NetworkStory>;
  /** The one key of a user. */
  readonly keyOf: (subject: string) => string;
}

export const noSurroundings: Surroundings = { rows: [], stories: new Map(), keyOf: oneSpelling };

/** By what sign-ins are tied to others, and when. */
export function touchedBy(signIns: readonly Pick<SignIn, 'principal' | 'address' | 'at'>[]): Touched[] {
  const found = new Map<string, Touched>();
  for (const signIn of signIns) {
    for (const { by, value } of storedTraces(signIn)) {
      const known = found.get(`${by} ${value}`);
      const from = Math.min(known?.from ?? signIn.at, signIn.at);
      found.set(`${by} ${value}`, { by, value, from, until: Math.max(known?.until ?? signIn.at, signIn.at) });
    }
  }
  return [...found.values()];
}

/** By what a sign-in is tied to others, also to those that older versions stored. */
export function storedTraces(signIn: Pick<SignIn, 'principal' | 'address'>): Trace[] {
  const traces = tracesOf(signIn);
  const spelt = traces.subject === undefined ? undefined : speltKey(signIn.principal);
  return namedTraces(traces).flatMap((one) =>
    one.by === 'subject' && spelt !== undefined && spelt !== one.value ? [one, { ...one, value: spelt }] : [one],
  );
}

export function namedTraces({ subject, network }: SignInTraces): Trace[] {
  return [
    ...(subject === undefined ? [] : [{ by: 'subject' as const, value: subject }]),
    ...(network === undefined ? [] : [{ by: 'network' as const, value: network }]),
  ];
}

/** @returns questions that are answered by few rows each, however many there are */
export function questionsAbout(touched: readonly Touched[]): Around[] {
  return touched.flatMap(({ by, value, from, until }): Around[] => {
    const whole = { by, value, from: from - lookBack, until: until + reach };
    const failed = { ...whole, did: 'failed', most: mostFailures } as const;
    if (by === 'subject') return [failed, { ...whole, did: 'signed-in', from: from - reach, most: mostOfUser }];
    return [failed, { ...whole, did: 'signed-in', until: from, most: mostBefore }, { ...whole, did: 'signed-in', from: from + 1, most: mostSince }];
  });
}

/**
 * @param seen the answer to `questionsAbout`, oldest first
 * @param touched what was asked about
 */
export function surroundings(seen: readonly Seen[], touched: readonly Touched[]): Surroundings {
  const keyOf = aliasesIn(seen);
  const rows = seen.map((row) => (row.subject === undefined ? row : { ...row, subject: keyOf(row.subject) }));
  const networks = Map.groupBy(
    rows.filter(({ network }) => network !== undefined),
    ({ network }) => network as string,
  );
  const stories = touched.flatMap(({ by, value, from }): [string, NetworkStory][] => {
    const of = networks.get(value);
    return by === 'subject' || of === undefined ? [] : [[value, networkStory(value, of, { judgedSince: from - reach, ...knowledgeOf(of, from) })]];
  });
  return { rows, stories: new Map(stories), keyOf };
}

/** Of a question that was answered up to its limit nothing is known of what is older than the answer. */
function knowledgeOf(rows: readonly Seen[], from: number): { failuresSince: number; successesSince: number } {
  const failures = rows.filter(({ did }) => did === 'failed');
  const successes = rows.filter(({ did }) => did === 'signed-in');
  const after = successes.filter(({ at }) => at > from);
  const since = (of: readonly Seen[], most: number): number | undefined => (of.length < most ? undefined : of[0]?.at);
  return {
    failuresSince: since(failures, mostFailures) ?? Number.NEGATIVE_INFINITY,
    successesSince: since(after, mostSince) ?? since(successes, mostBefore) ?? Number.NEGATIVE_INFINITY,
  };
}

/** Of what was read, what lies around some sign-ins. */
export function around({ rows, stories, keyOf }: Surroundings, traces: readonly Trace[]): Surroundings {
  const subjects = new Set(traces.flatMap(({ by, value }) => (by === 'subject' ? [keyOf(value)] : [])));
  const networks = new Set(traces.flatMap(({ by, value }) => (by === 'network' ? [value] : [])));
  return { rows: rows.filter(({ subject, network }) => subjects.has(subject ?? '') || networks.has(network ?? '')), stories, keyOf };
}

export function sharedNetworks({ stories }: Surroundings): Set<string> {
  return new Set([...stories].flatMap(([network, { isShared }]) => (isShared ? [network] : [])));
}

/** The steps of one Identity Center sign-in may tell the user's id or the name; older versions stored a key as the record spells the name. */
function aliasesIn(seen: readonly Seen[]): (subject: string) => string {
  const firsts = new Map<string, string>();
  const ofWorkflow = new Map<string, string>();
  const keyOf = (subject: string): string => {
    const spelt = oneSpelling(subject);
    const first = firsts.get(spelt);
    return first === undefined ? spelt : keyOf(first);
  };
  for (const { subject, workflow } of seen) {
    if (subject === undefined || workflow === undefined) continue;
    const [one = subject, other = subject] = [keyOf(ofWorkflow.get(workflow) ?? subject), keyOf(subject)].toSorted();
    if (one !== other) firsts.set(other, one);
    ofWorkflow.set(workflow, one);
  }
  return keyOf;
}
