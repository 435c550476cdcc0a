/** Checks for real what the responder stands on, and says how to fix what is broken. It changes nothing but one message of its own. */
import { asAppError } from '../domain/error.ts';
import type { ChannelFacts } from '../domain/inspection.ts';
import { nameIn } from '../domain/place.ts';
import { utc } from '../domain/utc.ts';
import { withoutInvisible } from '../domain/visible.ts';
import { checkAdministrators } from './doctor-administrators.ts';
import {
  checkAnchors,
  checkCaller,
  checkCanary,
  checkDetections,
  checkLog,
  checkPager,
  checkPermissions,
  checkTopic,
  checkTrail,
  credentialsFault,
  trailAccounts,
} from './doctor-aws.ts';
import { checkFilters } from './doctor-filters.ts';
import { checkLogs } from './doctor-logs.ts';
import { checkManagement } from './doctor-management.ts';
import { checkGroups, checkMembers, checkPeople } from './doctor-people.ts';
import { checkProtected } from './doctor-protected.ts';
import type { DoctorOptions, Finding } from './finding.ts';

type Check = () => Promise<Finding[]>;
type Named = readonly [about: string, check: Check];

/** So many people are more than need to see who is being attacked. */
const wideChannel = 50;

export async function diagnose(given: DoctorOptions): Promise<Finding[]> {
  // Several checks look at what is there: it is read once.
  let side: ReturnType<DoctorOptions['aws']['awsSide']> | undefined;
  const options = { ...given, aws: { ...given.aws, awsSide: () => (side ??= given.aws.awsSide()) } };
  const findings: Finding[] = [];
  for (const [about, check] of checksHere(options)) findings.push(...(await guarded(about, check)));
  const fault = await credentialsFault(options);
  if (fault) return [...findings, fault];
  for (const [about, check] of checksOfAws(options)) findings.push(...(await guarded(about, check)));
  return findings;
}

function checksHere(options: DoctorOptions): readonly Named[] {
  return [
    ['Environment', () => checkNames(options)],
    ['Slack token', () => checkToken(options)],
    ['Slack channel', () => checkChannel(options)],
    ['Slack message', () => checkMessage(options)],
    ['Socket Mode', () => checkSocket(options)],
    ['Slack groups', () => checkGroups(options)],
    ['Slack users', () => checkPeople(options)],
    ['Slack channel', () => checkMembers(options)],
    ['Database', () => checkDatabase(options)],
    ['TLS', () => checkTls(options)],
    ['Audit log', () => checkLog(options)],
  ];
}

function checksOfAws(options: DoctorOptions): readonly Named[] {
  const { accounts, topicArns } = options;
  return [
    ['AWS credentials', () => checkCaller(options)],
    ...[...accounts].map(([id, name]): Named => [`Account ${name} ${id}`, () => checkPermissions(options, id, name)]),
    ...trailAccounts(options).map((id): Named => [`Trail ${id}`, () => checkTrail(options, id)]),
    ...topicArns.map((arn): Named => [`Topic ${nameIn(arn)}`, () => checkTopic(options, arn)]),
    ['Management account', () => checkManagement(options)],
    ['PROTECTED_USERS', () => checkProtected(options)],
    ...[...accounts].map(([id, name]): Named => [`Administrators of ${name} ${id}`, () => checkAdministrators(options, id, name)]),
    ['Pager', () => checkPager(options)],
    ['Audit log', () => checkAnchors(options)],
    ['Canary', () => checkCanary(options)],
    ['Detections', () => checkDetections(options)],
    ['Filters', () => checkFilters(options)],
    ['Logs of alarms', () => checkLogs(options)],
  ];
}

async function guarded(about: string, check: Check): Promise<Finding[]> {
  try {
    return await check();
  } catch (thrown) {
    const { message, reason } = asAppError(thrown);
    return [{ about, state: 'fault', says: message, fix: reason === 'missing_scope' ? reinstall : undefined }];
  }
}

const reinstall = 'Update the Slack app with manifest.yml and install it again.';

/** Other programs' variables may be in the environment too: only what is almost one of ours is told. */
async function checkNames({ misspelt }: DoctorOptions): Promise<Finding[]> {
  return misspelt.map(({ name, meant }): Finding => {
    return { about: 'Environment', state: 'note', says: `${name} is set, but the responder does not read it.`, fix: `It reads ${meant}.` };
  });
}

async function checkToken({ slack, scopes }: DoctorOptions): Promise<Finding[]> {
  const about = 'Slack token';
  const identity = await slack.identity();
  const missing = scopes.filter((scope) => !identity.scopes.includes(scope));
  const owner: Finding = { about, state: 'ok', says: `${identity.bot} in ${identity.workspace}` };
  return missing.length === 0
    ? [owner]
    : [owner, { about: 'Slack scopes', state: 'fault', says: `The token lacks ${missing.join(', ')}.`, fix: reinstall }];
}

async function checkChannel({ slack }: DoctorOptions): Promise<Finding[]> {
  const channel = await slack.channel();
  const about = `Channel #${channel.name}`;
  const found = channelFaults(channel).map((finding) => ({ about, ...finding }));
  return found.length > 0 ? found : [{ about, state: 'ok', says: 'private, not shared, and the bot is in it' }];
}

function channelFaults({ name, isMember, isArchived, isPrivate, isShared, people }: ChannelFacts): Omit<Finding, 'about'>[] {
  const fault = (says: string, fix: string): Omit<Finding, 'about'> => ({ state: 'fault', says, fix });
  const note = (says: string, fix: string): Omit<Finding, 'about'> => ({ state: 'note', says, fix });
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

/** Without it cards come, and no click arrives. */
async function checkSocket({ slack }: DoctorOptions): Promise<Finding[]> {
  const about = 'Socket Mode';
  try {
    await slack.openSocket?.();
  } catch (thrown) {
    const { reason } = asAppError(thrown);
    const fix = 'In the Slack app: Basic Information, App-Level Tokens, make one with connections:write; and switch Socket Mode on.';
    return [{ about, state: 'fault', says: `Slack does not open a connection with SLACK_APP_TOKEN (${reason}): no click or command arrives.`, fix }];
  }
  return slack.openSocket === undefined ? [] : [{ about, state: 'ok', says: 'SLACK_APP_TOKEN opens a connection' }];
}

async function checkDatabase({ database }: DoctorOptions): Promise<Finding[]> {
  const found = await database();
  const { lackingKeys } = found;
  return [databaseFinding(found), ...(lackingKeys === undefined ? [] : [{ about: 'AUDIT_KEY', state: 'fault' as const, says: lackingKeys }])];
}

function databaseFinding({ where, isFleeting, openToOthers }: Awaited<ReturnType<DoctorOptions['database']>>): Finding {
  const about = 'Database';
  if (openToOthers.length > 0) {
    const says = `${where}. Other users of this machine may open ${openToOthers.join(', ')}: it holds who was attacked, and the audit log.`;
    return { about, state: 'fault', says, fix: 'chmod go-rwx each of them, and run the responder as a user of its own.' };
  }
  if (!isFleeting) return { about, state: 'ok', says: where };
  const says = `${where}, in a container without a disk of its own: incidents and audit go with the container.`;
  return { about, state: 'note', says, fix: 'Mount a volume, or set DATABASE_URL to postgres://…' };
}

async function checkTls({ tls }: DoctorOptions): Promise<Finding[]> {
  const about = 'TLS';
  const found = tls();
  if (found === undefined) return [];
  if (found.fault !== undefined) return [{ about, state: 'fault', says: found.fault }];
  return [{ about, state: 'ok', says: `certificate and key belong together, until ${utc(found.until)}` }];
}

const marks: Record<Finding['state'], string> = { ok: '✓', note: '!', fault: '✗' };

/** The findings as a table, with the fix under each line that has one. */
export function printedFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const rows = findings.flatMap(({ about, state, says, fix }) => [
    `${marks[state]} ${about.padEnd(width)}  ${says}`,
    ...(fix === undefined ? [] : [`  ${' '.repeat(width)}  → ${fix}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const end = `${count('ok')} well, ${count('note')} to know, ${count('fault')} to fix`;
  // Names come from AWS, where somebody chose them: nothing of them reaches the terminal as a command, or reorders what it shows.
  return `${rows.map((row) => withoutInvisible(row, '?')).join('\n')}\n\n${end}\n`;
}
