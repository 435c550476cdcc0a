/**
 * Who may assume the roles, and in whose name. Sources: IAM user guide, "Monitor and control actions taken with assumed roles" and "Pass session
 * tags in AWS STS"; the service authorization reference of STS for what each action is asked with.
 */
import { sessionTags } from '../domain/response/attribution.ts';
import { policy, type Statement } from './policies.ts';

/** Who may assume the role that reads: also in the name of a Slack user, where a click makes it read. */
export function readTrust(principal: unknown, organization: Organization): object {
  const only = onlyFrom(organization);
  return policy([
    { Sid: 'Assume', Effect: 'Allow', Principal: { AWS: principal }, Action: ['sts:AssumeRole'], Condition: only },
    ...inTheNameOf(principal, only),
  ]);
}

/**
 * Who may assume the role that changes: only in the name of a Slack user, an incident and a response, which CloudTrail then shows. What each of
 * the three actions is asked with differs: of SetSourceIdentity AWS knows no tags, of TagSession no SourceIdentity.
 */
export function respondTrust(principal: unknown, organization: Organization): object {
  const only = onlyFrom(organization);
  const assume = { ...byPerson, ...only, StringLike: { ...byPerson.StringLike, ...tagged.StringLike } };
  return policy([
    { Sid: 'AssumeInTheNameOfAPerson', Effect: 'Allow', Principal: { AWS: principal }, Action: ['sts:AssumeRole'], Condition: assume },
    ...inTheNameOf(principal, only),
  ]);
}

interface Organization {
  /** CloudFormation's condition that there is one, and its id. */
  readonly condition: string;
  readonly id: unknown;
}

type Condition = Readonly<Record<string, unknown>>;

/** Where there is an organisation, callers of its accounts only. SourceAccount is none of a role's: only services set it. */
function onlyFrom({ condition, id }: Organization): Condition {
  return { StringEquals: { 'Fn::If': [condition, { 'aws:PrincipalOrgID': id }, { Ref: 'AWS::NoValue' }] } };
}

/** Slack user ids begin with U or W. */
export const slackUsers = ['U*', 'W*'];
const byPerson = { StringLike: { 'sts:SourceIdentity': slackUsers } };
const values: Record<(typeof sessionTags)[number], readonly string[]> = { person: slackUsers, incident: ['SIN-*'], response: ['?*'] };
const tagged = { StringLike: Object.fromEntries(sessionTags.map((tag) => [`aws:RequestTag/${tag}`, values[tag]])) };
const theseTagsOnly = { 'ForAllValues:StringEquals': { 'aws:TagKeys': sessionTags } };

function inTheNameOf(principal: unknown, only: Condition): Statement[] {
  const allow = { Effect: 'Allow', Principal: { AWS: principal } } as const;
  return [
    { Sid: 'NameThePerson', ...allow, Action: ['sts:SetSourceIdentity'], Condition: { ...byPerson, ...only } },
    { Sid: 'TagTheSession', ...allow, Action: ['sts:TagSession'], Condition: { ...tagged, ...theseTagsOnly, ...only } },
  ];
}
