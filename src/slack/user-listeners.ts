/** From choosing a user to the outcome: look up MFA, reset password, reset MFA. */
import type { App, ViewSubmitAction } from '@slack/bolt';
import type { View } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { byHand } from '../domain/response/by-hand.ts';
import type { UserRef } from '../domain/response/iam-user.ts';
import { type ResponseId, responses, theIamUserOf } from '../domain/response/responses.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { lookUpMfa } from '../features/look-up-mfa.ts';
import { type Identified, lastDeviceText, planMfaReset, resetMfa } from '../features/reset-mfa.ts';
import { type PasswordMode, planPasswordReset, resetPassword, type ShowResult } from '../features/reset-password.ts';
import { type Clicker, closedAlready, missing, refusalOf } from '../features/respond.ts';
import { type Click, clickerOf, type SlackContext } from './click.ts';
import { shownIn } from './shown-in.ts';
import { chooseUserModal, factsModal, mfaResetModal, outcomeModal, passwordModal, passwordShownModal, subjectChoice } from './user-modals.ts';
import { saying, stateOf, type ViewState, valuesOf } from './view.ts';

type UserResponse = Extract<ResponseId, 'look-up-mfa' | 'reset-password' | 'reset-mfa'>;
type SubmitArgs = Parameters<Parameters<typeof App.prototype.view<ViewSubmitAction>>[1]>[0];

/** The card names the one IAM user there is; else one is chosen first. */
export async function startUserResponse(context: SlackContext, click: Click, response: UserResponse): Promise<string | undefined> {
  const refused = await refusalOf(context.ports, click.clicker, response, click.incident);
  if (refused) return refused.message;
  const incident = await context.ports.store.incident(click.incident);
  if (incident === undefined) return missing(click.incident).message;
  const closed = closedAlready(incident, context.ports.clock.now());
  if (closed) return closed.message;
  const user = theIamUserOf(incident);
  if (user?.name === undefined) {
    await click.open(chooseUserModal(incident, response, context.ports.settings));
    return undefined;
  }
  const id = await click.open(looking(response, incident.id));
  // A modal that was closed meanwhile is no fault: what was done is in the thread.
  await click.show(id, await nextView(context, click.clicker, incident.id, response, { account: user.account, name: user.name }));
  return undefined;
}

function looking(response: ResponseId, incident: number): View {
  return saying(responses[response].label, { i: incident }, 'Asking AWS…');
}

/** What follows once the user is known: the facts, or what to confirm. Never throws. */
async function nextView(context: SlackContext, clicker: Clicker, incident: number, response: UserResponse, ref: UserRef): Promise<View> {
  const { ports, accounts } = context;
  const title = responses[response].label;
  try {
    const now = ports.clock.now();
    if (response === 'look-up-mfa') {
      const begun = await lookUpMfa(ports, clicker, incident, ref);
      if (!begun.ok) return saying(title, { i: incident }, begun.message);
      const found = await begun.finish();
      if ('facts' in found) return factsModal(found.facts, found.incident, accounts, now);
      return found.ended.code === 'not-found'
        ? await chooseAgain(context, incident, response, found.ended.text)
        : saying(title, { i: incident }, found.ended.text);
    }
    const answer =
      response === 'reset-password' ? await planPasswordReset(ports, clicker, incident, ref) : await planMfaReset(ports, clicker, incident, ref);
    if (!answer.ok) return saying(title, { i: incident }, answer.message);
    return 'warnings' in answer.plan
      ? passwordModal(answer.plan, accounts, now)
      : mfaResetModal(answer.plan as Parameters<typeof mfaResetModal>[0], accounts, now);
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn({ incident, response, err: error }, 'user could not be read');
    return error.code === 'not-found'
      ? chooseAgain(context, incident, response, error.message)
      : saying(title, { i: incident }, asAppError(thrown).message);
  }
}

/** A name that does not exist is most often a slip: ask again. */
async function chooseAgain(context: SlackContext, id: number, response: UserResponse, problem: string): Promise<View> {
  const incident = await context.ports.store.incident(id);
  return incident ? chooseUserModal(incident, response, context.ports.settings, problem) : saying(responses[response].label, { i: id }, problem);
}

export function registerUserViews(app: App, context: SlackContext): void {
  app.view<ViewSubmitAction>('choose-user', (args) => chosen(context, args));
  app.view<ViewSubmitAction>('reset-password', (args) => passwordSubmitted(context, args));
  app.view<ViewSubmitAction>('reset-mfa', (args) => mfaSubmitted(context, args));
}

async function chosen(context: SlackContext, { ack, body, view, client }: SubmitArgs): Promise<void> {
  const state = stateOf(view);
  const response = state.r as UserResponse;
  const values = valuesOf(view);
  const incident = await context.ports.store.incident(state.i);
  const listed = values.chosen('subject');
  const subject = listed === undefined ? undefined : incident?.subjects.find((one) => subjectChoice(one) === listed);
  if (listed !== undefined && subject === undefined)
    return ack({ response_action: 'errors', errors: { subject: 'This user is no longer among the newest of the incident. Type the name below.' } });
  const name = subject?.name ?? values.text('user');
  const account = subject?.account ?? values.chosen('account') ?? incident?.account ?? '';
  if (subject && subject.kind !== 'iam-user') return ack({ response_action: 'update', view: cannot(state.i, subject, incident?.region ?? '') });
  if (name === '') return ack({ response_action: 'errors', errors: { user: 'Choose somebody, or type the name of an IAM user.' } });
  await ack({ response_action: 'update', view: looking(response, state.i) });
  await shownIn(client, { view_id: view.id }, await nextView(context, clickerOf(body), state.i, response, { account, name }));
}

/** Root, roles, federated and Identity Center users have nothing in IAM that could be read or reset. */
function cannot(incident: number, subject: Subject, region: string): View {
  const { who, why, steps, link } = byHand[subject.kind];
  const { label, url } = link(region);
  return saying(
    who,
    { i: incident },
    why,
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    ...(url === undefined ? [] : [`${label}: ${url}`]),
  );
}

function isTypedWrong(values: ReturnType<typeof valuesOf>, state: ViewState, incident: Incident | undefined): boolean {
  const isIn = incident?.subjects.some((one) => one.kind === 'iam-user' && one.name === state.user && one.account === state.account) ?? false;
  return (!isIn || state.typed === true) && values.text('user-again') !== state.user;
}

const wrongName = { response_action: 'errors' as const, errors: { 'user-again': 'This is not the name above. Type it exactly.' } };

export const noReason = { response_action: 'errors' as const, errors: { why: 'Say why: it is part of the record.' } };

async function passwordSubmitted(context: SlackContext, { ack, body, view, client }: SubmitArgs): Promise<void> {
  const { ports } = context;
  const state = stateOf(view);
  const values = valuesOf(view);
  if (isTypedWrong(values, state, await ports.store.incident(state.i))) return ack(wrongName);
  if (values.text('why') === '') return ack(noReason);
  const title = responses['reset-password'].label;
  const ref = { account: state.account ?? '', name: state.user ?? '' };
  await ack({ response_action: 'update', view: saying(title, { i: state.i }, 'Asking AWS… Keep this open: closed, nothing can be shown here.') });
  const request = {
    incident: state.i,
    ref,
    mode: (values.chosen('mode') ?? 'lock-out') as PasswordMode,
    why: values.text('why'),
    seen: state.seen ?? 0,
  };
  await inView(context, client, view.id, title, state.i, async () => {
    const answer = await resetPassword(ports, clickerOf(body), request);
    if (!answer.ok)
      // Somebody did the same since the modal was drawn: it is drawn anew, with that on it, and asks again.
      return answer.reason === 'done-meanwhile'
        ? nextView(context, clickerOf(body), state.i, 'reset-password', ref)
        : saying(title, { i: state.i }, answer.message);
    let result: ShowResult = 'closed';
    const done = await answer.finish(async (password, commands) => {
      result = await shownIn(client, { view_id: view.id }, passwordShownModal(state.i, ref.name, password, commands));
      return result;
    });
    const mayHold = (result as ShowResult) === 'shown' || (result as ShowResult) === 'unsure';
    return mayHold ? undefined : outcomeModal(title, state.i, [done.ended.text], 'commands' in done ? done.commands : []);
  });
}

/** Known before AWS is asked, so the form stays as it was filled in. The feature checks it again. */
async function removesLastUnidentified({ ports }: SlackContext, state: ViewState, values: ReturnType<typeof valuesOf>): Promise<boolean> {
  const incident = await ports.store.incident(state.i);
  const wasReset = incident?.passwordsReset.includes(`${state.account}/${state.user}`) ?? false;
  return !wasReset && values.chosen('identified') === undefined && values.several('devices').length === state.devices?.length;
}

async function mfaSubmitted(context: SlackContext, { ack, body, view, client }: SubmitArgs): Promise<void> {
  const { ports } = context;
  const state = stateOf(view);
  const values = valuesOf(view);
  if (isTypedWrong(values, state, await ports.store.incident(state.i))) return ack(wrongName);
  if (values.text('why') === '') return ack(noReason);
  if (await removesLastUnidentified(context, state, values))
    return ack({ response_action: 'errors', errors: { identified: lastDeviceText(state.user ?? '') } });
  const title = responses['reset-mfa'].label;
  const ref = { account: state.account ?? '', name: state.user ?? '' };
  await ack({ response_action: 'update', view: saying(title, { i: state.i }, 'Asking AWS…') });
  const request = {
    incident: state.i,
    ref,
    shown: state.devices ?? [],
    chosen: values.several('devices'),
    identified: values.chosen('identified') as Identified | undefined,
    why: values.text('why'),
    seen: state.seen ?? 0,
  };
  await inView(context, client, view.id, title, state.i, async () => {
    const answer = await resetMfa(ports, clickerOf(body), request);
    if (!answer.ok)
      return answer.reason === 'done-meanwhile'
        ? nextView(context, clickerOf(body), state.i, 'reset-mfa', ref)
        : saying(title, { i: state.i }, answer.message);
    const ended = await answer.finish();
    return outcomeModal(title, state.i, [ended.text, ...(ended.details ?? [])]);
  });
}

/** Shows what `work` returns in the view; a closed view is no fault, for the outcome is in the thread too. */
export async function inView(
  context: SlackContext,
  client: WebClient,
  view_id: string,
  title: string,
  incident: number,
  work: () => Promise<View | undefined>,
): Promise<void> {
  let view: View | undefined;
  try {
    view = await work();
  } catch (thrown) {
    context.ports.log.error({ incident, err: asAppError(thrown) }, 'response failed before it began');
    view = saying(title, { i: incident }, asAppError(thrown).message);
  }
  if (view) await shownIn(client, { view_id }, view);
}
