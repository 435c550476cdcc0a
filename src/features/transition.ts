/** Responses that change incidents only: one transaction, one entry each. */
import { isOfMore, mayBeLeft } from '../domain/incident/campaign.ts';
import { type Incident, nameOf, type Person, type Step } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { type Answers, type Problems, problemsIn } from '../domain/response/question.ts';
import type { Answer } from '../domain/response/refusal.ts';
import type { StepResponse } from '../domain/response/response.ts';
import type { Tx } from '../domain/store.ts';
import { readUsersAgain } from './read-users-again.ts';
import { recorded } from './record-refusal.ts';
import { type Clicker, mayNot, missing } from './respond.ts';

export interface AskedStep {
  readonly response: StepResponse;
  readonly incident: number;
  readonly answers: Answers;
  /** Id of the window that was submitted: Slack keeps it open where the answer comes too late, and it is submitted again. Undefined: there was none. */
  readonly form?: string;
}

/** A window stays open for minutes. */
const mostForms = 20;

/** The other incidents of a campaign that are not resolved. */
export async function campaignOf({ store }: Pick<Ports, 'store'>, { campaign }: Pick<Incident, 'campaign'>): Promise<Incident[]> {
  const others = await store.incidents(campaign.incidents);
  return others.filter(({ status }) => status === 'open' || status === 'acknowledged');
}

/** What is wrong with the answers of a form. One that was not on it, for it is of what came since, is not asked for. */
export async function problemsOfStep(ports: Pick<Ports, 'store' | 'settings'>, { response, incident: id, answers }: AskedStep): Promise<Problems> {
  const incident = await ports.store.incident(id);
  if (incident === undefined || response.form === undefined) return {};
  const { questions } = response.form(incident, { campaign: await campaignOf(ports, incident), accounts: ports.settings.accounts });
  return problemsIn(
    questions.filter((question) => Object.hasOwn(answers, question.id)),
    answers,
  );
}

/** A refusal is recorded. */
export function transition(ports: Ports, clicker: Clicker, asked: AskedStep): Promise<Answer<{ text: string }>> {
  const what = { by: clicker, incident: asked.incident, label: asked.response.button.label };
  return recorded(ports, what, step(ports, clicker, asked));
}

async function step(ports: Ports, clicker: Clicker, asked: AskedStep): Promise<Answer<{ text: string }>> {
  const { incident, response, answers } = asked;
  const refused = mayNot(ports, clicker, { needs: response.needs, label: response.button.label });
  if (refused) return refused;
  const here = await ports.store.incident(incident);
  if (here === undefined) return missing(incident);
  const campaign = await campaignOf(ports, here);
  const [about, ...others] = response.concerns?.(here, campaign, answers) ?? [incident];
  const concerned = [here, ...campaign].filter(({ id }) => id === about || others.includes(id));
  const done = await ports.store.transact(async (tx): Promise<Step | 'taken' | undefined> => {
    await tx.lock(concerned.map(({ key }) => key));
    const take = { by: { id: clicker.id, name: clicker.name }, now: ports.clock.now(), about, asked };
    const taken = asked.form === undefined ? undefined : (await tx.incident(about))?.formsTaken;
    if (asked.form !== undefined && taken?.includes(asked.form)) return 'taken';
    const first = await stepOn(tx, about, take);
    if (first?.ok === true) for (const id of others) await stepOn(tx, id, take);
    return first;
  });
  if (done === undefined) return missing(about);
  if (done === 'taken') return { ok: true, text: 'It was done when this form was sent before.' };
  ports.wake();
  ports.metrics.count('responses', done.ok ? response.id : 'answered-already-done');
  return done.ok ? { ok: true, text: done.text } : done;
}

interface Take {
  readonly by: Person;
  readonly now: number;
  /** The incident whose answer it is. */
  readonly about: number;
  readonly asked: AskedStep;
}

async function stepOn(tx: Tx, id: number, { by, now, about, asked: { response, answers, form } }: Take): Promise<Step | undefined> {
  const incident = await tx.incident(id);
  if (incident === undefined) return undefined;
  const next = response.step(incident, by, { now, answers, current: (await tx.newest([incident.key])).get(incident.key) });
  if (!next.ok) return next;
  const left = response.concerns !== undefined && isOfMore(incident) ? ` ${mayBeLeft}` : '';
  const text = `${next.text}${id === about ? left : ` Together with ${nameOf({ id: about })}.`}`;
  await tx.append([{ incident: id, at: now, kind: 'response', reply: 'quiet', body: { what: response.id, by, text, result: 'done' } }]);
  const after = form === undefined || id !== about ? next.incident : withForm(next.incident, form);
  await tx.save([{ incident: after, due: { person: by.id } }], now);
  await readUsersAgain(tx, incident, after, now);
  return { ...next, text };
}

function withForm(incident: Incident, form: string): Incident {
  return { ...incident, formsTaken: [...(incident.formsTaken ?? []), form].slice(-mostForms) };
}
