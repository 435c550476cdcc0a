import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { apply } from '../../../src/domain/incident/intake.ts';
import { meaningOf } from '../../../src/domain/incident/triage.ts';
import { offered } from '../../../src/domain/response/offers.ts';
import { outOfReach, type ReachSettings, unreachedOf } from '../../../src/domain/response/reach.ts';

import { understand } from '../../../src/domain/signal/signal.ts';
import { responses } from '../../../src/features/responses.ts';
import { drawCard } from '../../../src/slack/card.ts';
import { alone } from '../../support/memory.ts';
import { settings } from '../../support/ports.ts';
import { alarmText, topic } from '../../support/sandbox.ts';

const hub = '111122223333';
const prod = '444455556666';
const other = '999988887777';
const named: ReachSettings = {
  accounts: new Map([
    [hub, 'hub'],
    [prod, 'prod'],
  ]),
  trailAccount: undefined,
  hasMemberRole: true,
  ownPrincipal: undefined,
};
const standsAlone: ReachSettings = {
  accounts: new Map(),
  trailAccount: undefined,
  hasMemberRole: false,
  ownPrincipal: `arn:aws:sts::${hub}:assumed-role/signin-responder/i-1`,
};

function incidentOf(message: object): Incident {
  const [signal] = understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: 0, message: JSON.stringify(message) });
  if (signal === undefined) throw new Error('no signal');
  return {
    ...(apply(signal, { do: 'open', reason: 'test' }, alone({ before: undefined, meaning: meaningOf(signal, undefined, settings), now: 0 }))
      .incident as Incident),
    id: 1,
  };
}

const alarmIn = (account: string): Incident =>
  incidentOf(
    alarmText('ConsoleSigninFailures', 'ALARM', 0, {
      AWSAccountId: account,
      AlarmArn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:ConsoleSigninFailures`,
    }),
  );
const signInOf = (account: string): Incident =>
  incidentOf({
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    recipientAccountId: account,
    userIdentity: { type: 'IAMUser', accountId: account, userName: 'zoe' },
    responseElements: { ConsoleLogin: 'Success' },
  });

const said = (incident: Incident, reach: ReachSettings): string => {
  const options = { accounts: reach.accounts, responders: [], remediatorsExist: true, responses, reach, permalink: (ts: string) => ts };
  return JSON.stringify(drawCard(incident, options, new Map()).blocks);
};

function shown(incident: Incident, reach: ReachSettings) {
  const { incident: about, user, more, views } = offered(responses, incident, reach);
  const buttons = (all: typeof about): string[] => all.map(({ button }) => button.id);
  return { incident: buttons(about), user: buttons(user), more: [...buttons(more), ...views] };
}

describe('an account that the bot does nothing in', () => {
  it('is one that AWS_ACCOUNTS does not name, or another than its own without AWS_MEMBER_ROLE', () => {
    expect(outOfReach(other, named)).toBe('not-in-accounts');
    expect(outOfReach(prod, named)).toBeUndefined();
    expect(outOfReach(prod, { ...named, accounts: new Map() })).toBeUndefined();
    expect(outOfReach(hub, standsAlone)).toBeUndefined();
    expect(outOfReach(prod, standsAlone)).toBe('no-member-role');
    expect(outOfReach(prod, { ...named, hasMemberRole: false, ownPrincipal: standsAlone.ownPrincipal })).toBe('no-member-role');
    // While AWS has not said who the bot is, it tries.
    expect(outOfReach(prod, { ...standsAlone, ownPrincipal: undefined })).toBeUndefined();
  });

  it.each([
    ['an alarm', alarmIn(other), named, 'AWS_ACCOUNTS'],
    ['a sign-in', signInOf(other), named, 'AWS_ACCOUNTS'],
    ['an alarm without a member role', alarmIn(prod), standsAlone, 'AWS_MEMBER_ROLE'],
    ['a sign-in without a member role', signInOf(prod), standsAlone, 'AWS_MEMBER_ROLE'],
  ])('%s of it offers nothing that could only refuse, promises nothing, and says once what to set', (_what, incident, reach, variable) => {
    expect(shown(incident, reach)).toEqual({ incident: ['acknowledge'], user: [], more: ['record-step', 'by-hand', 'evidence', 'timeline'] });
    const card = said(incident, reach);
    expect(card.match(new RegExp(`(?<!to )${variable}`, 'g'))?.length).toBeGreaterThan(0);
    expect(card.split('Not configured: ')).toHaveLength(2);
    expect(card).not.toMatch(/Reset password|Reading the log|Looking in|not known yet/);
  });

  it('leaves what can be done elsewhere: the trail account’s alarm is about the others', () => {
    const watching = { ...named, trailAccount: other };
    const incident = alarmIn(other);
    expect(shown(incident, watching).user).toEqual(['look-up-mfa', 'reset-password', 'reset-mfa', 'contain']);
    expect(shown(incident, watching).incident).toEqual(['acknowledge']);
    expect(unreachedOf(incident, watching)).toEqual([{ account: other, why: 'not-in-accounts' }]);
    expect(unreachedOf(alarmIn(prod), named)).toEqual([]);
  });
});
