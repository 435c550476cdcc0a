/** Attacks on people who are no IAM users, contained from the card: an Identity Center user, and root of a member account. */
import { randomUUID } from 'node:crypto';
import { directoryUser, hubAccount, prodAccount } from './aws/names.ts';
import type { SignInSession } from './aws/person-shapes.ts';
import { ago, consoleLogin, type Json, record, root } from './records.ts';
import { direct, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

const attacker = { sourceIPAddress: '198.51.100.23' };
const minute = 60_000;

/** dora, of the organisation’s directory, in her sign-in to prod. */
const dora: Json = {
  type: 'IdentityCenterUser',
  accountId: prodAccount,
  onBehalfOf: { userId: directoryUser, identityStoreArn: `arn:aws:identitystore::${hubAccount}:identitystore/d-9067642ac7` },
  credentialId: 'VKL...',
};

function step(world: World, outcome: 'Success' | 'Failure', seconds: number): Json {
  return record(world, {
    eventName: 'CredentialVerification',
    eventType: 'AwsServiceEvent',
    userIdentity: dora,
    additionalEventData: { AuthWorkflowID: randomUUID(), CredentialType: 'TOTP' },
    serviceEventDetails: { CredentialVerification: outcome },
    ...attacker,
    ...ago(world, seconds),
  });
}

/** What `aws login` as root leaves: one that the attacker uses. */
function loggedIn(world: World): SignInSession {
  const now = world.clock.now();
  return {
    sessionArn: `arn:aws:signin:us-east-1:${prodAccount}:session/${randomUUID()}`,
    region: 'us-east-1',
    principalArn: `arn:aws:iam::${prodAccount}:root`,
    status: 'ACTIVE',
    issuedAt: now - 2 * minute,
    expiresAt: now + 12 * 60 * minute,
    clientType: 'CLI',
    lastUsedAt: now - minute,
    credentialsUntil: now + 13 * minute,
  };
}

export const centerScenarios: Readonly<Record<string, Scenario>> = {
  'contain-identity-center': {
    title: 'Four wrong codes for an Identity Center user; then her access is removed, and AWS takes its time',
    resolution: { verdict: 'attack', note: 'Phished; access goes back when she has new codes.', contained: 'for-now' },
    replies: 1,
    steps: [{ title: 'Remove access', action: 'remove-access', answers: { scope: 'affected', why: 'Phished: her codes are being guessed' } }],
    signals: async (world) => {
      for (const seconds of [70, 60, 50]) await direct(world, step(world, 'Failure', seconds), 'AWS Service Event via CloudTrail');
      return direct(world, step(world, 'Failure', 40), 'AWS Service Event via CloudTrail');
    },
  },
  'contain-root': {
    title: 'Somebody signs in as root of a member account; its credentials are listed, then deleted',
    steps: [
      { title: 'Root credentials', action: 'audit-root-credentials', answers: {} },
      {
        title: 'Delete root credentials',
        action: 'delete-root-credentials',
        answers: { 'account-again': prodAccount, why: 'Nobody of us signed in as root' },
      },
      { title: 'End sessions', action: 'end-sessions', answers: { why: 'Nobody of us signed in as root' } },
    ],
    signals: async (world) => {
      const account = world.aws.accounts[prodAccount];
      if (account) account.signInSessions = [loggedIn(world)];
      return direct(world, consoleLogin(world, root, 'Success', 'No', { ...attacker, ...ago(world, 60) }));
    },
  },
};
