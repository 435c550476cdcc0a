/** /signin-audit: a part of the log as a file, to whoever asks. */
import type { App } from '@slack/bolt';
import { askedLog, askedLogWords } from '../domain/audit/asked.ts';
import { asAppError } from '../domain/error.ts';
import { auditCommand, notSentText, sendLog } from '../features/send-log.ts';
import { commanderOf, type SlackContext } from './click.ts';
import { unescaped } from './text.ts';
import { privately } from './view.ts';

const usage = `Usage: ${auditCommand} SIN-42, ${auditCommand} user alice, or ${auditCommand} since 7d (also m and h). The file comes in direct messages, to you alone; that you asked is an entry of the log.`;

export function registerAudit(app: App, { ports }: SlackContext): void {
  app.command(auditCommand, async ({ ack, command, respond }) => {
    const clicker = commanderOf(command);
    const asked = askedLog(unescaped(command.text ?? ''));
    if (asked === undefined) return ack(privately(usage));
    // Slack wants an answer within 3 s; a long log takes longer.
    await ack(privately(`Looking up the log of ${askedLogWords(asked)}…`));
    const said = await sendLog(ports, clicker, asked).then(
      (answer) => (answer.ok ? answer.text : answer.message),
      (thrown: unknown) => {
        const error = asAppError(thrown);
        ports.log.error({ user: clicker.id, err: error }, 'log not sent');
        return notSentText(error);
      },
    );
    await respond(privately(said));
  });
}
