/** Everything in the sandbox, built once: the clock, the emulated Slack and AWS, and the bot. */
import { Activity } from './activity.ts';
import { type Alarms, alarmsOf } from './aws/alarms.ts';
import { deadLetterQueueOf, topicArn } from './aws/names.ts';
import { putLetter, queueNamed } from './aws/sqs.ts';
import { AwsState } from './aws/state.ts';
import { type Bot, type BotOptions, botProcess } from './bot.ts';
import { SandboxClock } from './clock.ts';
import { Faults } from './faults.ts';
import { Interactions } from './slack/interact.ts';
import { Workspace } from './slack/workspace.ts';
import { deliver, envelopeOf, newSigner, type Publish, type Published, type PublishInput, type Signer } from './sns.ts';

/** SNS itself tries an HTTP endpoint again after 5xx and silence. */
const retries = 3;
const retryMs = 1_000;

type Sent = Published & { readonly envelope: Record<string, string> };

function isServersFault({ status }: Published): boolean {
  return status === 0 || status >= 500;
}

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

  const attempt = async (input: PublishInput): Promise<Sent> => {
    const envelope = envelopeOf(signer, input, topicArn);
    const isDown = faults.isUnreachable(clock.now());
    const sent = isDown
      ? { messageId: String(envelope.MessageId), status: 0, body: '', ms: 0 }
      : await deliver(bot.listening.url, envelope, input.raw ?? false);
    workspace.exchange({ from: 'sns', what: input.subject ?? input.type ?? 'Notification', status: `${sent.status} in ${sent.ms} ms` });
    return { ...sent, envelope };
  };

  /** What nobody took in the end waits in the queue of the subscription. */
  const giveUp = ({ envelope }: Sent): void => {
    const { topics } = aws.accounts[topicArn.split(':')[4] ?? ''] ?? {};
    if (topics?.[topicArn]?.subscriptions.some(({ deadLetters }) => deadLetters))
      putLetter(aws, queueNamed(deadLetterQueueOf(topicArn)), JSON.stringify(envelope));
  };

  const publish = async (input: PublishInput): Promise<Published> => {
    const sent = await attempt(input);
    const { envelope, ...published } = sent;
    // Whoever tampers with a message is not SNS.
    if (isServersFault(sent) && input.tamper === undefined && envelope.Type === 'Notification' && !input.raw) giveUp(sent);
    return published;
  };

  const publishRetrying: Publish = async (target, subject, message) => {
    if (target !== topicArn)
      return workspace.exchange({ from: 'sns', what: `${subject ?? 'Notification'} → ${target.split(':').at(-1)}`, status: 'to another target' });
    const done = activity.begin();
    const input = { ...(subject === undefined ? {} : { subject }), message };
    let last = await attempt(input);
    for (let tried = 0; tried < retries && isServersFault(last); tried++) {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      last = await attempt({ ...input, messageId: last.messageId });
    }
    if (last.status < 200 || last.status >= 300) giveUp(last);
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
