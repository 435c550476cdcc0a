/** What the bot calls: the emulated Slack and AWS, the certificate of the emulated SNS, and the clock that it follows. */
import { z } from 'zod';
import { s3Server } from './aws/s3.ts';
import { awsServer } from './aws/server.ts';
import { type Call, jsonOf, type Routes } from './http.ts';
import { Uploads } from './slack/files.ts';
import { webApi } from './slack/web-api.ts';
import { certificatePath } from './sns.ts';
import type { World } from './world.ts';

type Emulated = Pick<World, 'clock' | 'aws' | 'alarms' | 'faults' | 'activity' | 'workspace' | 'interactions' | 'signer' | 'heartbeats'>;

/** @param url where the sandbox itself listens */
export function emulatedRoutes(world: Emulated, url: () => string): Routes {
  const { clock, aws, alarms, faults, activity, workspace, interactions, signer, heartbeats } = world;
  const seen = (what: string, status: string): void => workspace.exchange({ from: 'bot', what, status });
  const uploads = new Uploads(workspace, url);
  const s3 = s3Server({ state: aws, faults, activity, seen });
  return {
    'POST /slack/api/*': webApi({ workspace, faults, activity, uploads, url }),
    'POST /slack/upload/*': (call: Call) => uploads.take(call),
    'POST /slack/response/*': (call: Call) => {
      const { status, text } = interactions.answerResponseUrl(call.rest, jsonOf(call, z.looseObject({})));
      call.response.writeHead(status).end(text);
    },
    'PUT /aws/*': s3,
    'GET /aws/*': s3,
    'DELETE /aws/*': s3,
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
