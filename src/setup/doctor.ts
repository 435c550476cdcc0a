/** Checks for real what the responder stands on, and says how to mend what is broken. It changes nothing but one message of its own. */
import { coverageOf } from '../domain/coverage.ts';
import { asAppError } from '../domain/error.ts';
import type { AwsInspection, ChannelFacts, SlackInspection, TopicFacts, TrailFacts } from '../domain/inspection.ts';

/** `note`: works, and somebody should know. `fault`: does not work, or not safely. */
export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'note' | 'fault';
  readonly says: string;
  readonly mend?: string | undefined;
}

export interface DoctorOptions {
  readonly slack: SlackInspection;
  readonly aws: AwsInspection;
  /** The scopes that manifest.yml asks for. */
  readonly scopes: readonly string[];
  readonly responders: readonly string[];
  readonly remediators: readonly string[];
  readonly topicArns: readonly string[];
  readonly requireVersion2: boolean;
  readonly accounts: ReadonlyMap<string, string>;
  readonly homeRegion: string;
  /** Where the trail and its log group should be; undefined: in each account. */
  readonly trailAccount: string | undefined;
  /** Whether the database is a file on a disk that goes away with its container. */
  readonly databaseIsFleeting: boolean;
}

type Check = () => Promise<Finding[]>;

/** So many people are more than need to see who is being attacked. */
const wideChannel = 50;

export async function diagnose(options: DoctorOptions): Promise<Finding[]> {
  const checks: [string, Check][] = [
    ['Slack token', () => checkToken(options)],
    ['Slack channel', () => checkChannel(options)],
    ['Slack message', () => checkMessage(options)],
    ['Slack groups', () => checkGroups(options)],
    ['Database', async () => checkDatabase(options)],
    ['AWS credentials', () => checkCaller(options)],
    ...[...options.accounts].map(([id, name]): [string, Check] => [`Account ${name} ${id}`, () => checkPermissions(options, id, name)]),
    ...trailAccounts(options).map((id): [string, Check] => [`Trail ${id}`, () => checkTrail(options, id)]),
    ...options.topicArns.map((arn): [string, Check] => [`Topic ${arn.split(':').at(-1)}`, () => checkTopic(options, arn)]),
    ['Detections', () => checkDetections(options)],
  ];
  const findings: Finding[] = [];
  for (const [about, check] of checks) findings.push(...(await guarded(about, check)));
  return findings;
}

async function guarded(about: string, check: Check): Promise<Finding[]> {
  try {
    return await check();
  } catch (thrown) {
    const { message, reason } = asAppError(thrown);
    return [{ about, state: 'fault', says: message, mend: reason === 'missing_scope' ? reinstall : undefined }];
  }
}

const reinstall = 'Update the Slack app with manifest.yml and install it again.';

async function checkToken({ slack, scopes }: DoctorOptions): Promise<Finding[]> {
  const about = 'Slack token';
  const identity = await slack.identity();
  const missing = scopes.filter((scope) => !identity.scopes.includes(scope));
  const owner: Finding = { about, state: 'ok', says: `${identity.bot} in ${identity.workspace}` };
  return missing.length === 0
    ? [owner]
    : [owner, { about: 'Slack scopes', state: 'fault', says: `The token lacks ${missing.join(', ')}.`, mend: reinstall }];
}

async function checkChannel({ slack }: DoctorOptions): Promise<Finding[]> {
  const channel = await slack.channel();
  const about = `Channel #${channel.name}`;
  const found = channelFaults(channel).map((finding) => ({ about, ...finding }));
  return found.length > 0 ? found : [{ about, state: 'ok', says: 'private, not shared, and the bot is in it' }];
}

function channelFaults({ name, isMember, isArchived, isPrivate, isShared, people }: ChannelFacts): Omit<Finding, 'about'>[] {
  const fault = (says: string, mend: string): Omit<Finding, 'about'> => ({ state: 'fault', says, mend });
  const note = (says: string, mend: string): Omit<Finding, 'about'> => ({ state: 'note', says, mend });
  return [
    ...(isArchived ? [fault('The channel is archived: no card can be posted.', 'Unarchive it, or set INCIDENT_CHANNEL to another.')] : []),
    ...(isMember ? [] : [fault('The bot is not in the channel: no card can be posted.', `In Slack: /invite @signin-responder in #${name}.`)]),
    ...(isShared
      ? [fault('The channel is shared with another workspace: outsiders read who is attacked.', 'Use a channel that is not shared.')]
      : []),
    ...(isPrivate ? [] : [note('The channel is public: everybody in the workspace reads who is attacked.', 'Make it private.')]),
    ...((people ?? 0) > wideChannel ? [note(`${people} people are in the channel and read who is attacked.`, 'Keep it to those who respond.')] : []),
  ];
}

async function checkMessage({ slack }: DoctorOptions): Promise<Finding[]> {
  await slack.testMessage();
  return [{ about: 'Slack message', state: 'ok', says: 'one was posted, edited and deleted' }];
}

async function checkGroups({ slack, responders, remediators }: DoctorOptions): Promise<Finding[]> {
  const groups = [...new Set([...responders, ...remediators])].filter((id) => id.startsWith('S'));
  const sizes = await Promise.all(groups.map(async (id) => ({ id, size: await slack.groupSize(id) })));
  const empty = sizes.filter(({ size }) => size === 0);
  const grants = remediators.filter((id) => id.startsWith('S'));
  return [
    ...empty.map(
      ({ id }): Finding => ({ about: `User group ${id}`, state: 'fault', says: 'Nobody is in it.', mend: 'Add those who respond, in Slack.' }),
    ),
    ...(empty.length === 0 ? [{ about: 'Slack groups', state: 'ok' as const, says: `${groups.length} user groups, none empty` }] : []),
    ...(remediators.length === 0 ? [{ about: 'REMEDIATORS', state: 'note' as const, says: 'Not set: nobody changes IAM from Slack.' }] : []),
    ...grants.map(
      (id): Finding => ({
        about: `User group ${id}`,
        state: 'note',
        says: 'Whoever edits this Slack user group grants IAM rights.',
        mend: 'In Slack, let only admins edit user groups; or name people in REMEDIATORS.',
      }),
    ),
  ];
}

function checkDatabase({ databaseIsFleeting }: DoctorOptions): Finding[] {
  const about = 'Database';
  if (!databaseIsFleeting) return [{ about, state: 'ok', says: 'on a disk or a server that outlives the process' }];
  return [
    {
      about,
      state: 'note',
      says: 'A file in a container without a disk of its own: incidents and audit go with the container.',
      mend: 'Mount a volume, or set DATABASE_URL to postgres://…',
    },
  ];
}

async function checkCaller({ aws }: DoctorOptions): Promise<Finding[]> {
  return [{ about: 'AWS credentials', state: 'ok', says: await aws.caller() }];
}

async function checkPermissions({ aws, homeRegion }: DoctorOptions, id: string, name: string): Promise<Finding[]> {
  const about = `Account ${name} ${id}`;
  const tried = await aws.permissions(id, homeRegion);
  const denied = tried.filter(({ fault }) => fault !== undefined);
  const mend = 'Deploy the member-roles template in this account, and check AWS_MEMBER_ROLE and AWS_RESPOND_ROLE.';
  if (denied.length === 0) return [{ about, state: 'ok', says: `${tried.length} permissions tried, all there` }];
  return denied.map(({ action, fault }) => ({ about, state: 'fault', says: `${action}: ${fault}`, mend }));
}

function trailAccounts({ trailAccount, accounts }: DoctorOptions): string[] {
  return trailAccount === undefined ? [...accounts.keys()] : [trailAccount];
}

async function checkTrail({ aws, homeRegion }: DoctorOptions, account: string): Promise<Finding[]> {
  const about = `Trail ${account}`;
  const trails = await aws.trails(account, homeRegion);
  const [first] = trails;
  const fault = (says: string, mend: string): Finding[] => [{ about, state: 'fault', says, mend }];
  if (first === undefined)
    return fault('There is no trail: metric filters see nothing.', 'Create a multi-region trail that delivers to CloudWatch Logs.');
  const faults = trails.map(faultOfTrail);
  const well = trails[faults.indexOf(undefined)];
  if (well) return [{ about, state: 'ok', says: `${well.name} logs all regions to ${well.logGroupArn?.split(':').at(6)}` }];
  const withoutLogs = trails.find((trail) => trail.logGroupArn === undefined && faultOfTrail({ ...trail, logGroupArn: 'none' }) === undefined);
  if (withoutLogs && (await aws.awsSide()).filters.length === 0)
    return [{ about, state: 'note', says: `${withoutLogs.name} delivers to no log group: only EventBridge is watched, and it is best effort.` }];
  return faults.flatMap((found) => (found ? fault(found.says, found.mend) : []));
}

function faultOfTrail(trail: TrailFacts): { says: string; mend: string } | undefined {
  const { name } = trail;
  if (!trail.isLogging) return { says: `${name} is not logging.`, mend: `aws cloudtrail start-logging --name ${name}` };
  if (!trail.isMultiRegion)
    return {
      says: `${name} covers one region: sign-ins are recorded in several.`,
      mend: `aws cloudtrail update-trail --name ${name} --is-multi-region-trail`,
    };
  if (trail.logGroupArn === undefined)
    return { says: `${name} delivers to no log group: metric filters see nothing.`, mend: 'Give the trail a CloudWatch Logs log group.' };
  if (trail.deliveryError)
    return {
      says: `${name} cannot deliver to its log group: ${trail.deliveryError}.`,
      mend: 'Check the role that CloudTrail uses for CloudWatch Logs.',
    };
  if (!trail.hasManagementEvents)
    return { says: `${name} leaves out management events: sign-ins are among them.`, mend: 'Log read and write management events.' };
  return undefined;
}

async function checkTopic({ aws, requireVersion2 }: DoctorOptions, arn: string): Promise<Finding[]> {
  const about = `Topic ${arn.split(':').at(-1)}`;
  const topic = await aws.topic(arn);
  const faults = [...subscriptionFaults(topic), ...signatureFaults(topic, arn, requireVersion2)].map((finding) => ({ about, ...finding }));
  return faults.length > 0 ? faults : [{ about, state: 'ok', says: 'a confirmed HTTPS subscription, signature version 2' }];
}

function subscriptionFaults({ subscriptions }: TopicFacts): Omit<Finding, 'about'>[] {
  const [first] = subscriptions;
  if (first === undefined)
    return [
      {
        state: 'fault',
        says: 'No HTTPS endpoint is subscribed: nothing reaches the responder.',
        mend: 'Deploy the central template with Endpoint=https://HOST/sns.',
      },
    ];
  if (subscriptions.some(({ isConfirmed }) => isConfirmed)) return [];
  return [
    {
      state: 'fault',
      says: `The subscription of ${first.endpoint} is not confirmed: nothing reaches the responder.`,
      mend: 'Start the responder where that address leads, then ask SNS to send the confirmation again (Request confirmation).',
    },
  ];
}

function signatureFaults({ signatureVersion }: TopicFacts, arn: string, required: boolean): Omit<Finding, 'about'>[] {
  if (signatureVersion === '2') return [];
  const says = `The topic signs with SHA-1 (signature version ${signatureVersion})${required ? ', which SNS_REQUIRE_SIGNATURE_V2 refuses' : ''}.`;
  return [{ state: 'fault', says, mend: `aws sns set-topic-attributes --topic-arn ${arn} --attribute-name SignatureVersion --attribute-value 2` }];
}

async function checkDetections({ aws, topicArns }: DoctorOptions): Promise<Finding[]> {
  const side = await aws.awsSide();
  return [
    ...side.faults.map(
      (says): Finding => ({
        about: 'Detections',
        state: 'fault',
        says: `Not read: ${says}`,
        mend: 'Deploy the member-roles template in this account.',
      }),
    ),
    ...coverageOf(side, topicArns).map(
      ({ detection, state, says, mend }): Finding => ({ about: detection, state: state === 'watched' ? 'ok' : 'fault', says, mend }),
    ),
  ];
}

const marks: Record<Finding['state'], string> = { ok: '✓', note: '!', fault: '✗' };

/** The findings as a table, with the mend under each line that has one. */
export function printedFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const rows = findings.flatMap(({ about, state, says, mend }) => [
    `${marks[state]} ${about.padEnd(width)}  ${says}`,
    ...(mend === undefined ? [] : [`  ${' '.repeat(width)}  → ${mend}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const end = `${count('ok')} well, ${count('note')} to know, ${count('fault')} to mend`;
  return `${rows.join('\n')}\n\n${end}\n`;
}
