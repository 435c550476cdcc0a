/** /signin-status and the App Home tab. */
import type { App } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { asAppError } from '../domain/error.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import { numberIn } from '../domain/incident/incident.ts';
import type { Message } from '../domain/ports.ts';
import { readWatchedAlarms, reportCoverage, reportIncident, reportStatus, type Status, type WatchedAlarms } from '../features/report-status.ts';
import { refusal } from '../features/respond.ts';
import { clickerOf, type SlackContext } from './click.ts';
import { drawCoverage, drawHelp, drawIncidentStatus, drawStatus, homeView, type StatusOptions } from './status.ts';
import { privately } from './view.ts';

export const commandName = '/signin-status';
/** Slack wants an answer within 3 s; what AWS has not said by then follows as an update. */
const awsPatienceMs = 1_200;

export function registerCommand(app: App, context: SlackContext): void {
  const { ports } = context;

  app.command(commandName, async ({ ack, command, respond }) => {
    const clicker = clickerOf({ user: { id: command.user_id, name: command.user_name, team_id: command.team_id } });
    const refused = await refusal(ports, clicker, 'responder', commandName, 0);
    if (refused) return ack(privately(refused.message));
    try {
      await answer(context, command.text.trim(), async (message, isUpdate) => {
        const quiet = privately(message.text);
        const body = message.blocks.length > 0 ? { ...quiet, blocks: [...message.blocks] as KnownBlock[] } : quiet;
        if (isUpdate) await respond({ ...body, replace_original: true });
        else await ack(body);
      });
    } catch (thrown) {
      ports.log.error({ err: asAppError(thrown) }, 'status failed');
      await ack(privately(asAppError(thrown).message));
    }
  });

  app.event('app_home_opened', async ({ event, client, context: { teamId } }) => {
    if (event.tab !== 'home') return;
    const refused = await refusal(ports, { id: event.user, name: event.user, team: teamId ?? '' }, 'responder', 'App Home', 0);
    const publish = (message: Message) => client.views.publish({ user_id: event.user, view: homeView(message) });
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

function optionsOf({ ports, accounts, permalink }: SlackContext): StatusOptions {
  return { accounts, permalink, refusals: ports.metrics.counted('refusals') };
}

type Say = (message: Message, isUpdate: boolean) => Promise<void>;

async function answer(context: SlackContext, text: string, say: Say): Promise<void> {
  if (text === 'help') return say(drawHelp(), false);
  if (text === 'coverage') return sayCoverage(context, say);
  const number = numberIn(text);
  if (number !== undefined) return say(await incidentMessage(context, number), false);
  const status = await reportStatus(context.ports);
  const reading = readWatchedAlarms(context.ports);
  const draw = (watched: WatchedAlarms | undefined): Message =>
    text === '' ? drawStatus(status, watched, optionsOf(context)) : alarmMessage(context, text, status, watched);
  const quick = await soon(reading);
  await say(draw(quick), false);
  if (quick === undefined) await say(draw(await reading), true);
}

async function sayCoverage({ ports }: SlackContext, say: Say): Promise<void> {
  const reading = reportCoverage(ports).then(drawCoverage);
  const quick = await soon(reading);
  await say(quick ?? { text: 'Asking AWS which detections are watched; this will be updated.', blocks: [] }, false);
  if (quick === undefined) await say(await reading, true);
}

/** What comes in time for Slack; undefined when it does not. */
function soon<T>(reading: Promise<T>): Promise<T | undefined> {
  return Promise.race([reading, new Promise<undefined>((resolve) => setTimeout(resolve, awsPatienceMs, undefined))]);
}

async function incidentMessage(context: SlackContext, number: number): Promise<Message> {
  const report = await reportIncident(context.ports, number);
  if (report === undefined) return { text: `SIN-${number} does not exist. ${commandName} lists the open incidents.`, blocks: [] };
  const card = (await context.ports.store.openIncidents()).find(({ incident }) => incident.id === number)?.card;
  return drawIncidentStatus(report.incident, report.entries, card, optionsOf(context));
}

function alarmMessage(context: SlackContext, name: string, status: Status, watched: WatchedAlarms | undefined): Message {
  const wanted = name.toLowerCase();
  const incidents = status.incidents.filter(({ incident }) => alarmsOf(incident).some((alarm) => alarm.name.toLowerCase() === wanted));
  const remembered = status.remembered.filter((alarm) => alarm.name.toLowerCase() === wanted);
  const alarms = watched && { ...watched, alarms: watched.alarms.filter((alarm) => alarm.name.toLowerCase() === wanted) };
  if (incidents.length === 0 && remembered.length === 0 && alarms?.alarms.length === 0) {
    return { text: `No watched alarm is named “${name}”, and none of that name was ever notified. ${commandName} lists those that are.`, blocks: [] };
  }
  return drawStatus({ ...status, incidents, remembered }, alarms, { ...optionsOf(context), alarm: name });
}
