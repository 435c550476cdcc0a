/** What the owner is asked about: all that was seen, for an attacker's sign-in beside the owner's own must not read as one. */
import { expect, it } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawQuestion } from '../../src/slack/owner-question.ts';
import { minute, ofSignIns, t0 } from '../support/drawn.ts';
import { consoleLogin, iamUser } from '../support/records.ts';

const at = (minutes: number, record: Json, more: Json): Json => ({ ...record, eventTime: new Date(t0 + minutes * minute).toISOString(), ...more });
const office = { sourceIPAddress: '203.0.113.7', userAgent: 'Firefox of the office' };
const away = { sourceIPAddress: '198.51.100.9', userAgent: 'curl/8' };
const failure = consoleLogin({ type: 'IAMUser', userName: 'alice' }, 'Failure', 'No', { errorMessage: 'Failed authentication' });
const success = consoleLogin(iamUser('alice'), 'Success', 'Yes');
const changed = {
  ...consoleLogin(iamUser('carl'), 'Success', undefined),
  eventSource: 'iam.amazonaws.com',
  eventName: 'UpdateLoginProfile',
  requestParameters: { userName: 'alice' },
  responseElements: null,
};

function asked(...records: readonly Json[]): string {
  const incident = ofSignIns(...records);
  const subject = incident.subjects.find(({ name }) => name === 'alice');
  if (subject === undefined) throw new Error('Alice is not in it.');
  const question = { incident, subject, owner: 'U1', by: { id: 'U2', name: 'Bob' }, until: t0, seq: 1, power: undefined };
  return textOfBlocks(drawQuestion(question as never, new Map()).blocks as never);
}

it('says each address and what was done', () => {
  const said = asked(at(0, success, office), at(3, failure, away), at(4, failure, away));
  expect(said).toContain('failed 2×, signed in 1×, last');
  expect(said).toContain('From: 203.0.113.7, 198.51.100.9');
  expect(said).toContain('Device of the newest: curl/8');
});

it('keeps device and MFA of the owner where somebody else changed the user since', () => {
  const said = asked(at(0, success, office), at(3, changed, away));
  expect(said).toContain('Device of the newest: Firefox of the office');
  expect(said).toContain('With MFA');
  expect(said).not.toContain('carl');
});
