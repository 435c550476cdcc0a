/** Responses to Identity Center users, root users and sign-in sessions, which reach the emulated AWS by the real SDK. */
import { accountsOf } from '../../src/aws/accounts.ts';
import { identityCenterOf } from '../../src/aws/identity-center.ts';
import { rootAccessOf } from '../../src/aws/root-access.ts';
import { sessionDenialOf } from '../../src/aws/session-denial.ts';
import { signInSessionsOf } from '../../src/aws/sign-in-sessions.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Response } from '../../src/domain/response/response.ts';
import { directoryUser, hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Account } from '../../src/sandbox/aws/shapes.ts';
import { silentMetrics } from './ports.ts';
import { identityCenter } from './records.ts';
import { type RespondingInAws, respondingInAws } from './responding-in-aws.ts';

export interface BeyondIam extends RespondingInAws {
  readonly prod: Account;
  /** The management account. */
  readonly hub: Account;
  /** Changes that reached AWS: operation, error if any, for whom, tags. */
  changes(): string[];
  incident(): Promise<Incident>;
}

const role = (name: string): string => `arn:aws:iam::${hubAccount}:role/signin-responder-${name}`;

/** dora, of Identity Center, gave a wrong second factor. */
export function failedVerification(): Json {
  const onBehalfOf = { userId: directoryUser, identityStoreArn: `arn:aws:identitystore::${hubAccount}:identitystore/d-9067642ac7` };
  return identityCenter(
    'CredentialVerification',
    { AuthWorkflowID: 'w1', CredentialType: 'TOTP' },
    { CredentialVerification: 'Failure' },
    {
      userIdentity: { type: 'IdentityCenterUser', accountId: prodAccount, onBehalfOf },
      recipientAccountId: prodAccount,
      eventTime: new Date().toISOString(),
    },
  );
}

/** One incident, SIN-1, of that record. */
export async function beyondIam(responses: readonly Response[], record: Json, over: Partial<Ports['settings']> = {}): Promise<BeyondIam> {
  const settings = { identityCenterAccount: hubAccount, rootAccessAccount: hubAccount, ...over };
  const here = await respondingInAws(responses, settings);
  const { endpoint } = here.aws.options;
  const common = { endpoint, homeRegion: 'us-east-1', metrics: silentMetrics, respondRole: undefined, known: new Map() };
  const accounts = (memberRole: string) => accountsOf({ ...common, memberRole });
  const [center, root] = [role('identity-center'), role('root-access')];
  const memberRole = 'arn:aws:iam::{account}:role/signin-responder-read';
  const acting = (name: string) => accountsOf({ ...common, memberRole, respondRole: `arn:aws:iam::{account}:role/signin-responder-${name}` });
  Object.assign(here.world.ports, {
    identityCenter: identityCenterOf({ accounts: accounts(center), roleArn: center, regions: ['us-east-1'] }),
    rootAccess: rootAccessOf({ accounts: accounts(root), roleArn: root, region: 'us-east-1' }),
    sessions: signInSessionsOf(acting('respond')),
    sessionDenial: sessionDenialOf({ reading: acting('respond'), denying: acting('sessions') }),
  });
  await here.replica.receive(record);
  return {
    ...here,
    prod: here.aws.state.accounts[prodAccount] as Account,
    hub: here.aws.state.accounts[hubAccount] as Account,
    changes: () =>
      here.aws.state.calls
        .filter(({ operation }) => /^(Delete|Deactivate|BatchRevoke)/.test(operation))
        .map(({ operation, error, sourceIdentity, tags }) =>
          `${operation}${error ? ` ${error}` : ''} for ${sourceIdentity} ${Object.values(tags ?? {}).join(' ')}`.trim(),
        ),
    incident: async () => (await here.replica.store.incident(1)) as Incident,
  };
}
