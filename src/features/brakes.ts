/** What is checked before every change, in the transaction that begins it: on whichever replica, what another one wrote a second before holds. */
import { asAppError } from '../domain/error.ts';
import type { Person } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import {
  capped,
  capWindowMs,
  type Freeze,
  freezeFact,
  freezeIn,
  freezeMs,
  freezeWords,
  frozen,
  isLifted,
  type Lift,
  liftFact,
  readOnly,
} from '../domain/response/brakes.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import { joinedLately, requestsOfOne, tooManyRequests, tooOften } from '../domain/response/request.ts';
import type { Tx } from '../domain/store.ts';
import { recorded } from './record-refusal.ts';
import { sinceWhen } from './remediators.ts';

type BrakePorts = Pick<Ports, 'clock' | 'settings' | 'store'>;
type FreezePorts = BrakePorts & Pick<Ports, 'log' | 'metrics'>;

/** Why nothing is changed now; for the form, before AWS is asked. */
export async function brakeNow({ clock, settings, store }: BrakePorts): Promise<Refused | undefined> {
  return settings.isReadOnly ? readOnly : frozen(await store.fact(freezeFact), clock.now());
}

/** Why a response of several changes makes no further one, as a sentence; undefined: it does. Never throws: what was done is told. */
export async function stoppedNow({ clock, store, log }: Pick<Ports, 'clock' | 'store' | 'log'>): Promise<string | undefined> {
  try {
    const now = clock.now();
    const freeze = freezeIn(await store.fact(freezeFact), now);
    return freeze && `${freezeWords(freeze, now)}.`;
  } catch (thrown) {
    log.warn({ err: asAppError(thrown) }, 'whether changes are frozen cannot be read');
    return 'Whether all changes are frozen could not be read.';
  }
}

/** The caller has locked `log`, so that what is counted holds. @param counts whether it is a change that counts against a person's number */
export async function brakeIn(tx: Tx, { clock, settings }: Pick<Ports, 'clock' | 'settings'>, { by, counts }: { by: Person; counts: boolean }) {
  const now = clock.now();
  if (settings.isReadOnly) return readOnly;
  const stopped = frozen(await tx.fact(freezeFact), now);
  if (stopped || !counts) return stopped;
  return capped(await tx.countedSince(now - capWindowMs), by.id, { stored: await tx.fact(liftFact), now });
}

/** A request rings, whatever becomes of it. The caller has locked `log`. */
export async function mayNotAsk(tx: Tx, by: Person, now: number): Promise<Refused | undefined> {
  const waiting = tooManyRequests(await tx.openRequestsBy(), by.id);
  if (waiting || isLifted(await tx.fact(liftFact), by.id, now)) return waiting;
  return (await tx.taken(`requests ${by.id}`, requestsOfOne, now)) ? undefined : tooOften();
}

/** What was done, in words, and where the log has it. */
interface Braked {
  readonly text: string;
  readonly entry: { readonly seq: number; readonly hash: string };
}

export type FreezeVerb = 'freeze' | 'confirm' | 'end' | 'lift';

/** What somebody does about a freeze or the caps. The roles are checked before; what is refused here is recorded. */
export function brake(ports: FreezePorts, by: Person, asked: { verb: FreezeVerb; why: string }): Promise<Answer<Braked>> {
  return recorded(ports, { by, incident: 0, label: `/signin-freeze ${asked.verb}` }, brakeIt(ports, by, asked));
}

async function brakeIt({ clock, store }: BrakePorts, by: Person, { verb, why }: { verb: FreezeVerb; why: string }): Promise<Answer<Braked>> {
  return store.transact(async (tx): Promise<Answer<Braked>> => {
    const now = clock.now();
    await tx.lock(['log']);
    const newcomer =
      verb === 'end' || verb === 'lift' ? joinedLately(await sinceWhen(tx, by.id), now, 'ends no freeze and lifts no limit') : undefined;
    if (newcomer) return newcomer;
    const done = decide(freezeIn(await tx.fact(freezeFact), now), { verb, why, by, now });
    if (!done.ok) return done;
    await tx.note(done.fact, done.value, now);
    const body = { what: 'freeze', by: { id: by.id, name: by.name }, text: done.text, ...(why === '' ? {} : { why }) };
    const [{ seq, hash } = { seq: 0, hash: '' }] = await tx.append([{ incident: 0, at: now, kind: 'response', reply: 'none', body }]);
    return { ok: true, text: done.text, entry: { seq, hash } };
  });
}

interface Asked {
  readonly verb: FreezeVerb;
  readonly why: string;
  readonly by: Person;
  readonly now: number;
}

function decide(freeze: Freeze | undefined, { verb, why, by: { id, name }, now }: Asked): Answer<{ fact: string; value: string; text: string }> {
  const by = { id, name };
  if (verb === 'lift') {
    const lift: Lift = { by, until: now + capWindowMs };
    return {
      ok: true,
      fact: liftFact,
      value: JSON.stringify(lift),
      text: `${name} lifted the hourly number of changes for everybody else, for an hour.`,
    };
  }
  if (verb === 'freeze') {
    const next: Freeze = { by, at: now, why, until: now + freezeMs };
    const text = `${name} froze all changes to AWS from Slack${why === '' ? '' : `: “${why}”`}. It lapses after 60 min unless a remediator confirms it.`;
    return freeze
      ? {
          ok: false,
          reason: 'frozen',
          message: `${freezeWords(freeze, now)}. It stays so: a second freeze changes nothing, and /signin-freeze confirm by a remediator lets it last.`,
        }
      : { ok: true, fact: freezeFact, value: JSON.stringify(next), text };
  }
  if (freeze === undefined) return { ok: false, reason: 'frozen', message: 'Nothing is frozen.' };
  if (verb === 'confirm') {
    const { until: _until, ...kept } = freeze;
    return {
      ok: true,
      fact: freezeFact,
      value: JSON.stringify(kept),
      text: `${name} confirmed the freeze of ${freeze.by.name}. It lasts until another remediator ends it.`,
    };
  }
  if (freeze.by.id === id)
    return { ok: false, reason: 'own-request', message: 'Another remediator has to end your freeze, or npm run thaw on the host.' };
  return { ok: true, fact: freezeFact, value: '', text: `${name} ended the freeze of ${freeze.by.name}.` };
}

/** By whoever is on the host. */
export async function thaw({ clock, store }: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  await store.transact(async (tx) => {
    await tx.lock(['log']);
    const now = clock.now();
    await tx.note(freezeFact, '', now);
    await tx.append([
      { incident: 0, at: now, kind: 'response', reply: 'none', body: { what: 'freeze', text: 'The freeze was ended on the host (npm run thaw).' } },
    ]);
  });
}
