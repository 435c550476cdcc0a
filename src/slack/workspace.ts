import type { WebClient } from '@slack/web-api';
import type { AppError } from '../domain/error.ts';
import type { Clock, Log } from '../domain/ports.ts';
import { slackError } from './errors.ts';

const retryMs = 10_000;

export interface Workspace {
  /** Slack team id; undefined until Slack has told. Nobody may respond before. */
  team(): string | undefined;
  /** The address of a message, from its channel and ts. */
  permalink(channel: string, ts: string): string;
  /** Asks until Slack has told, or the signal fires. */
  keepAsking(stop: AbortSignal, whenTold: () => Promise<void>): Promise<void>;
}

/**
 * Whom the token belongs to. Slack being unwell does not keep the responder from starting: SNS must be answered.
 * @throws AppError `denied` when Slack refuses the token
 */
export async function workspaceOf(client: WebClient, clock: Clock, log: Log): Promise<Workspace> {
  let team: string | undefined;
  let url = 'https://slack.com/';

  const ask = async (): Promise<AppError | undefined> => {
    try {
      const answer = await client.auth.test();
      team = String(answer.team_id);
      url = String(answer.url);
      return undefined;
    } catch (thrown) {
      return slackError(thrown, 'auth.test');
    }
  };

  const fault = await ask();
  if (fault?.code === 'denied') throw fault;
  if (fault) log.error({ err: fault }, 'Slack does not say whom the token belongs to; starting without');
  return {
    team: () => team,
    permalink: (channel, ts) => `${url}archives/${channel}/p${ts.replace('.', '')}`,
    keepAsking: async (stop, whenTold) => {
      while (team === undefined && !stop.aborted) {
        await clock.wait(retryMs, stop);
        if (!stop.aborted && (await ask()) === undefined) await whenTold();
      }
    },
  };
}
