/** What is pressed on a request in the thread. Approve opens the facts, read afresh; Run is the requester's, and shows what came of it. */
import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import { asAppError } from '../domain/error.ts';
import { notRequester } from '../domain/response/request.ts';
import { give } from '../features/give-response.ts';
import { prepare } from '../features/prepare-response.ts';
import { recordRefusal } from '../features/record-refusal.ts';
import { askedIn, decide, type Verb, verbLabels } from '../features/requests.ts';
import { missing, refusal } from '../features/respond.ts';
import { type Click, type ClickArgs, clickerOf, clickOf, failedWords, type SlackContext } from './click.ts';
import { approveForm } from './forms.ts';
import { requestActions } from './request-reply.ts';
import { type SubmitArgs, shownOf } from './submits.ts';
import { numbersIn, saying, stateOf } from './view.ts';

interface Pressed {
  readonly click: Click;
  readonly seq: number;
  readonly client: SubmitArgs['client'];
}

export function registerRequests(app: App, context: SlackContext): void {
  for (const id of requestActions) {
    app.action<BlockAction<ButtonAction>>(id, async (args) => {
      await args.ack();
      const [incident = 0, seq = 0] = numbersIn(args.payload.value ?? '');
      const click = clickOf(args as ClickArgs, incident);
      const pressed = { click, seq, client: args.client };
      const said = await pressedOn(context, id, pressed).catch((thrown: unknown) => {
        const error = asAppError(thrown);
        if (error.code === 'expired') {
          context.ports.log.info({ incident, seq, button: id, reason: error.reason }, 'click came too late');
          return error.message;
        }
        context.ports.log.error({ incident, seq, button: id, err: error }, 'click on a request failed');
        return failedWords(error);
      });
      if (said !== undefined) await click.tell(said).catch(() => undefined);
    });
  }
  app.view<ViewSubmitAction>('approve', (args) => approved(context, args));
}

async function pressedOn(context: SlackContext, id: (typeof requestActions)[number], pressed: Pressed): Promise<string | undefined> {
  if (id === 'approve') return openFacts(context, pressed);
  return id === 'run' ? runRequest(context, pressed) : decided(context, pressed, id);
}

async function decided(context: SlackContext, { click, seq }: Pressed, verb: Verb): Promise<string | undefined> {
  const answer = await decide(context, click.clicker, { incident: click.incident, seq, verb });
  return answer.ok ? undefined : answer.message;
}

async function openFacts(context: SlackContext, pressed: Pressed): Promise<string | undefined> {
  const { click, seq } = pressed;
  const { incident } = click;
  const refused = await refusal(context.ports, click.clicker, { needs: 'remediator', label: verbLabels.approve, incident });
  if (refused) return refused.message;
  const request = await context.ports.store.request(incident, seq);
  const asked = request && askedIn(context, request);
  if (request === undefined || asked === undefined) return missing(incident).message;
  // Nobody approves their own: said at the click, and not after all of it was read.
  if (request.by.id === click.clicker.id) return decided(context, pressed, 'approve');
  const title = `Approve · ${asked.response.label}`;
  const id = await click.open(saying(title, { i: incident }, 'Asking AWS…'));
  try {
    const answer = await prepare(context, { ...asked, clicker: click.clicker });
    const view = answer.ok ? approveForm(answer.prepared, request, asked.response) : saying(title, { i: incident }, answer.message);
    await click.show(id, view);
  } catch (thrown) {
    await click.show(id, saying(title, { i: incident }, asAppError(thrown).message));
  }
  return undefined;
}

async function approved(context: SlackContext, { ack, body, view }: SubmitArgs): Promise<void> {
  const { i, seq = 0, facts = {} } = stateOf(view);
  const answer = await decide(context, clickerOf(body), { incident: i, seq, verb: 'approve', facts });
  await ack(answer.ok ? { response_action: 'clear' } : { response_action: 'update', view: saying('Not approved', { i }, answer.message) });
}

async function runRequest(context: SlackContext, { click, seq, client }: Pressed): Promise<string | undefined> {
  const { incident, clicker } = click;
  const request = await context.ports.store.request(incident, seq);
  const asked = request && askedIn(context, request);
  if (request === undefined || asked === undefined) return missing(incident).message;
  if (clicker.id !== request.by.id) {
    const refused = notRequester(request);
    await recordRefusal(context.ports, { by: clicker, incident, label: 'Run' }, refused);
    return refused.message;
  }
  const title = asked.response.button.label;
  const view_id = await click.open(saying(title, { i: incident }, 'Asking AWS… Keep this open: what is shown once is shown nowhere else.'));
  const { facts, answers, why, seen } = request;
  const given = await give(context, { ...asked, clicker }, { facts, answers, why, seen, request: seq });
  const again = given.is === 'asked-again' ? saying(title, { i: incident }, ...changedWords(given)) : undefined;
  const view = again ?? (await shownOf(context, given, { client, view_id, asked, answers }));
  if (view) await click.show(view_id, view);
  return undefined;
}

function changedWords({ changed, problems }: { changed: readonly string[]; problems: Readonly<Record<string, string>> }): string[] {
  const said = [...changed, ...Object.values(problems)];
  return [
    ...(said.length > 0 ? said : ['Somebody did the same meanwhile. Nothing was done.']),
    'The approval holds for what was confirmed only: ask again.',
  ];
}
