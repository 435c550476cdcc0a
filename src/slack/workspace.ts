import type { WebClient } from '@slack/web-api';
import type { AppError } from '../domain/error.ts';
import type { Clock, Log, Report } from '../domain/ports.ts';
import type { Home } from '../domain/response/who-may.ts';
import { slackError } from './errors.ts';
import { homeFrom } from './organisation.ts';

/** Until Slack has told, and from then on: a token can be revoked at any time. */
const retryMs = 10_000;
const watchMs = 60_000;

export interface Workspace {
  /** Where the bot is installed; undefined until Slack has told. Nobody may respond before. */
  home(): Home | undefined;
  /** The app's own id, where Slack tells it. */
  app(): string | undefined;
  /** Why Slack has not told; undefined once it has. */
  fault(): AppError | undefined;
  /** Whether Slack answered when it was last asked, which is once a minute. */
  isAnswering(): boolean;
  /** The address of a message, from its channel and ts. */
  permalink(channel: string, ts: string): string;
  /** Asks again and again until the signal fires. @param whenTold called when Slack tells for the first time */
  keepAsking(stop: AbortSignal, whenTold: () => Promise<void>): Promise<void>;
}

interface WorkspaceOptions {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
}

/** Whom the token belongs to. Neither Slack being unwell nor a token that is refused keeps the bot from starting: SNS must be answered. */
export async function workspaceOf({ client, clock, log, report }: WorkspaceOptions): Promise<Workspace> {
  let home: Home | undefined;
  let app: string | undefined;
  let fault: AppError | undefined;
  let isAnswering = false;
  let url = 'https://slack.com/';

  const ask = async (): Promise<void> => {
    try {
      const answer = await client.auth.test();
      home = homeFrom(answer.team_id, answer.enterprise_id);
      app = answer.app_id;
      url = String(answer.url);
      fault = undefined;
      isAnswering = true;
      report('token', undefined);
    } catch (thrown) {
      const error = slackError(thrown, 'auth.test');
      isAnswering = false;
      if (home === undefined) fault = error;
      log.warn({ reason: error.reason, err: error.cause }, 'Slack does not say whom the token belongs to');
      // What passes is told only where nothing is known without it.
      if (home === undefined || error.code === 'denied') report('token', error.message);
    }
  };

  await ask();
  return {
    home: () => home,
    app: () => app,
    fault: () => fault,
    isAnswering: () => isAnswering,
    permalink: (channel, ts) => `${url}archives/${channel}/p${ts.replace('.', '')}`,
    keepAsking: async (stop, whenTold) => {
      while (!stop.aborted) {
        const wasTold = home !== undefined;
        await clock.wait(wasTold ? watchMs : retryMs, stop);
        if (stop.aborted) return;
        await ask();
        if (!wasTold && home !== undefined) await whenTold();
      }
    },
  };
}
