/** Builds what asks and changes AWS: by which roles it is reached, and the ports over them. */
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
import { partitions } from './domain/place.ts';
import type { Log, Metrics } from './domain/ports.ts';
import type { Reader } from './domain/response/actor.ts';
import type { Call } from './domain/response/plan.ts';
import { memberPermissionsOf } from './domain/response/response.ts';
import { responses } from './features/responses.ts';

export function homeRegionOf({ AWS_REGIONS: [first = partitions.aws.iamRegion] }: Config): string {
  return first;
}

export function bucketOf(config: Config): BucketOptions | undefined {
  const { AUDIT_BUCKET: bucket, SANDBOX_URL: sandbox } = config;
  return bucket === undefined ? undefined : { bucket, region: homeRegionOf(config), endpoint: sandbox && `${sandbox}/aws` };
}

interface Reach {
  readonly accounts: Accounts;
  /** By the role that denies sessions; undefined: there is none. */
  readonly denying: Accounts | undefined;
  /** By one role, in the account that its ARN names. */
  readonly roleIn: (role: string) => Accounts;
}

function reachOf(config: Config, metrics: Metrics): Reach {
  const {
    AWS_MEMBER_ROLE: memberRole,
    AWS_RESPOND_ROLE: respondRole,
    AWS_SESSIONS_ROLE: sessionsRole,
    SANDBOX_URL: sandbox,
    accounts: known,
  } = config;
  const common = { endpoint: sandbox && `${sandbox}/aws`, homeRegion: homeRegionOf(config), metrics };
  return {
    accounts: accountsOf({ ...common, memberRole, respondRole, known }),
    denying: sessionsRole === undefined ? undefined : accountsOf({ ...common, memberRole, respondRole: sessionsRole, known }),
    roleIn: (role) => accountsOf({ ...common, memberRole: role, respondRole: undefined, known: new Map() }),
  };
}

/** What is read of people: by a click in its person's name. @param reader undefined: in nobody's name */
function readersOf(config: Config, { accounts, denying, roleIn }: Reach, reader: Reader | undefined) {
  const { IDENTITY_CENTER_ROLE: center, ROOT_ACCESS_ROLE: root } = config;
  const homeRegion = homeRegionOf(config);
  const of = (all: Accounts): Accounts => (reader === undefined ? all : all.as(reader));
  return {
    identities: identitiesOf(of(accounts)),
    containment: containmentOf(of(accounts), homeRegion),
    sessions: signInSessionsOf(of(accounts)),
    identityCenter:
      center === undefined ? undefined : identityCenterOf({ accounts: of(roleIn(center)), roleArn: center, regions: config.AWS_REGIONS }),
    sessionDenial: denying && sessionDenialOf({ reading: of(accounts), denying }),
    rootAccess: root === undefined ? undefined : rootAccessOf({ accounts: of(roleIn(root)), roleArn: root, region: homeRegion }),
  };
}

export function buildAws(config: Config, metrics: Metrics, log: Log) {
  const bucket = bucketOf(config);
  const reach = reachOf(config, metrics);
  const { accounts, denying, roleIn } = reach;
  const { IDENTITY_CENTER_ROLE: center, ROOT_ACCESS_ROLE: root } = config;
  const places = [...config.accounts.keys()].flatMap((account) => config.AWS_REGIONS.map((region) => ({ account, region })));
  const logs = alarmLogsOf(accounts);
  const alarms = alarmsOf({ accounts, places, topicArns: config.SNS_TOPIC_ARNS, canary: config.CANARY_ALARM, filters: logs.filters });
  return {
    ...readersOf(config, reach, undefined),
    readAs: (reader: Reader | undefined) => readersOf(config, reach, reader),
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
    trail: trailOf(accounts, log),
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
