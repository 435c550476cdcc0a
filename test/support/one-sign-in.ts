import { blank } from '../../src/domain/incident/blank.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { settings } from './ports.ts';
import { consoleLogin, iamUser } from './records.ts';

const [signal] = understand({
  topicArn: 'arn:aws:sns:us-east-1:111122223333:t',
  messageId: 'm',
  subject: undefined,
  publishedAt: 0,
  message: JSON.stringify(consoleLogin(iamUser('alice'), 'Success', 'No')),
});
if (signal === undefined) throw new Error('no signal');

/** The open incident of alice's sign-in without MFA, before anybody looked at it. */
export const oneSignIn: Incident = { ...blank(signal, { before: undefined, meaning: meaningOf(signal, undefined, settings), now: 0 }), id: 1 };
