/** /signin-status and the App Home tab. */
import type { App } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { asAppError } from '../domain/error.ts';
import type { Message } from '../domain/ports.ts';
import {
  isNamed,
  readWatchedAlarms,
  reportAlarm,
  reportCoverage,
  reportIncident,
  reportStatus,
  type Status,
  type WatchedAlarms,
} from '../features/report-status.ts';
import { refusal } from '../features/respond.ts';
import { commanderOf, type SlackContext } from './click.ts';
import { slackError } from './errors.ts';
import { homeFrom } from './organisation.ts';
import { drawCoverage, drawHelp, drawIncidentStatus, drawNotUnderstood, drawStatus, homeView, mostRead, type StatusOptions } from './status.ts';
import { askedFor, namesIn } from './status-words.ts';
import { spoken } from './text.ts';
import { privately } from './view.ts';

export const commandName = '/signin-status';
/** Slack wants an answer within 3 s; what AWS has not said by then follows. */
const awsPatienceMs = 1_200;

export function registerCommand(app: App, context: SlackContext): void {
  registerStatus(app, context);
  registerHome(app, context);
}

function registerStatus(app: App, context: SlackContext): void {
  const { ports } = context;
  app.command(commandName, async ({ ack, command, respond }) => {
    const clicker = commanderOf(command);
    const refused = await refusal(ports, clicker, { needs: 'responder', label: commandName, incident: 0 });
    if (refused) return ack(privately(refused.message));
    let isAnswered = false;
    const say: Say = async (message) => {
      const quiet = privately(message.text);
      const body = message.blocks.length > 0 ? { ...quiet, ...aloud(quiet.text, message) } : quiet;
      await (isAnswered ? respond(body) : ack(body));
      isAnswered = true;
    };
    try {
      await answer(context, command.text ?? '', say);
    } catch (thrown) {
      const error = asAppError(thrown);
      ports.log.error({ err: error }, 'status failed');
      await (isAnswered ? respond(privately(error.message)) : ack(privately(error.message)));
    }
  });
}

function registerHome(app: App, context: SlackContext): void {
  const { ports } = context;
  app.event('app_home_opened', async ({ event, client, body }) => {
    if (event.tab !== 'home') return;
    const visitor = { id: event.user, name: event.user, home: homeFrom(body.team_id, body.enterprise_id) };
    const refused = await refusal(ports, visitor, { needs: 'responder', label: 'App Home', incident: 0 });
    const publish = async (message: Message): Promise<void> => {
      await client.views.publish({ user_id: event.user, view: homeView(message) }).catch((thrown: unknown) => {
        const { reason, message: why } = slackError(thrown, 'views.publish');
        ports.log.warn({ user: event.user, reason, why }, 'App Home not shown');
      });
    };
    if (refused) {
      await publish({ text: '', blocks: privately(refused.message).blocks });
      return;
    }
    // First what the database says, then what CloudWatch says: it may take its time.
    const status = await reportStatus(ports);
    await publish(drawStatus(status, undefined, optionsOf(context)));
    await publish(drawStatus(status, await readWatchedAlarms(ports), optionsOf(context)));
  });
}

function aloud(text: string, { blocks }: Message): { text: string; blocks: KnownBlock[] } {
  return { text: spoken({ text, blocks }).text, blocks: [...blocks] as KnownBlock[] };
}

function optionsOf({ ports, accounts, permalink }: SlackContext): StatusOptions {
  return { accounts, permalink, refusals: ports.metrics.counted('refusals') };
}

/** At once, and once more: Slack puts the second beside the first (slackapi/bolt-python#1268). */
type Say = (message: Message) => Promise<void>;

async function answer(context: SlackContext, text: string, say: Say): Promise<void> {
  const { ports } = context;
  const alarms = await ports.store.alarmsNamed(namesIn(text));
  const asked = askedFor(
    text,
    alarms.map(({ name }) => name),
  );
  if (asked.what === 'help') return say(drawHelp());
  if (asked.what === 'coverage') return sayCoverage(context, say);
  if (asked.what === 'incident') return say(await incidentMessage(context, asked.number));
  const status = asked.what === 'alarm' ? await reportAlarm(ports, asked.name, alarms) : await reportStatus(ports);
  const reading = readWatchedAlarms(ports);
  const draw = (watched: WatchedAlarms | undefined, isRest: boolean): Message => {
    const options = { ...optionsOf(context), isRest };
    return asked.what === 'alarm' ? alarmMessage({ ...options, alarm: asked.name }, status, watched) : drawStatus(status, watched, options);
  };
  const quick = await soon(reading);
  await say(draw(quick, false));
  if (quick === undefined) await say(draw(await reading, true));
}

async function sayCoverage({ ports }: SlackContext, say: Say): Promise<void> {
  const reading = reportCoverage(ports).then(drawCoverage);
  const quick = await soon(reading);
  await say(quick ?? { text: 'Asking AWS which detections are watched, the answer follows.', blocks: [] });
  if (quick === undefined) await say(await reading);
}

/** What comes in time for Slack; undefined when it does not. */
function soon<T>(reading: Promise<T>): Promise<T | undefined> {
  return Promise.race([reading, new Promise<undefined>((resolve) => setTimeout(resolve, awsPatienceMs, undefined))]);
}

async function incidentMessage(context: SlackContext, number: number): Promise<Message> {
  const report = await reportIncident(context.ports, number, mostRead);
  if (report === undefined) return { text: `SIN-${number} does not exist. ${commandName} lists the open incidents.`, blocks: [] };
  return drawIncidentStatus(report, optionsOf(context));
}

function alarmMessage(options: StatusOptions & { readonly alarm: string }, status: Status, watched: WatchedAlarms | undefined): Message {
  const name = options.alarm;
  const alarms = watched && { ...watched, alarms: watched.alarms.filter((alarm) => isNamed(alarm, name)) };
  const isKnown = status.incidents.length > 0 || status.remembered.length > 0;
  if (!isKnown && alarms === undefined) return { text: `Asking CloudWatch for an alarm named “${name}”, its answer follows.`, blocks: [] };
  if (!isKnown && alarms?.alarms.length === 0) return drawNotUnderstood(name, alarms.faults);
  return drawStatus(status, alarms, options);
}
