/** From a button to the form or the facts, the same way for every response. What is submitted goes on in submits.ts. */
import type { App, ViewSubmitAction } from '@slack/bolt';
import type { View } from '@slack/types';
import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { asText } from '../domain/json.ts';
import type { Ports } from '../domain/ports.ts';
import { byHand } from '../domain/response/by-hand.ts';
import { entryChosen } from '../domain/response/entry-choice.ts';
import type { Answer } from '../domain/response/refusal.ts';
import { changesAws, type Response } from '../domain/response/response.ts';
import { kindsIn, type Target, targetOf, theTargetOf } from '../domain/response/target.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { give } from '../features/give-response.ts';
import { type Asked, type Planned, prepare } from '../features/prepare-response.ts';
import { recorded } from '../features/record-refusal.ts';
import { closedAlready, mayNot, missing } from '../features/respond.ts';
import { campaignOf, transition } from '../features/transition.ts';
import { formOf, plannedOf } from './buttons.ts';
import { registerCheck } from './check-listeners.ts';
import { chooseForm } from './choose-form.ts';
import { type Click, clickerOf, type SlackContext } from './click.ts';
import { outcomeView, stepForm, subjectChoice } from './forms.ts';
import { toChoose } from './more-view.ts';
import { askAction } from './owner-question.ts';
import { registerRequests } from './requests.ts';
import { shownIn } from './shown-in.ts';
import { type SubmitArgs, submitted } from './submits.ts';
import { answersIn, anythingBut, olderWindow, saying, stateOf } from './view.ts';

/** Callback ids of all modals that have a submit button. */
export const submittedViews = ['choose-user', 'respond', 'approve', askAction] as const;

/** Whether it is all done in one transaction, before Slack is answered. */
export function isDoneAtOnce(response: Response | undefined): boolean {
  return response?.kind === 'step' && response.form === undefined;
}

/** @returns what the clicker is told, if anything */
export async function startResponse(context: SlackContext, click: Click, response: Response): Promise<string | undefined> {
  const { ports } = context;
  if (response.kind === 'step' && response.form === undefined) {
    const answer = await transition(ports, click.clicker, { response, incident: click.incident, answers: {} });
    return answer.ok ? undefined : answer.message;
  }
  const opening = await recorded(
    ports,
    { by: click.clicker, incident: click.incident, label: response.button.label },
    openingOf(ports, click, response),
  );
  if (!opening.ok) return opening.message;
  const { incident } = opening;
  if (response.kind === 'step') {
    await click.open(stepForm(incident, response, { campaign: await campaignOf(ports, incident), accounts: ports.settings.accounts }));
    return undefined;
  }
  const target = targetOfClick(click, incident, response);
  if (target === 'gone') return goneText;
  if (target === undefined) {
    await click.open(chooseForm(incident, response, { reach: ports.settings }));
    return undefined;
  }
  const id = await click.open(asking(response, incident.id));
  // A modal that was closed meanwhile is no fault: what was done is in the thread.
  await click.show(id, await nextView(context, { clicker: click.clicker, incident: incident.id, response, target }));
  return undefined;
}

const goneText = 'This user is no longer among the newest of the incident. Choose again.';

/** Whom it is about, where the button says so or the incident leaves no choice; undefined: one is to be chosen. */
function targetOfClick({ about }: Click, incident: Incident, response: Planned): Target | 'gone' | undefined {
  if (about === undefined) return theTargetOf(incident, response.target);
  if (about === toChoose) return undefined;
  // Of an entry a button in the thread names which.
  if (kindsIn(response.target).includes('entry')) return entryChosen(about) ?? 'gone';
  const subject = incident.subjects.find((one) => subjectChoice(one) === about);
  return (subject && targetOf(subject, response.target)) ?? 'gone';
}

/** Whether its form opens. */
async function openingOf(ports: Ports, { clicker, incident: id }: Click, { needs, button }: Response): Promise<Answer<{ incident: Incident }>> {
  const refused = mayNot(ports, clicker, { needs, label: button.label });
  if (refused) return refused;
  const incident = await ports.store.incident(id);
  if (incident === undefined) return missing(id);
  return closedAlready(incident, ports.clock.now()) ?? { ok: true, incident };
}

function asking({ button, target }: Response, incident: number): View {
  return saying(button.label, { i: incident }, target === 'alarm' ? 'Asking CloudWatch for the alarm’s state…' : 'Asking AWS…');
}

/** What follows once the target is known: what to confirm, or of what only reads, the facts. Never throws. */
async function nextView(context: SlackContext, asked: Asked): Promise<View> {
  const { response, incident } = asked;
  try {
    if (!changesAws(response)) return await readAtOnce(context, asked);
    const answer = await prepare(context, asked);
    return answer.ok ? formOf(context, asked, { prepared: answer.prepared }) : saying(response.button.label, { i: incident }, answer.message);
  } catch (thrown) {
    const error = asAppError(thrown);
    context.ports.log.warn({ incident, response: response.id, err: error }, 'target could not be read');
    return error.code === 'not-found' ? chooseAgain(context, asked, error.message) : saying(response.button.label, { i: incident }, error.message);
  }
}

async function readAtOnce(context: SlackContext, asked: Asked): Promise<View> {
  const { response, incident } = asked;
  const given = await give(context, asked, { facts: {}, answers: {}, why: '', seen: Number.MAX_SAFE_INTEGER });
  if (given.is === 'asked-again') return formOf(context, asked, given);
  if (given.is === 'refused') return saying(response.button.label, { i: incident }, given.refused.message);
  if (given.is === 'requested') return saying(response.button.label, { i: incident }, given.text);
  const ended = await given.finish(async () => 'refused');
  return ended.code === 'not-found' ? chooseAgain(context, asked, ended.text) : outcomeView(response, incident, ended);
}

/** A name that does not exist is most often a slip: ask again. */
async function chooseAgain({ ports }: SlackContext, { response, incident: id }: Asked, problem: string): Promise<View> {
  const incident = await ports.store.incident(id);
  return incident ? chooseForm(incident, response, { reach: ports.settings, problem }) : saying(response.button.label, { i: id }, problem);
}

export function registerResponses(app: App, context: SlackContext): void {
  app.view<ViewSubmitAction>('choose-user', (args) => chosen(context, args));
  app.view<ViewSubmitAction>('respond', (args) => submitted(context, args));
  registerRequests(app, context);
  registerCheck(app, context);
  // One of an older version, left open over a deployment.
  app.view<ViewSubmitAction>(anythingBut(submittedViews), async ({ ack, view }) => {
    await ack({ response_action: 'update', view: olderWindow(stateOf(view).i) });
  });
}

async function chosen(context: SlackContext, { ack, body, view, client }: SubmitArgs): Promise<void> {
  const state = stateOf(view);
  const response = plannedOf(context, state.b);
  if (response === undefined) return ack({ response_action: 'update', view: olderWindow(state.i) });
  const [listed, user = '', account] = ['subject', 'user', 'account'].map((id) => asText(answersIn(view)[id]));
  const incident = await context.ports.store.incident(state.i);
  const entry = kindsIn(response.target).includes('entry') ? entryChosen(listed ?? '') : undefined;
  if (entry !== undefined) return shownTarget(context, { ack, body, view, client }, { response, target: entry });
  // A list from which somebody was chosen cannot be emptied in every client.
  if (listed && user.trim() !== '')
    return ack({
      response_action: 'errors',
      errors: { user: 'Somebody is chosen in the list too. Empty this, or begin again and choose nobody there.' },
    });
  const subject = listed ? incident?.subjects.find((one) => subjectChoice(one) === listed) : undefined;
  if (listed && subject === undefined) return ack({ response_action: 'errors', errors: { subject: goneText } });
  const target = subject ? targetOf(subject, response.target) : typed(user.trim(), account || (incident?.account ?? ''));
  if (subject && target === undefined) return ack({ response_action: 'update', view: cannot(state.i, subject, incident?.region ?? '') });
  if (target === undefined) return ack({ response_action: 'errors', errors: { user: 'Choose somebody, or type the name of an IAM user.' } });
  await shownTarget(context, { ack, body, view, client }, { response, target });
}

type Chosen = Pick<SubmitArgs, 'ack' | 'body' | 'view' | 'client'>;

async function shownTarget(
  context: SlackContext,
  { ack, body, view, client }: Chosen,
  { response, target }: Pick<Asked, 'response' | 'target'>,
): Promise<void> {
  const { i } = stateOf(view);
  await ack({ response_action: 'update', view: asking(response, i) });
  const asked = { clicker: clickerOf(body), incident: i, response, target };
  await shownIn(client, { view_id: view.id }, await nextView(context, asked));
}

function typed(name: string, account: string): Target | undefined {
  return name === '' ? undefined : { kind: 'iam-user', account, name };
}

/** Root, roles, federated and Identity Center users have nothing in IAM that could be read or reset. */
function cannot(incident: number, subject: Subject, region: string): View {
  const { who, why, steps, link } = byHand[subject.kind];
  const { label, url } = link(region);
  const numbered = steps.map((step, index) => `${index + 1}. ${step}`);
  return saying(who, { i: incident }, why, ...numbered, ...(url === undefined ? [] : [`${label}: ${url}`]));
}
