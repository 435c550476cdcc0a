/** Writes down what was made of signals: in few exchanges with the database, for much of it does not need what else is written. */
import type { Opened } from '../domain/incident/at-once.ts';
import { manyCards, patienceMs, waitingFor } from '../domain/incident/first-picture.ts';
import type { Folded } from '../domain/incident/fold.ts';
import type { NewEntry } from '../domain/incident/timeline.ts';
import type { Tx } from '../domain/store.ts';
import type { ChoreKind } from '../domain/work.ts';
import { together } from './together.ts';

type Work = Folded['works'][number];

/** @returns what it opened */
export async function keepFolded(tx: Tx, { works, alone, alarms }: Folded, now: number): Promise<Opened[]> {
  const known = works.filter((work) => !work.isNew).map((work) => ({ work, id: work.incident.id }));
  // What is over comes before what is new: one key has one unresolved incident.
  const saved = tx.save(
    known.map(({ work: { incident, due } }) => ({ incident, due })),
    now,
  );
  const opened = saved.then(() =>
    open(
      tx,
      works.filter((work) => work.isNew),
      { alarms, now },
    ),
  );
  const numbered = opened.then((fresh) => inOrder(works, [...known, ...fresh]));
  const [fresh, entries] = await together([
    opened,
    opened.then((all) => tx.append(entriesOf(all))),
    tx.append(entriesOf(known)),
    tx.saveAlarms([...alarms.values()]),
    numbered.then((all) => keepBeside(tx, all, { alone, now })),
  ]);
  return fresh.map(({ work, id, dueAt }) => {
    return { id, severity: work.incident.severity, entries: entries.filter(({ incident }) => incident === id), dueAt };
  });
}

interface Numbered {
  readonly work: Work;
  readonly id: number;
}

interface Fresh extends Numbered {
  readonly dueAt: number;
}

async function open(tx: Tx, works: readonly Work[], { alarms, now }: Pick<Folded, 'alarms'> & { now: number }): Promise<Fresh[]> {
  const waiting = await waitingOf(tx, works, alarms);
  const due = works.map((work) => ({ work, dueAt: dueAtOf(work, waiting.get(work), now) }));
  const ids = await tx.insert(due.map(({ work, dueAt }) => ({ incident: work.incident, dueAt })));
  return due.map((one, index) => ({ ...one, id: ids[index] as number }));
}

/** So far a clock may be ahead of AWS's. */
const aheadMs = 5 * 60_000;

/** At once, also by the clock of another replica: by AWS's time, where the clock here is ahead of that. */
function dueAtOf({ incident }: Work, waitMs: number | undefined, now: number): number {
  return waitMs === undefined ? Math.max(now - aheadMs, Math.min(now, incident.lastSignalAt)) : now + waitMs;
}

function inOrder(works: readonly Work[], numbered: readonly Numbered[]): Numbered[] {
  const of = new Map(numbered.map((one) => [one.work, one]));
  return works.flatMap((work) => of.get(work) ?? []);
}

function entriesOf(numbered: readonly Numbered[]): NewEntry[] {
  return numbered.flatMap(({ work, id }) => work.entries.map((entry) => ({ ...entry, incident: id })));
}

/** All that belongs to incidents whose numbers are known. */
async function keepBeside(tx: Tx, numbered: readonly Numbered[], { alone, now }: Pick<Folded, 'alone'> & { now: number }): Promise<void> {
  const looking = numbered.filter(({ work }) => work.looks);
  await together([
    tx.addTransitions([
      ...numbered.flatMap(({ work, id }) => work.transitions.map((one) => ({ ...one, incident: id }))),
      ...alone.map((one) => ({ ...one, incident: undefined })),
    ]),
    tx.keepSignIns(numbered.flatMap(({ work, id }) => work.signIns.map((signIn) => ({ incident: id, signIn })))),
    tx.schedule(
      [
        ...looking.flatMap(({ work, id }) => choresOf(work).map((kind) => ({ kind, incident: id }))),
        ...numbered.flatMap(({ work, id }) => (work.asksWho ? [{ kind: 'set-by' as const, incident: id }] : [])),
        ...numbered.flatMap(({ work, id }) => (work.hasNews ? [{ kind: 'ring' as const, incident: id }] : [])),
      ],
      now,
    ),
  ]);
}

/** An alarm's log is read first; it says what is left to look for. */
function choresOf({ signIns, alarm }: Work): ChoreKind[] {
  const aboutPeople = signIns.length > 0 ? (['users', 'link', ...(alarm === undefined ? [] : ['ring' as const])] as const) : [];
  return [alarm === undefined ? 'look' : 'log', ...aboutPeople];
}

/** How long each new card waits for its alarm's log, in milliseconds. */
async function waitingOf(tx: Tx, opened: readonly Work[], alarms: Folded['alarms']): Promise<Map<Work, number>> {
  const byAlarm = opened.flatMap((work) => (work.alarm === undefined ? [] : [{ work, signal: work.alarm }]));
  if (byAlarm.length === 0) return new Map();
  const waitingCards = (await tx.waitingCards(manyCards + 1)) + byAlarm.length - 1;
  return new Map(
    byAlarm.flatMap(({ work, signal }) => {
      const { severity } = work.incident;
      const waits = waitingFor({ signal, severity, memory: alarms.get(signal.arn), waitingCards }) === 'waits-for-its-log';
      return waits ? [[work, patienceMs] as const] : [];
    }),
  );
}
