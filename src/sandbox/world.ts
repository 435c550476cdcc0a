/** Everything in the sandbox, built once: the clock, the emulated Slack and AWS, and the bot. */
import { Activity } from './activity.ts';
import { type Alarms, alarmsOf } from './aws/alarms.ts';
import { topicArn } from './aws/names.ts';
import { AwsState } from './aws/state.ts';
import { type Bot, type BotOptions, botProcess } from './bot.ts';
import { SandboxClock } from './clock.ts';
import { Faults } from './faults.ts';
import { Interactions } from './slack/interact.ts';
import { Workspace } from './slack/workspace.ts';
import { deliver, envelopeOf, newSigner, type Publish, type Published, type PublishInput, type Signer } from './sns.ts';

/** SNS itself tries an HTTP endpoint again after 5xx and silence. */
const retries = 3;

export interface World {
  readonly clock: SandboxClock;
  readonly activity: Activity;
  readonly faults: Faults;
  readonly workspace: Workspace;
  readonly aws: AwsState;
  readonly alarms: Alarms;
  readonly interactions: Interactions;
  readonly bot: Bot;
  readonly signer: Signer;
  readonly log: string[];
  /** When the bot called its heartbeat address. */
  readonly heartbeats: number[];
  publish(input: PublishInput): Promise<Published>;
  reset(): Promise<void>;
}

export interface WorldOptions extends Omit<BotOptions, 'sandboxUrl' | 'onLine'> {
  /** Where the sandbox itself listens. */
  readonly url: () => string;
  readonly changed: () => void;
  /** A process of its own by default. */
  readonly botOf?: (options: BotOptions) => Bot;
}

export async function newWorld(options: WorldOptions): Promise<World> {
  const clock = new SandboxClock();
  const activity = new Activity(() => clock.heard());
  const faults = new Faults();
  const workspace = new Workspace(clock, options.changed);
  const aws = new AwsState(clock);
  const signer = await newSigner();
  const log: string[] = [];
  const heartbeats: number[] = [];
  const bot = (options.botOf ?? botProcess)({
    ...options,
    get sandboxUrl() {
      return options.url();
    },
    onLine: (line) => log.push(line),
  });

  const publish = async (input: PublishInput): Promise<Published> => {
    const published = await deliver(bot.listening.url, envelopeOf(signer, input, topicArn), input.raw ?? false);
    workspace.exchange({ from: 'sns', what: input.subject ?? input.type ?? 'Notification', status: `${published.status} in ${published.ms} ms` });
    return published;
  };

  const publishRetrying: Publish = async (target, subject, message) => {
    if (target !== topicArn)
      return workspace.exchange({ from: 'sns', what: `${subject ?? 'Notification'} → ${target.split(':').at(-1)}`, status: 'to another target' });
    const done = activity.begin();
    const input = { ...(subject === undefined ? {} : { subject }), message };
    let last = await publish(input);
    for (let attempt = 0; attempt < retries && (last.status === 0 || last.status >= 500); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      last = await publish({ ...input, messageId: last.messageId });
    }
    done();
  };

  const alarms = alarmsOf(aws, publishRetrying);
  const interactions = new Interactions(workspace, activity, () => bot.listening.url, options.url);
  return {
    clock,
    activity,
    faults,
    workspace,
    aws,
    alarms,
    interactions,
    bot,
    signer,
    log,
    heartbeats,
    publish,
    reset: async () => {
      await bot.stop('SIGKILL');
      faults.clear();
      clock.reset();
      workspace.reset();
      aws.reset();
      heartbeats.length = 0;
      await bot.restartEmpty();
    },
  };
}
