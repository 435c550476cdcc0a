/** What the bot calls: the emulated Slack and AWS, the certificate of the emulated SNS, and the clock that it follows. */
import { z } from 'zod';
import { awsServer } from './aws/server.ts';
import { type Call, jsonOf, type Routes } from './http.ts';
import { webApi } from './slack/web-api.ts';
import { certificatePath } from './sns.ts';
import type { World } from './world.ts';

type Emulated = Pick<World, 'clock' | 'aws' | 'alarms' | 'faults' | 'activity' | 'workspace' | 'interactions' | 'signer' | 'heartbeats'>;

/** @param url where the sandbox itself listens */
export function emulatedRoutes(world: Emulated, url: () => string): Routes {
  const { clock, aws, alarms, faults, activity, workspace, interactions, signer, heartbeats } = world;
  const seen = (what: string, status: string): void => workspace.exchange({ from: 'bot', what, status });
  return {
    'POST /slack/api/*': webApi(workspace, faults, activity, url),
    'POST /slack/response/*': (call: Call) => {
      const { status, text } = interactions.answerResponseUrl(call.rest, jsonOf(call, z.looseObject({})));
      call.response.writeHead(status).end(text);
    },
    'POST /aws/*': awsServer({ state: aws, alarms, faults, activity, seen }),
    [`GET /certificate${certificatePath}`]: ({ response }: Call) =>
      void response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end(signer.certificate),
    'GET /heartbeat': () => ({ beats: heartbeats.push(clock.now()) }),
    'GET /clock': ({ response }: Call) => clock.follow(response),
    'POST /clock/*': ({ rest }: Call) => {
      clock.confirm(Number(rest));
      return {};
    },
  };
}
