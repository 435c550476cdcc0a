/** What follows from sign-ins of OAuth (`aws login`, MCP clients): a code for a token is given to whoever is signed in, and no step of it takes a password. */
import { describe, expect, it } from 'vitest';
import { whatHappened } from '../../../src/domain/incident/headline.ts';
import type { Json } from '../../../src/domain/json.ts';
import { drawn, minute, ofSignIns, t0 } from '../../support/drawn.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';

const at = (minutes: number, record: Json): Json => ({ ...record, eventTime: new Date(t0 + minutes * minute).toISOString() });
const failure = consoleLogin({ type: 'IAMUser', userName: 'alice' }, 'Failure', 'No', { errorMessage: 'Failed authentication' });
const oauth = (eventName: string, success: boolean, more: Json = {}): Json => ({
  ...consoleLogin(iamUser('alice'), 'Success', undefined),
  eventName,
  eventType: 'AwsApiCall',
  readOnly: true,
  responseElements: null,
  requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
  additionalEventData: { success: String(success) },
  ...more,
});
const times = (count: number, record: Json): Json[] => Array.from({ length: count }, (_, index) => at(index, record));
const token = (success: boolean, more: Json = {}): Json => oauth('CreateOAuth2Token', success, more);

describe('after failures at the console', () => {
  it('a code for a token alone is no sign-in: whoever is signed in already is given one', () => {
    const incident = ofSignIns(...times(4, failure), at(5, oauth('AuthorizeOAuth2Access', true)));
    expect(whatHappened(incident)).toBe('alice failed to sign in');
    expect(drawn(incident)).toContain('failed 4×, allowed a sign-in from the command line (aws login)');
    expect(incident).toMatchObject({ severity: 'LOW', assessment: undefined });
  });

  it('the token is one, perhaps of a session of before', () => {
    const incident = ofSignIns(...times(4, failure), at(5, oauth('AuthorizeOAuth2Access', true)), at(6, token(true)));
    expect(whatHappened(incident)).toBe('Likely takeover of alice');
    expect(drawn(incident)).toContain('alice signed in, or went on from a session of before, after 4 failures from the same address');
  });
});

describe('a token that was not given', () => {
  const cli = (incident: ReturnType<typeof ofSignIns>): string => drawn(incident);

  it('is no wrong password: three of them and then one are no takeover', () => {
    const incident = ofSignIns(at(0, failure), ...times(3, token(false)), at(5, token(true)));
    expect(incident.assessment?.verdict).not.toBe('takeover');
    expect(cli(incident)).toContain('failed to sign in from the command line (aws login) 3×');
  });

  it('is no guess: ten of them', () => {
    expect(ofSignIns(at(0, failure), ...times(10, token(false))).assessment).toBeUndefined();
  });

  it.each(['AUTHCODE_EXPIRED', 'TOKEN_EXPIRED', 'USER_CREDENTIALS_CHANGED'])('for %s was refused by no policy', (errorMessage) => {
    const said = cli(ofSignIns(at(0, failure), at(1, token(false, { errorCode: 'AccessDenied', errorMessage }))));
    expect(said).toContain(`failed to sign in from the command line (aws login) from 203.0.113.7: “${errorMessage}”`);
    expect(said).not.toContain('policy');
  });
});
