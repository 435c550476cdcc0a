/** The emulated Slack and AWS beside what is measured, without the sandbox's own bot and page. */
import type { AddressInfo } from 'node:net';
import { Activity } from '../../src/sandbox/activity.ts';
import { alarmsOf } from '../../src/sandbox/aws/alarms.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Alarm } from '../../src/sandbox/aws/shapes.ts';
import { AwsState } from '../../src/sandbox/aws/state.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { emulatedRoutes } from '../../src/sandbox/emulated.ts';
import { Faults } from '../../src/sandbox/faults.ts';
import { type Call, serve } from '../../src/sandbox/http.ts';
import { Interactions } from '../../src/sandbox/slack/interact.ts';
import { Workspace } from '../../src/sandbox/slack/workspace.ts';
import { newSigner, type Signer } from '../../src/sandbox/sns.ts';

/** Under load the bot is never quiet: an interaction is over when it is answered. */
class AlwaysQuiet extends Activity {
  override quiet(): Promise<void> {
    return Promise.resolve();
  }
}

export interface BenchWorld {
  readonly url: string;
  readonly signer: Signer;
  readonly clock: SandboxClock;
  readonly workspace: Workspace;
  readonly interactions: Interactions;
  /** Where people's clicks go. */
  botUrl: string;
  /** When chat.postMessage came, by performance.now(). */
  readonly posts: number[];
  /** Forgets what the bot showed and asked. */
  forget(): void;
  close(): void;
}

/** As many as go back and forth: one that CloudWatch does not have was deleted, and what comes of it is older than that. */
const knownAlarms = 50;

function addAlarms({ accounts }: AwsState): void {
  const alarms = accounts[prodAccount]?.alarms ?? {};
  const like = Object.values(alarms)[0] as Alarm;
  for (let index = 0; index < knownAlarms; index++) {
    const name = `Alarm-${index}`;
    const arn = `arn:aws:cloudwatch:${like.region}:${prodAccount}:alarm:${name}`;
    alarms[name] = { ...like, name, arn, state: 'ALARM', okActions: [], alarmActions: [], insufficientDataActions: [] };
  }
}

export async function newBenchWorld(): Promise<BenchWorld> {
  const clock = new SandboxClock();
  const activity = new AlwaysQuiet();
  const faults = new Faults();
  const workspace = new Workspace(clock, () => undefined);
  const aws = new AwsState(clock);
  addAlarms(aws);
  const signer = await newSigner();
  const alarms = alarmsOf(aws, async () => undefined);
  const posts: number[] = [];
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const interactions = new Interactions(workspace, activity, () => world.botUrl, url);
  const routes = emulatedRoutes({ clock, aws, alarms, faults, activity, workspace, interactions, signer, heartbeats: [] }, url);
  const slack = routes['POST /slack/api/*'] as (call: Call) => unknown;
  const server = serve({
    ...routes,
    'POST /slack/api/*': (call: Call) => {
      if (call.rest === 'chat.postMessage') posts.push(performance.now());
      return slack(call);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const world: BenchWorld = {
    url: url(),
    signer,
    clock,
    workspace,
    interactions,
    botUrl: '',
    posts,
    forget: () => {
      posts.length = 0;
      workspace.reset();
      aws.reset();
      addAlarms(aws);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return world;
}
