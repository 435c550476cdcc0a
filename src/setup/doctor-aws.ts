/** The doctor's checks of the AWS side. */
import { coverageOf } from '../domain/detection/coverage.ts';
import { judgePattern } from '../domain/detection/judge.ts';
import { detectionIn } from '../domain/detection/judgement.ts';
import { asAppError } from '../domain/error.ts';
import { readsByName, type TopicFacts, type TrailFacts } from '../domain/inspection.ts';
import { nameIn, placeOf } from '../domain/place.ts';
import { shellWord } from '../domain/response/iam-user.ts';
import { type OptionalPart, parts, partWords } from '../domain/response/parts.ts';
import { isNamed } from '../domain/response/reach.ts';
import type { DoctorOptions, Finding } from './finding.ts';

/** No permission is needed to ask who one is: where that is denied, all else is. */
export async function credentialsFault({ aws }: DoctorOptions): Promise<Finding | undefined> {
  try {
    await aws.caller();
    return undefined;
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    if (code !== 'denied') return undefined;
    return { about: 'AWS credentials', state: 'fault', says: message, fix: 'Then call the doctor again: nothing else of AWS was looked at.' };
  }
}

export async function checkCaller({ aws, accounts }: DoctorOptions): Promise<Finding[]> {
  const caller: Finding = { about: 'AWS credentials', state: 'ok', says: await aws.caller() };
  if (accounts.size > 0) return [caller];
  const fix = 'Set AWS_ACCOUNTS=name=account-id,…: what is not named is not looked at.';
  return [caller, { about: 'AWS_ACCOUNTS', state: 'fault', says: 'Empty: no account, permission, trail or detection was looked at.', fix }];
}

export async function checkPermissions({ aws, homeRegion }: DoctorOptions, id: string, name: string): Promise<Finding[]> {
  const about = `Account ${name} ${id}`;
  const tried = await aws.permissions(id, homeRegion);
  const off: readonly OptionalPart[] = parts.filter((part) => tried.every((one) => one.part !== part || one.fault !== undefined));
  // What each part allows is there while one of them is on.
  const isOff = (part: OptionalPart | 'each'): boolean => (part === 'each' ? off.length === parts.length : off.includes(part));
  const asked = tried.filter(({ part }) => part === undefined || !isOff(part));
  const denied = asked.filter(({ fault }) => fault !== undefined);
  const fix = 'Deploy the member-roles template in this account, and check AWS_MEMBER_ROLE and AWS_RESPOND_ROLE.';
  const notes = [
    ...off.map((part): Finding => ({ about, state: 'note', says: `${part} is off: ${partWords[part].without}`, fix: partWords[part].fix })),
    ...(tried.some(({ part, fault }) => part === 'DenySessions' && fault === undefined) ? [writesPolicies(about)] : []),
  ];
  if (denied.length === 0) return [{ about, state: 'ok', says: `${asked.length} permissions tried, all there` }, ...notes];
  const faults = denied.map(({ action, fault, part }): Finding => {
    if (action === readsByName) return olderStack(about);
    return {
      about,
      state: 'fault',
      says: `${action}: ${fault}`,
      fix: part === undefined ? fix : partWords[part === 'each' ? 'ContainUsers' : part].fix,
    };
  });
  return [...faults, ...(asked.some(({ fault }) => fault === undefined) ? notes : [])];
}

function writesPolicies(about: string): Finding {
  const says = 'AWS_SESSIONS_ROLE may write policies in users and roles: whoever controls the responder and that role is administrator here.';
  const fix = 'docs/security.md, “The role that denies sessions”. Where you do not need it: DenySessions=no, and no AWS_SESSIONS_ROLE.';
  return { about, state: 'note', says, fix };
}

/** Reads go on without it, and nobody is kept from anything. */
function olderStack(about: string): Finding {
  const says = 'The stack is older: what a click makes the responder read of a user is read in nobody’s name.';
  return { about, state: 'fault', says, fix: 'Deploy the central template again, then member-roles in this account.' };
}

export function trailAccounts({ trailAccount, accounts }: DoctorOptions): string[] {
  return trailAccount === undefined ? [...accounts.keys()] : [trailAccount];
}

export async function checkTrail({ aws, homeRegion, trailAccount, accounts }: DoctorOptions, account: string): Promise<Finding[]> {
  const about = `Trail ${account}`;
  if (!isNamed(account, { accounts })) return [unnamedTrail(about)];
  const trails = await aws.trails(account, homeRegion);
  const fault = (says: string, fix: string): Finding[] => [{ about, state: 'fault', says, fix }];
  if (trails.length === 0)
    return fault('There is no trail: metric filters see nothing.', 'Create a multi-region trail that delivers to CloudWatch Logs.');
  const elsewhere = trails.find(({ isOrganization, owner }) => isOrganization && owner !== account);
  if (elsewhere && trailAccount === undefined)
    return [
      {
        about,
        state: 'note',
        says: `The organisation's trail ${elsewhere.name} of ${elsewhere.owner} records this account.`,
        fix: `Set TRAIL_ACCOUNT=${elsewhere.owner}.`,
      },
    ];
  const well = trails.find((trail) => faultOfTrail(trail) === undefined);
  if (well) return [{ about, state: 'ok', says: `${well.name} logs all regions to ${well.logGroupArn?.split(':').at(6)}` }];
  const withoutLogs = trails.find((trail) => faultOfTrail({ ...trail, logGroupArn: 'none' }) === undefined);
  const counts = (await aws.awsSide()).filters.some(({ pattern }) => detectionIn(judgePattern(pattern)) !== undefined);
  if (withoutLogs && !counts)
    return [{ about, state: 'note', says: `${withoutLogs.name} delivers to no log group: only EventBridge is watched, and it is best effort.` }];
  return trails.flatMap((trail) => {
    const found = faultOfTrail(trail);
    return found ? fault(found.says, found.fix) : [];
  });
}

/** The start takes it: where no role may be put into that account, users are looked up in the others all the same. */
function unnamedTrail(about: string): Finding {
  const says = 'TRAIL_ACCOUNT is not in AWS_ACCOUNTS: its alarms and the log behind them are not read, nor is an alarm there reset.';
  return { about, state: 'fault', says, fix: 'Add it to AWS_ACCOUNTS, or correct TRAIL_ACCOUNT.' };
}

function faultOfTrail(trail: TrailFacts): { says: string; fix: string } | undefined {
  const { name } = trail;
  const here = `--name ${shellWord(name)} --region ${shellWord(trail.homeRegion)}`;
  if (!trail.isLogging) return { says: `${name} is not logging.`, fix: `aws cloudtrail start-logging ${here}` };
  if (!trail.isMultiRegion)
    return {
      says: `${name} covers one region: sign-ins are recorded in several.`,
      fix: `aws cloudtrail update-trail ${here} --is-multi-region-trail`,
    };
  if (trail.logGroupArn === undefined)
    return { says: `${name} delivers to no log group: metric filters see nothing.`, fix: 'Give the trail a CloudWatch Logs log group.' };
  if (trail.deliveryError)
    return {
      says: `${name} cannot deliver to its log group: ${trail.deliveryError}.`,
      fix: 'Check the role that CloudTrail uses for CloudWatch Logs.',
    };
  if (!trail.hasManagementEvents)
    return { says: `${name} leaves out management events: sign-ins are among them.`, fix: 'Log read and write management events.' };
  return undefined;
}

export async function checkTopic({ aws, requireVersion2 }: DoctorOptions, arn: string): Promise<Finding[]> {
  const about = `Topic ${nameIn(arn)}`;
  const topic = await aws.topic(arn);
  const faults = [...subscriptionFaults(topic), ...(await letterFaults(aws, topic)), ...signatureFaults(topic, arn, requireVersion2)].map(
    (finding) => ({ about, ...finding }),
  );
  return faults.length > 0 ? faults : [{ about, state: 'ok', says: 'a confirmed subscription of …/sns with dead letters, signature version 2' }];
}

export async function checkPager({ aws, escalationTopic }: DoctorOptions): Promise<Finding[]> {
  const about = 'Pager';
  if (escalationTopic === undefined)
    return [{ about, state: 'note', says: 'ESCALATION_TOPIC_ARN is not set: what nobody acknowledges is repeated in Slack only.' }];
  const fault = await aws.publishFault(escalationTopic);
  if (fault === undefined) return [{ about, state: 'ok', says: `${nameIn(escalationTopic)} may be published to` }];
  const fix =
    'Deploy the central template with EscalationTopicArn; in another account, or with a key of KMS, let its own policy allow the responder’s role as well.';
  return [{ about, state: 'fault', says: fault, fix }];
}

/** What keeps somebody who writes to the database from changing the log without showing. */
export async function checkLog({ isLogSigned }: DoctorOptions): Promise<Finding[]> {
  const about = 'Audit log';
  const says = 'AUDIT_KEY is not set: whoever writes to the database can rewrite the whole chain unnoticed.';
  return [
    isLogSigned ? { about, state: 'ok', says: 'linked under AUDIT_KEY' } : { about, state: 'note', says, fix: 'openssl rand -hex 32 makes one.' },
  ];
}

export async function checkAnchors({ aws, auditBucket }: DoctorOptions): Promise<Finding[]> {
  const about = 'Audit log';
  if (auditBucket === undefined)
    return [{ about, state: 'note', says: 'AUDIT_BUCKET is not set: the hourly anchors are in the process’s own log only.' }];
  const fault = await aws.anchorFault();
  if (fault === undefined)
    return [{ about, state: 'ok', says: `anchors may be put into ${auditBucket}; whether it locks them, the responder may not ask` }];
  const fix = 'Deploy the central template with AuditRetentionDays, and set AUDIT_BUCKET to its output AuditBucketName.';
  return [{ about, state: 'fault', says: fault, fix }];
}

export async function checkCanary({ aws, canaryAlarm, topicArns }: DoctorOptions): Promise<Finding[]> {
  const about = 'Canary';
  if (canaryAlarm === undefined) return [{ about, state: 'note', says: 'CANARY_ALARM is not set: nobody notices when alarms stop coming through.' }];
  const { notifies, fault } = await aws.canary(canaryAlarm);
  const fix = 'Deploy the central template again, and set CANARY_ALARM to its output CanaryAlarmArn.';
  if (notifies === undefined) return [{ about, state: 'fault', says: `There is no alarm ${canaryAlarm}.`, fix }];
  if (fault !== undefined) return [{ about, state: 'fault', says: fault, fix }];
  if (!notifies.some((arn) => topicArns.includes(arn)))
    return [
      { about, state: 'fault', says: 'In ALARM it notifies none of SNS_TOPIC_ARNS, or its actions are switched off: it never comes back.', fix },
    ];
  return [{ about, state: 'ok', says: 'it notifies the topic, and may be set off' }];
}

/** Other HTTPS subscriptions are a pager's, say; the responder's own ends in /sns. */
function subscriptionFaults({ subscriptions }: TopicFacts): Omit<Finding, 'about'>[] {
  const own = subscriptions.filter(({ endpoint }) => endpoint.endsWith('/sns'));
  const deploy = 'Deploy the central template with Endpoint=https://HOST/sns while the responder is up.';
  if (own.length === 0)
    return [{ state: 'fault', says: 'No HTTPS endpoint that ends in /sns is subscribed: nothing reaches the responder.', fix: deploy }];
  return own.flatMap(({ endpoint, isConfirmed, isRaw, deadLetters }): Omit<Finding, 'about'>[] => {
    if (!isConfirmed) {
      const fix = 'Start the responder where that address leads, then ask SNS to send the confirmation again (Request confirmation).';
      return [{ state: 'fault', says: `The subscription of ${endpoint} is not confirmed: nothing reaches the responder there.`, fix }];
    }
    const raw = 'is delivered raw: without a signature, every message is refused.';
    return [
      ...(isRaw ? [{ state: 'fault' as const, says: `${endpoint} ${raw}`, fix: 'Switch raw message delivery off.' }] : []),
      ...(deadLetters !== undefined
        ? []
        : [{ state: 'fault' as const, says: `${endpoint} has no dead-letter queue: what the responder never took is gone.`, fix: deploy }]),
    ];
  });
}

/** What SNS gave up is read there after an outage. */
async function letterFaults(aws: DoctorOptions['aws'], { subscriptions }: TopicFacts): Promise<Omit<Finding, 'about'>[]> {
  const queues = new Set(subscriptions.flatMap(({ endpoint, deadLetters }) => (endpoint.endsWith('/sns') ? (deadLetters ?? []) : [])));
  const faults = await Promise.all([...queues].map(async (queue) => ({ queue, fault: await aws.queueFault(queue) })));
  return faults.flatMap(({ queue, fault }) => {
    const fix = 'Deploy the central template again: the responder’s own role empties the queue.';
    return fault === undefined ? [] : [{ state: 'fault', says: `The dead-letter queue ${queue} cannot be emptied: ${fault}`, fix }];
  });
}

function signatureFaults({ signatureVersion }: TopicFacts, arn: string, required: boolean): Omit<Finding, 'about'>[] {
  if (signatureVersion === '2') return [];
  const says = `The topic signs with SHA-1 (signature version ${signatureVersion})${required ? ', which SNS_REQUIRE_SIGNATURE_V2 refuses' : ''}.`;
  return [
    {
      state: 'fault',
      says,
      fix: `aws sns set-topic-attributes --region ${placeOf(arn).region} --topic-arn ${arn} --attribute-name SignatureVersion --attribute-value 2`,
    },
  ];
}

export async function checkDetections({ aws, topicArns, accounts, regions }: DoctorOptions): Promise<Finding[]> {
  if (accounts.size === 0) return [];
  const side = await aws.awsSide();
  return [
    ...side.faults.map(
      (says): Finding => ({
        about: 'Detections',
        state: 'fault',
        says: `Not read: ${says}`,
        fix: 'Deploy the member-roles template in this account.',
      }),
    ),
    ...coverageOf(side, { topicArns, accounts: [...accounts.keys()], regions }).flatMap(({ detection, state, says, fix, toKnow }): Finding[] => [
      { about: detection, state: state === 'watched' ? 'ok' : 'fault', says, fix },
      ...toKnow.map((line): Finding => ({ about: detection, state: 'note', says: line })),
    ]),
  ];
}
