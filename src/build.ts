/** Builds the adapters from the configuration. */
import { randomInt } from 'node:crypto';
import { type Accounts, accountsOf } from './aws/accounts.ts';
import { alarmsOf } from './aws/alarms.ts';
import { anchorBucketOf, type BucketOptions } from './aws/anchor-bucket.ts';
import { canaryOf } from './aws/canary.ts';
import { containmentOf } from './aws/containment.ts';
import { directoryOf } from './aws/directory.ts';
import { dryRunOf, type Hand } from './aws/dry-run.ts';
import { identitiesOf } from './aws/identities.ts';
import { identityCenterOf } from './aws/identity-center.ts';
import { inspectionOf } from './aws/inspection.ts';
import { lettersOf } from './aws/letters.ts';
import { alarmLogsOf } from './aws/logs.ts';
import { managementTries } from './aws/management-permissions.ts';
import { pagerOf } from './aws/pager.ts';
import { rootAccessOf } from './aws/root-access.ts';
import { sessionDenialOf } from './aws/session-denial.ts';
import { signInSessionsOf } from './aws/sign-in-sessions.ts';
import { subscriptionsOf } from './aws/subscriptions.ts';
import { trailOf } from './aws/trail.ts';
import type { Config } from './config.ts';
import { asAppError } from './domain/error.ts';
import { partitions, placeOf } from './domain/place.ts';
import type { Draw, Log, Metrics, Ports } from './domain/ports.ts';
import type { Reader } from './domain/response/actor.ts';
import type { Call } from './domain/response/plan.ts';
import type { ReachSettings } from './domain/response/reach.ts';
import { labelsOf, memberPermissionsOf, type Response } from './domain/response/response.ts';
import { day, type Keeping } from './domain/retention.ts';
import type { Store } from './domain/store.ts';
import { keepingTimers } from './features/keep-timers.ts';
import { causesOf, responses } from './features/responses.ts';
import type { SlackOptions } from './slack/app.ts';
import { type CardOptions, drawCard } from './slack/card.ts';
import { withFreeze } from './slack/frozen.ts';
import { drawReply, saidAgain } from './slack/reply.ts';
import { drawStorm, drawStormRing } from './slack/storm-card.ts';
import { withoutBlocks } from './slack/text.ts';
import type { Workspace } from './slack/workspace.ts';

export function slackOptionsOf(config: Config, log: Log, metrics: Pick<Metrics, 'count'>): SlackOptions {
  return {
    botToken: config.SLACK_BOT_TOKEN,
    signingSecret: config.SLACK_SIGNING_SECRET,
    appToken: config.SLACK_APP_TOKEN,
    apiUrl: config.SANDBOX_URL && `${config.SANDBOX_URL}/slack/api/`,
    log,
    metrics,
  };
}

export function homeRegionOf({ AWS_REGIONS: [first = partitions.aws.iamRegion] }: Config): string {
  return first;
}

export function bucketOf(config: Config): BucketOptions | undefined {
  const { AUDIT_BUCKET: bucket, SANDBOX_URL: sandbox } = config;
  return bucket === undefined ? undefined : { bucket, region: homeRegionOf(config), endpoint: sandbox && `${sandbox}/aws` };
}

export function buildAws(config: Config, metrics: Metrics) {
  const sandbox = config.SANDBOX_URL;
  const bucket = bucketOf(config);
  const endpoint = sandbox && `${sandbox}/aws`;
  const common = { endpoint, homeRegion: homeRegionOf(config), metrics };
  const accounts = accountsOf({ ...common, memberRole: config.AWS_MEMBER_ROLE, respondRole: config.AWS_RESPOND_ROLE, known: config.accounts });
  const { AWS_SESSIONS_ROLE: respondRole } = config;
  const denying =
    respondRole === undefined ? undefined : accountsOf({ ...common, memberRole: config.AWS_MEMBER_ROLE, respondRole, known: config.accounts });
  /** One role, in the account that its ARN names. */
  const roleIn = (memberRole: string) => accountsOf({ ...common, memberRole, respondRole: undefined, known: new Map() });
  const { IDENTITY_CENTER_ROLE: center, ROOT_ACCESS_ROLE: root } = config;
  /** What is read of people: by a click in its person's name. */
  const readersOf = (reader: Reader | undefined) => {
    const of = (all: Accounts): Accounts => (reader === undefined ? all : all.as(reader));
    return {
      identities: identitiesOf(of(accounts)),
      containment: containmentOf(of(accounts), common.homeRegion),
      sessions: signInSessionsOf(of(accounts)),
      identityCenter:
        center === undefined ? undefined : identityCenterOf({ accounts: of(roleIn(center)), roleArn: center, regions: config.AWS_REGIONS }),
      sessionDenial: denying && sessionDenialOf({ reading: of(accounts), denying }),
      rootAccess: root === undefined ? undefined : rootAccessOf({ accounts: of(roleIn(root)), roleArn: root, region: common.homeRegion }),
    };
  };
  const places = [...config.accounts.keys()].flatMap((account) => config.AWS_REGIONS.map((region) => ({ account, region })));
  const logs = alarmLogsOf(accounts);
  const alarms = alarmsOf({ accounts, places, topicArns: config.SNS_TOPIC_ARNS, canary: config.CANARY_ALARM, filters: logs.filters });
  return {
    ...readersOf(undefined),
    readAs: readersOf,
    alarms,
    inspection: inspectionOf({
      accounts,
      alarms,
      ids: [...config.accounts.keys()],
      regions: config.AWS_REGIONS,
      denying,
      needed: memberPermissionsOf(responses),
      management: () => managementTries({ center, root, roleIn, regions: config.AWS_REGIONS, ids: [...config.accounts.keys()] }),
      bucket,
    }),
    trail: trailOf(accounts),
    logs,
    directory: directoryOf(accounts),
    dryRun: dryRunOf(
      handsOf(accounts, {
        denying,
        center: center === undefined ? undefined : roleIn(center),
        root: root === undefined ? undefined : roleIn(root),
      }),
    ),
    subscriptions: subscriptionsOf(accounts),
    canary: config.CANARY_ALARM === undefined ? undefined : canaryOf(accounts, config.CANARY_ALARM),
    pager: config.ESCALATION_TOPIC_ARN === undefined ? undefined : pagerOf(accounts, config.ESCALATION_TOPIC_ARN),
    anchorBucket: bucket && anchorBucketOf(bucket, accounts.called),
    letters: lettersOf(accounts),
  };
}

/** Of root's own calls nobody's: the session that makes them is given by AssumeRoot. */
function handsOf(accounts: Accounts, { denying, center, root }: Partial<Record<'denying' | 'center' | 'root', Accounts | undefined>>): Hand[] {
  const ofRoot = ({ action, resource }: Call): boolean => action !== 'sts:AssumeRoot' && resource.endsWith(':root');
  return [
    ...(denying === undefined ? [] : [{ accounts: denying, makes: ({ action }: Call) => /^iam:Put(User|Role)Policy$/.test(action) }]),
    ...(center === undefined ? [] : [{ accounts: center, makes: ({ action }: Call) => /^(sso|identitystore):/.test(action) }]),
    ...(root === undefined ? [] : [{ accounts: root, makes: ({ action }: Call) => action === 'sts:AssumeRoot' }]),
    { accounts, makes: (call: Call) => !ofRoot(call) },
  ];
}

type Base = Pick<
  Ports,
  'files' | 'clock' | 'log' | 'metrics' | 'store' | 'people' | 'owner' | 'rightOfWay' | 'firstCards' | 'wake' | 'permalink' | 'report'
>;

/** The same ports over another view of the same store. */
export function onStore(ports: Ports, store: Store): Ports {
  return { ...ports, store: keepingTimers(store, ports.settings.timers) };
}

export function buildPorts(config: Config, all: readonly Response[], base: Base): Ports {
  const aws = buildAws(config, base.metrics);
  const own: { arn: string | undefined } = { arn: undefined };
  // Where a role is assumed, its session's SourceIdentity tells what the bot did; else its own ARN does, once AWS has said it.
  if (config.AWS_MEMBER_ROLE === undefined) {
    aws.inspection.caller().then(
      (arn) => (own.arn = arn),
      (thrown) => base.log.warn({ err: asAppError(thrown) }, 'AWS does not say who the responder is'),
    );
  }
  const timers = {
    escalateAfter: config.ESCALATE_AFTER,
    askOwnerAfter: config.ASK_OWNER_AFTER,
    askLeftOpenAfter: config.ASK_LEFT_OPEN_AFTER,
  };
  return {
    ...base,
    ...aws,
    store: keepingTimers(base.store, timers),
    settings: {
      timers,
      canaryAlarm: config.CANARY_ALARM,
      topicArns: config.SNS_TOPIC_ARNS,
      protectedUsers: config.PROTECTED_USERS,
      accounts: config.accounts,
      regions: config.AWS_REGIONS,
      trailAccount: config.TRAIL_ACCOUNT,
      hasMemberRole: config.AWS_MEMBER_ROLE !== undefined,
      alarmDetections: config.alarmDetections,
      hasSessionsRole: config.AWS_SESSIONS_ROLE !== undefined,
      respondRoles: [
        config.AWS_RESPOND_ROLE ?? config.AWS_MEMBER_ROLE,
        config.AWS_SESSIONS_ROLE,
        config.IDENTITY_CENTER_ROLE,
        config.ROOT_ACCESS_ROLE,
      ].flatMap((arn) => arn?.split('/').at(-1) ?? []),
      causes: causesOf(all),
      approvals: config.approvals,
      owners: config.owners,
      hasBreakGlass: config.BREAK_GLASS,
      isReadOnly: config.READ_ONLY,
      isDirectoryProvisioned: config.IDENTITY_CENTER_PROVISIONED,
      identityCenterAccount: config.IDENTITY_CENTER_ROLE && placeOf(config.IDENTITY_CENTER_ROLE).account,
      rootAccessAccount: config.ROOT_ACCESS_ROLE && placeOf(config.ROOT_ACCESS_ROLE).account,
      get ownPrincipal() {
        return own.arn;
      },
    },
    randomInt: (below) => randomInt(below),
  };
}

export function keepingOf({ KEEP_DETAILS_DAYS, KEEP_SIGN_INS_DAYS }: Config): Keeping {
  return { detailsMs: KEEP_DETAILS_DAYS * day, signInsMs: KEEP_SIGN_INS_DAYS * day };
}

export function drawOf(config: Config, workspace: Workspace, { reach, responses }: { reach: ReachSettings; responses: readonly Response[] }): Draw {
  const labels = labelsOf(responses);
  const options: CardOptions = {
    accounts: config.accounts,
    responders: config.RESPONDERS,
    remediatorsExist: config.REMEDIATORS.length > 0,
    reach,
    responses,
    owners: config.owners,
    permalink: (ts) => workspace.permalink(config.INCIDENT_CHANNEL, ts),
  };
  return {
    card: ({ incident, cards, isToldByStorm }, freeze) =>
      withFreeze(drawCard(incident, isToldByStorm ? { ...options, responders: [] } : options, cards), incident, freeze),
    storm: (picture) => drawStorm(picture, options),
    stormRing: (storm) => drawStormRing(storm, config.RESPONDERS),
    reply: (incident, told) => drawReply(incident, told, { responders: config.RESPONDERS, labels }),
    plain: withoutBlocks,
    again: saidAgain,
  };
}
