/** Compares what CloudWatch says of the alarms that notify us with what is remembered of them, and takes in what SNS never brought. */
import type { AlarmChange } from '../domain/alarm/alarm.ts';
import { isKnownChange, sameChangeMs } from '../domain/alarm/same-change.ts';
import { type AppError, asAppError } from '../domain/error.ts';
import { changeIn, lastSeen, seenEveryMs } from '../domain/incident/alarm-memory.ts';
import { type AlarmMemory, keyOf, meaningOf, memoryId } from '../domain/incident/triage.ts';
import type { AlarmFacts, Ports } from '../domain/ports.ts';
import type { Way } from '../domain/signal/way.ts';
import { changeOf, isSilent, newestChange, wayOf } from '../domain/sweep/change.ts';
import { type Comparison, compare, onItsWayMs } from '../domain/sweep/compare.ts';
import { type ClaimedSweep, placeNamed } from '../domain/sweep/sweeps.ts';
import { utc } from '../domain/utc.ts';
import { hold, isLost } from './hold-sweep.ts';
import { notTakenWords, receiveLate } from './receive-late.ts';
import { unlistedIn } from './unlisted-alarms.ts';

export const oftenMs = 5 * 60_000;
export const seldomMs = 24 * 3_600_000;
/** After so many failures in a row people are told. */
export const fewFailures = 2;
const longGapMs = 3 * oftenMs;
/** DescribeAlarmHistory takes three a second, all who ask there together: where more alarms differ, all of the place are asked for at once. */
const fewAlarms = 3;
const pauseMs = 400;
const perTransaction = 100;

interface Missed {
  readonly change: AlarmChange;
  readonly way: Way;
}

interface Compared {
  readonly facts: AlarmFacts;
  readonly comparison: Comparison;
  readonly known: AlarmMemory | undefined;
}

export interface SweepOutcome {
  /** Until when it is known what happened there; undefined: no further than before, and it is looked at again from there. */
  readonly through: number | undefined;
  /** How long until it is swept again; undefined: not until it is asked for. */
  readonly inMs: number | undefined;
  /** What is left, and why, as a sentence; undefined: nothing. */
  readonly left: string | undefined;
  /** What is not looked through any more, as a sentence. */
  readonly missing?: string | undefined;
}

export async function sweepAlarms(ports: Ports, claimed: ClaimedSweep): Promise<SweepOutcome> {
  const { of, through, failures } = claimed;
  const place = placeNamed(of);
  const asked = { through, askedAt: ports.clock.now(), isAgain: failures > 0 };
  const { askedAt } = asked;
  const listed = await ports.alarms.notifying(place);
  // The canary speaks of itself.
  const alarms = listed.filter(({ arn }) => arn !== ports.settings.canaryAlarm);
  const unlisted = await unlistedIn(ports, place, listed);
  const compared = await withoutSilent(ports, await comparedWith(ports, alarms, asked), askedAt);
  await remember(ports, compared, askedAt);
  const { missed, unread, cutBefore } = await missedOf(ports, claimed, { compared, ...asked });
  const isOnItsWay = ({ change, way }: Missed): boolean => way === 'sweep' && change.at > askedAt - onItsWayMs;
  const read = unlisted.changes.map((change): Missed => ({ change, way: 'read' }));
  const told = [...missed.filter((one) => !isOnItsWay(one)), ...read].toSorted((a, b) => a.change.at - b.change.at);
  const notTaken = await receiveLate(
    ports,
    told.map(({ change, way }) => ({ message: undefined, signals: [change], way })),
  );
  const waiting = missed.filter(isOnItsWay).map(({ change }) => change.at);
  const inMs = Math.min(alarms.length + unlisted.count > 0 ? oftenMs : seldomMs, ...waiting.map((at) => at + onItsWayMs + 1_000 - askedAt));
  const where = `CloudWatch of ${place.account} in ${place.region}`;
  const left = [notTakenWords(where, notTaken) ?? [], unread === undefined || failures < fewFailures ? [] : unreadWords(where, unread)].flat();
  const missing = cutBefore === undefined ? undefined : cutWords(where, through, cutBefore);
  if (notTaken.length > 0 || unread !== undefined) return { through: undefined, inMs, left: left.join(' ') || undefined, missing };
  // What may be on its way is not known yet.
  return { through: Math.min(askedAt, ...waiting.map((at) => at - 1)), inMs, left: undefined, missing };
}

function cutWords(where: string, from: number | undefined, cutBefore: number): string {
  const since = from === undefined ? '' : ` from ${utc(from)}`;
  return `${where} has more changes of alarms than are read at once: those${since} to ${utc(cutBefore)} are not told. Look there yourself.`;
}

function unreadWords(where: string, unread: AppError): string {
  return `Histories of alarms are not read for now: what went to ALARM and back meanwhile is not told yet (${where}). ${unread.message}`;
}

interface Asked {
  readonly through: number | undefined;
  readonly askedAt: number;
  /** The sweep before this one did not find all. */
  readonly isAgain: boolean;
}

/** Whether an alarm may have changed there and back, so that nothing differs now. */
function isLong({ through, askedAt, isAgain }: Asked): boolean {
  return through !== undefined && (isAgain || askedAt - through > longGapMs);
}

async function comparedWith({ store }: Ports, alarms: readonly AlarmFacts[], asked: Asked): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (let start = 0; start < alarms.length; start += perTransaction) {
    const some = alarms.slice(start, start + perTransaction);
    const known = await store.transact((tx) => tx.alarms(some.map(({ arn }) => arn)));
    compared.push(
      ...some.map((facts) => {
        const memory = known.get(facts.arn);
        return { facts, known: memory, comparison: compare(facts, memory, asked) };
      }),
    );
  }
  return compared;
}

/** What an alarm did while it notified nobody is remembered, so that it is not told once it does again. */
async function withoutSilent({ alarms: port }: Ports, compared: readonly Compared[], askedAt: number): Promise<Compared[]> {
  const differing = compared.filter(({ comparison, facts }) => comparison.do === 'tell' && facts.since <= askedAt - onItsWayMs);
  if (differing.length === 0) return [...compared];
  const silent = new Set((await port.withMutes(differing.map(({ facts }) => facts))).filter(isSilent).map(({ arn }) => arn));
  return compared.map((one) =>
    silent.has(one.facts.arn) && differing.includes(one) ? { ...one, comparison: { do: 'remember', reason: 'silent' } } : one,
  );
}

/** What nobody is told of: alarms seen for the first time, what was remembered and is not so, and that CloudWatch still has what does not change. */
async function remember({ store, settings, log }: Ports, compared: readonly Compared[], askedAt: number): Promise<void> {
  const quietly = compared.filter(({ comparison, known }) => comparison.do === 'remember' || isLongUnseen(known, comparison, askedAt));
  for (let start = 0; start < quietly.length; start += perTransaction) {
    const some = quietly.slice(start, start + perTransaction).map(({ facts, comparison }) => ({ change: newestChange(facts), comparison }));
    await store.transact(async (tx) => {
      const ids = some.map(({ change }) => memoryId(change));
      const before = await tx.alarms(ids);
      await tx.lock(some.map(({ change }) => keyOf(change, meaningOf(change, before.get(memoryId(change)), settings))));
      const known = await tx.alarms(ids);
      // What SNS brought meanwhile is newer than what CloudWatch was asked for.
      const still = some.filter(({ change }) => known.get(memoryId(change))?.at === before.get(memoryId(change))?.at);
      await tx.saveAlarms(
        still.map(({ change, comparison }) => {
          const memory = known.get(memoryId(change));
          const next = memory === undefined || comparison.do === 'remember' ? asRemembered(memory, change) : memory;
          return { ...next, seenAt: askedAt };
        }),
      );
    });
  }
  const wrong = quietly.filter(({ comparison }) => comparison.do === 'remember' && comparison.reason === 'remembered-wrong');
  for (const { facts } of wrong) log.warn({ alarm: facts.arn, state: facts.state }, 'an alarm was remembered otherwise than CloudWatch has it');
}

/** An alarm that does not change would be forgotten some day although CloudWatch has it. */
function isLongUnseen(known: AlarmMemory | undefined, comparison: Comparison, askedAt: number): boolean {
  return known !== undefined && comparison.do === 'nothing' && lastSeen(known) < askedAt - seenEveryMs;
}

function asRemembered(before: AlarmMemory | undefined, change: AlarmChange): AlarmMemory {
  const { arn, name, account, region } = change;
  return { recognised: undefined, resets: [], ...before, id: arn, arn, name, account, region, ...changeIn(change) };
}

interface Histories<T> {
  readonly missed: readonly T[];
  /** Why not all histories were read that are read later; undefined: they were, or may not be. */
  readonly unread: AppError | undefined;
  /** There were more than are read: those before this time are missing. */
  readonly cutBefore: number | undefined;
}

async function missedOf(
  ports: Ports,
  claimed: ClaimedSweep,
  { compared, ...when }: Asked & { compared: readonly Compared[] },
): Promise<Histories<Missed>> {
  const { through = when.askedAt, askedAt } = when;
  const differing = compared.filter(({ comparison }) => comparison.do === 'tell');
  if (compared.length === 0 || (differing.length === 0 && !isLong(when))) return { missed: [], unread: undefined, cutBefore: undefined };
  const asked = (isLong(when) ? compared : differing).map(({ facts }) => facts);
  const froms = differing.map(({ comparison }) => (comparison.do === 'tell' ? comparison.from : askedAt));
  const from = Math.min(...froms, isLong(when) ? through : askedAt) - sameChangeMs;
  const { missed: history, unread, cutBefore } = await historyOf(ports, claimed, { alarms: asked, from, until: askedAt });
  const newest = differing.map(({ facts }) => newestChange(facts)).filter((change) => !isKnownChange(change, history.filter(isAlike(change))));
  const silent = new Set((await ports.alarms.withMutes(asked)).filter(isSilent).map(({ arn }) => arn));
  const factsOf = new Map(asked.map((facts) => [facts.arn, facts]));
  const ownFrom = new Map(differing.map(({ facts, comparison }) => [facts.arn, comparison.do === 'tell' ? comparison.from : askedAt]));
  const isOwn = ({ arn, at }: AlarmChange): boolean => at >= (ownFrom.get(arn) ?? through) - sameChangeMs;
  const missed = [...history.filter(isOwn), ...newest].flatMap((change): Missed[] => {
    const way = wayOf(factsOf.get(change.arn) as AlarmFacts, change.state, ports.settings.topicArns);
    return way === undefined || silent.has(change.arn) ? [] : [{ change, way }];
  });
  return { missed, unread, cutBefore };
}

const isAlike =
  (change: AlarmChange) =>
  (other: AlarmChange): boolean =>
    memoryId(other) === memoryId(change);

/** As far as it can be read: what CloudWatch says of each alarm now is known all the same. */
async function historyOf(
  ports: Ports,
  claimed: ClaimedSweep,
  { alarms, from, until }: { alarms: readonly AlarmFacts[]; from: number; until: number },
): Promise<Histories<AlarmChange>> {
  const { alarms: port, clock, log } = ports;
  const place = placeNamed(claimed.of);
  const missed: AlarmChange[] = [];
  const cuts: number[] = [];
  const cut = (): number | undefined => (cuts.length === 0 ? undefined : Math.max(...cuts));
  const byName = new Map(alarms.map((facts) => [facts.name, facts]));
  const beforePage = async (): Promise<void> => {
    await clock.wait(pauseMs);
    await hold(ports, claimed);
  };
  try {
    for (const alarm of alarms.length > fewAlarms ? [undefined] : alarms) {
      const { items, cutBefore } = await port.changes(place, { from, until, beforePage }, alarm);
      if (cutBefore !== undefined) cuts.push(cutBefore);
      for (const item of items) {
        const facts = byName.get(item.alarm);
        if (facts !== undefined) missed.push(changeOf(facts, item, 'history'));
      }
    }
    return { missed, unread: undefined, cutBefore: cut() };
  } catch (thrown) {
    if (isLost(thrown)) throw thrown;
    const error = asAppError(thrown);
    log.warn({ ...place, err: error }, 'histories of alarms not read');
    // What may not be read now may not be read later either.
    return { missed, unread: error.code === 'denied' || error.code === 'refused' ? undefined : error, cutBefore: cut() };
  }
}
