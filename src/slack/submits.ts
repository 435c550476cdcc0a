/** Submitted modals about the incident itself and its alarm. */
import type { App, ViewSubmitAction } from '@slack/bolt';
import { type Verdict, verdicts } from '../domain/incident/resolution.ts';
import { responses } from '../domain/response/responses.ts';
import { recordStep } from '../features/record-step.ts';
import { planAlarmReset, resetAlarm } from '../features/reset-alarm.ts';
import { resolve } from '../features/resolve.ts';
import { clickerOf, type SlackContext } from './click.ts';
import { alarmResetModal } from './modals.ts';
import { inView, noReason } from './user-listeners.ts';
import { outcomeModal } from './user-modals.ts';
import { anythingBut, hasInput, saying, stateOf, valuesOf } from './view.ts';

/** Callback ids of all modals that have a submit button. */
export const submittedViews = ['resolve', 'record-step', 'reset-alarm', 'choose-user', 'reset-password', 'reset-mfa'] as const;

export function registerSubmits(app: App, context: SlackContext): void {
  const { ports } = context;

  app.view<ViewSubmitAction>('resolve', async ({ ack, body, view }) => {
    const { i } = stateOf(view);
    const values = valuesOf(view);
    const verdict = verdicts.find((one) => one === values.chosen('verdict')) as Verdict | undefined;
    if (verdict === undefined) return ack({ response_action: 'errors', errors: { verdict: 'Choose what it was.' } });
    const [first, ...others] = hasInput(view, 'incidents') ? values.several('incidents').map(Number) : [i];
    if (first === undefined) return ack({ response_action: 'errors', errors: { incidents: 'Choose one at least.' } });
    const answer = await resolve(ports, clickerOf(body), [first, ...others], { verdict, note: values.text('note') });
    await ack(answer.ok ? { response_action: 'clear' } : { response_action: 'update', view: saying('Not resolved', { i }, answer.message) });
  });

  app.view<ViewSubmitAction>('record-step', async ({ ack, body, view }) => {
    const { i } = stateOf(view);
    const values = valuesOf(view);
    if (values.text('what') === '') return ack({ response_action: 'errors', errors: { what: 'Say what was done.' } });
    const answer = await recordStep(ports, clickerOf(body), i, {
      what: values.text('what'),
      on: values.text('on'),
      settles: values.several('settles'),
    });
    await ack(answer.ok ? { response_action: 'clear' } : { response_action: 'update', view: saying('Not recorded', { i }, answer.message) });
  });

  app.view<ViewSubmitAction>('reset-alarm', async ({ ack, body, view, client }) => {
    const { i, seen, alarm } = stateOf(view);
    if (valuesOf(view).text('why') === '') return ack(noReason);
    const title = responses['reset-alarm'].label;
    const answer = await resetAlarm(ports, clickerOf(body), { incident: i, alarm, why: valuesOf(view).text('why'), seen: seen ?? 0 });
    if (!answer.ok && answer.reason !== 'done-meanwhile') return ack({ response_action: 'update', view: saying(title, { i }, answer.message) });
    // The intent is committed: it is carried out also where Slack no longer takes the answer.
    await ack({ response_action: 'update', view: saying(title, { i }, 'Asking AWS…') }).catch(() => undefined);
    await inView(context, client, view.id, title, i, async () => {
      if (answer.ok) {
        const ended = await answer.finish();
        return outcomeModal(title, i, [ended.text]);
      }
      const plan = await planAlarmReset(ports, clickerOf(body), i);
      return plan.ok ? alarmResetModal(plan.plan) : saying(title, { i }, plan.message);
    });
  });

  // One of an older version, left open over a deployment.
  app.view(anythingBut(submittedViews), async ({ ack }) => {
    await ack({ response_action: 'clear' });
  });
}
