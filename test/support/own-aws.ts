/** The bot's own adapters over the emulated AWS, without Slack and database. */
import { type Accounts, type AwsOptions, accountsOf } from '../../src/aws/accounts.ts';
import { hubKey } from '../../src/sandbox/aws/names.ts';
import { type EmulatedAws, emulatedAws } from './emulated-aws.ts';
import { silentMetrics } from './ports.ts';

export interface OwnAws extends EmulatedAws {
  /** With other roles than those of the member accounts, say. */
  accounts(over?: Partial<AwsOptions>): Accounts;
  /** Operations that the bot called, with the account and the region. */
  called(): string[];
}

export async function ownAws(): Promise<OwnAws> {
  process.env.AWS_ACCESS_KEY_ID = hubKey;
  process.env.AWS_SECRET_ACCESS_KEY = 'sandbox';
  const aws = await emulatedAws();
  return {
    ...aws,
    accounts: (over = {}) =>
      accountsOf({
        memberRole: 'arn:aws:iam::{account}:role/signin-responder-read',
        respondRole: 'arn:aws:iam::{account}:role/signin-responder-respond',
        known: new Map(),
        endpoint: aws.options.endpoint,
        homeRegion: 'us-east-1',
        metrics: silentMetrics,
        ...over,
      }),
    called: () => aws.state.calls.map(({ operation, account, region, error }) => `${operation} ${account} ${region}${error ? ` ${error}` : ''}`),
  };
}
