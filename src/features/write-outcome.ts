import { firstReadsMs, withContained, withoutContained } from '../domain/incident/contained.ts';
import { withEntry, withNotesOutdated, withUnsure } from '../domain/incident/deeds.ts';
import type { Incident, Person } from '../domain/incident/incident.ts';
import { withoutProgress } from '../domain/incident/progress.ts';
import type { EntryBody } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { isToBeTold } from '../domain/response/done-elsewhere.ts';
import type { UserRef } from '../domain/response/iam-user.ts';
import type { Contained, EntryRef } from '../domain/response/kept-state.ts';
import type { Ended } from '../domain/response/plan.ts';
import type { Response } from '../domain/response/response.ts';
import { goesOnAs } from './goes-on-as.ts';
import { readSessionsElsewhere, readUsersAgain } from './read-users-again.ts';

/** Of which response an outcome is, and what it changed. */
export interface Written {
  readonly incident: number;
  /** Of the intent. */
  readonly seq: number;
  readonly what: string;
  /** Undefined: a guess, for whoever was there is gone. */
  readonly by: Person | undefined;
  readonly changed: UserRef | undefined;
  /** What it took from whom; undefined: nothing, as far as is known. */
  readonly took?: Omit<Contained, 'at'> | undefined;
  /** What gives or takes access, and of whom, as people read it; undefined: it does neither. */
  readonly access: string | undefined;
  /** Ids of what was sent to AWS. */
  readonly requests?: readonly string[];
}

/** `Quarantine of alice in prod 123456789012`; undefined: it neither gives nor takes access. */
export function accessWords({ access, label }: Pick<Response, 'access' | 'label'>, on: string): string | undefined {
  return access === 'unchanged' ? undefined : `${label} of ${on}`;
}

/** The outcome of a response: its entry, what it changes of the incident, and what is to be read again. */
export async function writeOutcome(ports: Ports, written: Written, ended: Ended): Promise<void> {
  const { incident: id, seq, by, changed, took, access } = written;
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident === undefined) return;
    if (!(await tx.end({ incident: id, seq }, { result: ended.result, isGuess: by === undefined }))) return;
    const now = ports.clock.now();
    await tx.append([{ incident: id, at: now, kind: 'response', reply: 'none', body: bodyOf(written, ended) }]);
    const due = by === undefined ? 'now' : { person: by.id };
    await tx.save([{ incident, due }], now);
    // What it changes belongs to the incident that goes on in its place.
    const stays = await goesOnAs(tx, incident);
    const of = { incident: id, seq };
    const changedBy = withoutProgress(ended.change?.(stays, now) ?? stays, of);
    const after = standing(withEntry(access === undefined ? changedBy : withUnsure(changedBy, access, ended.result), stays, of), {
      took,
      undid: ended.undid,
      now,
    });
    const next = changed === undefined ? after : withNotesOutdated(after, changed, now);
    if (next !== stays) await tx.save([{ incident: next, due }], now);
    if (took !== undefined && took.left.of !== 'password')
      await tx.schedule([{ kind: 'contained', incident: next.id }], now + (firstReadsMs[0] ?? 0));
    await readUsersAgain(tx, stays, next, now);
    if (next.signInSessions !== stays.signInSessions) await readSessionsElsewhere(tx, next, now);
    if (isToBeTold(next)) await tx.schedule([{ kind: 'link', incident: next.id }], now);
  });
  ports.wake();
}

function bodyOf({ incident, seq, what, by, requests = [] }: Written, ended: Ended): EntryBody {
  return {
    ...{ what, phase: 'outcome', intent: seq, result: ended.result, text: ended.text },
    ...(ended.details?.length ? { details: ended.details } : {}),
    ...(ended.toCopy?.length ? { toCopy: ended.toCopy } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    ...(by ? { by } : {}),
    ...(ended.after ? { after: ended.after } : {}),
    ...undidBy(ended, incident),
  };
}

function undidBy({ undid }: Ended, incident: number): Pick<EntryBody, 'undid' | 'undidIn'> {
  if (undid === undefined) return {};
  return { undid: undid.seq, ...(undid.incident === incident ? {} : { undidIn: undid.incident }) };
}

function standing(incident: Incident, { took, undid, now }: { took: Written['took']; undid: EntryRef | undefined; now: number }): Incident {
  const rest = undid === undefined ? incident : withoutContained(incident, undid);
  return took === undefined ? rest : withContained(rest, { ...took, at: now });
}
