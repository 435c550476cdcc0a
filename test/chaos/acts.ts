/** What may happen next in a random story. */
import { alarmText, subjectOf } from '../../src/sandbox/aws/alarm-announcement.ts';
import { prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Alarm, AlarmState } from '../../src/sandbox/aws/shapes.ts';
import { consoleLogin, eventBridge, failing, iamUser, inLog, instanceRole, inTrail, type Json, root } from '../../src/sandbox/records.ts';
import { channel } from '../support/sandbox.ts';
import { anyone, go, press } from './hands.ts';
import { pass, type Random, type Told } from './told.ts';

const names = ['alice', 'bella', 'carl', 'erin', 'frank', 'deploy', 'nobody'];
const addresses = ['198.51.100.23', '198.51.100.77', '203.0.113.7', '203.0.113.99', '2001:db8::1', '192.0.2.14'];
/** How SNS brings a message: at once, not at all, later than others, or several times. */
const ways = ['sent', 'sent', 'sent', 'lost', 'late', 'doubled'] as const;
type Way = (typeof ways)[number];

/** How often each happens, beside the others. */
const acts: readonly { readonly weight: number; readonly act: (told: Told) => unknown }[] = [
  { weight: 18, act: alarmChanges },
  { weight: 14, act: signIns },
  { weight: 36, act: presses },
  { weight: 4, act: storm },
  { weight: 3, act: stormRecovers },
  { weight: 7, act: fault },
  { weight: 3, act: deleteAlarm },
  { weight: 3, act: restart },
  { weight: 3, act: command },
];
const byWeight = acts.flatMap(({ weight, act }) => Array.from({ length: weight }, () => act));

export async function happens(told: Told): Promise<void> {
  await told.random.any(byWeight)(told);
}

function alarmsOf({ world }: Told): Record<string, Alarm> {
  return world.aws.accounts[prodAccount]?.alarms ?? {};
}

function alarmChanges(told: Told): void {
  const { random } = told;
  const metric = Object.values(alarmsOf(told)).filter(({ type }) => type === 'metric');
  change(told, random.any(metric), { to: random.any(['ALARM', 'ALARM', 'OK', 'INSUFFICIENT_DATA']), way: random.any(ways) });
}

function change(told: Told, alarm: Alarm, { to, way }: { to: AlarmState; way: Way }): void {
  const { world, random, later } = told;
  if (alarm.state === to) return;
  if (way === 'sent') {
    world.alarms.change(prodAccount, alarm, { to });
    return;
  }
  const before = { value: alarm.state, reason: alarm.reason };
  alarm.actionsEnabled = false;
  world.alarms.change(prodAccount, alarm, { to });
  alarm.actionsEnabled = true;
  if (way === 'lost') return;
  const sent = { message: alarmText(prodAccount, alarm, before), subject: subjectOf(alarm), messageId: `story-${++told.serial}` };
  const after = way === 'late' ? [random.any([30, 300, 3_000, 7_200])] : [0, 0, random.any([1, 60, 4_000])];
  for (const seconds of after) later.push({ at: world.clock.now() + seconds * 1_000, run: () => world.publish(sent) });
}

function extraAlarm(told: Told, name: string): Alarm {
  const alarms = alarmsOf(told);
  const like = alarms.ConsoleSignInWithoutMfaAlarm as Alarm;
  alarms[name] ??= {
    ...like,
    state: 'OK',
    name,
    arn: like.arn.replace(/[^:]+$/, name),
    description: null,
    metricName: name,
    namespace: 'Ops',
    threshold: 1,
  };
  return alarms[name];
}

function storm(told: Told): void {
  const { random } = told;
  const count = random.any([12, 30, 60, 120]);
  for (let index = 0; index < count; index++)
    change(told, extraAlarm(told, `storm-${random.int(4)}-${index}`), { to: 'ALARM', way: random.any(['sent', 'sent', 'doubled', 'lost']) });
}

function stormRecovers(told: Told): void {
  const { random } = told;
  const ofStorm = Object.values(alarmsOf(told)).filter(({ name }) => name.startsWith('storm-'));
  for (const alarm of ofStorm) if (random.is(0.6)) change(told, alarm, { to: 'OK', way: random.any(ways) });
}

function deleteAlarm(told: Told): void {
  const alarms = alarmsOf(told);
  const extra = Object.keys(alarms).filter((name) => name.startsWith('storm-'));
  if (extra.length > 0) delete alarms[told.random.any(extra)];
}

function aSignIn({ world, random }: Told, { who, sourceIPAddress }: { who: string; sourceIPAddress: string }): Json {
  const eventTime = new Date(world.clock.now() - random.int(200) * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const more = { sourceIPAddress, eventTime, awsRegion: random.any(['us-east-1', 'us-east-1', 'eu-north-1']) };
  const kind = random.int(10);
  if (kind < 5) return consoleLogin(world, failing(who), 'Failure', random.any(['No', 'Yes']), more);
  if (kind < 8) return consoleLogin(world, iamUser(who), 'Success', random.any(['No', 'No', 'Yes']), more);
  return consoleLogin(world, kind === 8 ? root : instanceRole, 'Success', 'No', more);
}

/** Of one user or of many, from one address; by an alarm, by EventBridge, or by both, some late, twice or never. */
function signIns(told: Told): void {
  const { world, random, later } = told;
  const [who, sourceIPAddress, isSpray] = [random.any(names), random.any(addresses), random.is(0.3)];
  const count = random.any([1, 1, 2, 4, 8, 25]);
  const records = Array.from({ length: count }, () => aSignIn(told, { who: isSpray ? random.any(names) : who, sourceIPAddress }));
  inTrail(world, records, random.any([0, 300, 800]));
  if (random.is(0.5)) inLog(world, records);
  const isByAlarm = random.is(0.3);
  if (isByAlarm) {
    const alarm = alarmsOf(told)[random.any(['ConsoleSigninFailures', 'ConsoleSignInWithoutMfaAlarm', 'SignInFailedMFAAlarm'])];
    if (alarm !== undefined) change(told, alarm, { to: 'ALARM', way: 'sent' });
  }
  if (isByAlarm && random.is(0.5)) return;
  for (const record of records) {
    const sent = { message: eventBridge(record), messageId: `story-${++told.serial}` };
    for (const seconds of timesOf(random)) later.push({ at: world.clock.now() + seconds * 1_000, run: () => world.publish(sent) });
  }
}

function timesOf(random: Random): number[] {
  if (random.is(0.05)) return [];
  return [random.is(0.1) ? random.int(7_200) : 0, ...(random.is(0.1) ? [random.int(4_000)] : [])];
}

/** Several people at the same time. */
async function presses(told: Told): Promise<void> {
  await Promise.all(Array.from({ length: 1 + told.random.int(5) }, () => press(told)));
}

const awsCalls = [undefined, 'LookupEvents', 'DescribeAlarms', 'GetUser', 'FilterLogEvents', 'AssumeRole', 'Publish', 'UpdateLoginProfile'];
const slackCalls = ['chat.postMessage', 'chat.update', undefined, 'views.open', 'conversations.history', 'conversations.replies'];

function fault({ world: { faults, clock }, random }: Told): void {
  const kind = random.int(4);
  if (kind === 0) faults.sns.push({ mode: 'unreachable', until: clock.now() + random.any([60, 600, 7_200]) * 1_000 });
  else if (kind === 1) faults.aws.push({ operation: random.any(awsCalls), mode: random.any(['throttle', '500', 'denied', 'reset-after']), times: 3 });
  else {
    const mode = random.any(['429', '500', 'reset-before', 'reset-after', 'error'] as const);
    faults.slack.push({ method: random.any(slackCalls), mode, times: random.any([1, 2, 6]), retryAfter: 7, error: 'fatal_error' });
  }
}

async function restart(told: Told): Promise<void> {
  const { world, random } = told;
  await world.bot.stop(random.any(['SIGTERM', 'SIGKILL']));
  await pass(told, random.any([1, 30, 200, 1_800]), 600);
  await world.bot.start();
}

async function command(told: Told): Promise<void> {
  const { world, random } = told;
  const asked = { user: anyone(told), channel, command: random.any(world.workspace.commands), text: random.any(['', 'coverage', 'SIN-1', 'help']) };
  await go(told, { user: asked.user, what: `${asked.command} ${asked.text}` }, () => world.interactions.command(asked));
}
