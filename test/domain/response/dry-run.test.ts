import { expect, it } from 'vitest';
import { type Decision, simulatedFrom, withTags } from '../../../src/domain/response/dry-run.ts';

const allowed: Decision = { decision: 'allowed', missing: [], byOrganization: undefined, byBoundary: undefined };

it.each<[string, Partial<Decision>, string]>([
  ['allowed', {}, 'may'],
  ['allowed, by the organisation as well', { byOrganization: true, byBoundary: true }, 'may'],
  [
    'allowed, but it depends on what was not given',
    { missing: ['aws:MultiFactorAuthPresent'] },
    'cannot-tell: it depends on aws:MultiFactorAuthPresent',
  ],
  [
    'denied, whatever else is not known',
    { decision: 'explicitDeny', missing: ['aws:SourceIp'] },
    'may-not: a statement of the role’s policies denies it',
  ],
  ['not said', { decision: 'implicitDeny' }, 'may-not: no policy of the role allows it'],
  [
    'not said, but it depends on what was not given',
    { decision: 'implicitDeny', missing: ['iam:PolicyARN'] },
    'cannot-tell: it depends on iam:PolicyARN',
  ],
  ['not by the organisation', { decision: 'implicitDeny', byOrganization: false }, 'may-not: a service control policy'],
  ['not by the boundary', { decision: 'implicitDeny', byBoundary: false }, 'may-not: the permissions boundary'],
])('%s', (_what, over, expected) => {
  const answer = simulatedFrom({ ...allowed, ...over });
  expect(answer.is === 'may' ? answer.is : `${answer.is}: ${answer.why}`).toContain(expected);
});

it('tags that were read are conditions, and what the call itself says wins', () => {
  const call = { action: 'iam:X', resource: '*', account: '1', context: { 'iam:PolicyARN': 'arn' } };
  expect(withTags(call, { 'signin-responder': '' }).context).toEqual({ 'aws:ResourceTag/signin-responder': '', 'iam:PolicyARN': 'arn' });
});
