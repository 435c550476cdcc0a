/** /signin-freeze: any responder stops all changes at once, on all replicas. */
import type { App } from '@slack/bolt';
import { type AppError, asAppError } from '../domain/error.ts';
import { announce } from '../features/announce.ts';
import { brake, type FreezeVerb } from '../features/brakes.ts';
import { refusal } from '../features/respond.ts';
import { commanderOf, type SlackContext } from './click.ts';
import { askedFreeze, freezeUsage, longestWhy } from './freeze-words.ts';
import { bold, fallback, lines, words } from './text.ts';
import { privately } from './view.ts';

export const freezeCommand = '/signin-freeze';

/** What was meant to be, where it failed; whether it did is in the database. */
const undone: Record<FreezeVerb, string> = {
  freeze: 'Nothing may be frozen',
  confirm: 'The freeze may not be confirmed',
  end: 'The freeze may still hold',
  lift: 'The number may not be lifted',
};

/** What is told once may be there also where Slack gave no answer. */
function untold({ code }: AppError): string {
  const isUnknown = code === 'ambiguous' || code === 'internal';
  return isUnknown
    ? 'It is done. Whether the incident channel was notified is not known, look there.'
    : 'It is done, but the incident channel was not notified:';
}

export function registerFreeze(app: App, { ports, chat }: SlackContext): void {
  app.command(freezeCommand, async ({ ack, command, respond }) => {
    const clicker = commanderOf(command);
    const asked = askedFreeze(command.text ?? '');
    if (asked.what === 'usage') return ack(privately(freezeUsage));
    const { what: verb, why } = asked;
    const refused = await refusal(ports, clicker, { needs: verb === 'freeze' ? 'responder' : 'remediator', label: freezeCommand, incident: 0 });
    if (refused) return ack(privately(refused.message));
    try {
      const answer = await brake(ports, clicker, { verb, why });
      if (!answer.ok) return ack(privately(answer.message));
      // It holds from here on, whether or not the channel can be told.
      await ack(privately(answer.text));
      const message = { text: fallback(answer.text, longestWhy * 2), blocks: [lines([bold('All changes: '), words(answer.text, longestWhy * 2)])] };
      await announce({ ...ports, chat }, message, answer.entry).catch(async (thrown: unknown) => {
        const error = asAppError(thrown);
        ports.log.error({ err: error }, 'freeze not told in the channel');
        await respond(privately(`${untold(error)} ${error.message}`)).catch(() => undefined);
      });
    } catch (thrown) {
      const error = asAppError(thrown);
      ports.log.error({ err: error }, 'freeze failed');
      await ack(privately(`${error.message} ${undone[verb]}: /signin-status says whether anything is frozen.`));
    }
  });
}
