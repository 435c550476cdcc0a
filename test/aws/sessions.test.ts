/** How long a session for reading is used, on a machine whose clock is not AWS's. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accountsOf } from '../../src/aws/accounts.ts';
import { sdk } from '../../src/aws/sdk.ts';
import { sessionsOf } from '../../src/aws/sessions.ts';
import { silentMetrics } from '../support/ports.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const account = '111122223333';
const memberRole = 'arn:aws:iam::{account}:role/r';

describe('what AWS has ended is not used', () => {
  afterEach(() => void vi.useRealTimers());

  /** Each minute of an hour asks for credentials; returns those minutes in which AWS had ended them. */
  async function endedIn(set: (aws: number) => void): Promise<number[]> {
    let aws = t0;
    let serial = 0;
    const ends = new Map<string, number>();
    const send = async () => {
      const id = `ASIA${++serial}`;
      ends.set(id, aws + 15 * minute);
      return { Credentials: { AccessKeyId: id, SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(aws + 15 * minute) } };
    };
    const sts = () => ({ send }) as never;
    const sessions = sessionsOf({ sts, called: (_operation, _isChange, call) => call(), memberRole, respondRole: undefined, known: new Map() });
    set(aws);
    const { credentials } = await sessions.reading(account, undefined);
    const ended: number[] = [];
    for (let passed = 0; passed < 60; passed++) {
      aws = t0 + passed * minute;
      set(aws);
      const { accessKeyId } = await (credentials as () => Promise<{ accessKeyId: string }>)();
      if ((ends.get(accessKeyId) ?? 0) <= aws) ended.push(passed);
    }
    expect(serial).toBeLessThan(8);
    return ended;
  }

  it.each([0, 4, -4])('by a machine whose clock is %i minutes behind', async (behind) => {
    vi.useFakeTimers();
    expect(await endedIn((aws) => void vi.setSystemTime(aws - behind * minute))).toEqual([]);
  });

  it('by one whose clock is set back an hour', async () => {
    vi.useFakeTimers();
    let last = t0;
    const set = (aws: number): void => {
      vi.advanceTimersByTime(aws - last);
      last = aws;
      vi.setSystemTime(aws < t0 + 5 * minute ? aws + 60 * minute : aws);
    };
    expect(await endedIn(set)).toEqual([]);
  });
});

describe('ExpiredToken', () => {
  const credentials = (id: number): string =>
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const expired = '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>';
  const aliases = '<ListAccountAliasesResponse><ListAccountAliasesResult><AccountAliases/></ListAccountAliasesResult></ListAccountAliasesResponse>';

  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });

  /** Takes sessions from that number on. */
  async function aws(takesFrom: number) {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
    let opened = 0;
    server = createServer((request, response) => {
      request.resume();
      const id = Number(/Credential=ASIA(\d+)/.exec(request.headers.authorization ?? '')?.[1]);
      if (Number.isNaN(id)) response.end(credentials(++opened));
      else response.writeHead(id < takesFrom ? 403 : 200).end(id < takesFrom ? expired : aliases);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { endpoint, homeRegion: 'us-east-1', metrics: silentMetrics, memberRole, respondRole: undefined, known: new Map() };
    const iam = await accountsOf(options).iam(account);
    return { read: () => iam.send(new sdk.iam.ListAccountAliasesCommand({})), opened: () => opened };
  }

  it('has what is read asked for once more, in another session', async () => {
    const { read, opened } = await aws(2);
    await read();
    await read();
    expect(opened()).toBe(2);
  });

  it('of the next session too is told', async () => {
    const { read, opened } = await aws(9);
    await expect(read()).rejects.toMatchObject({ name: 'ExpiredToken' });
    expect(opened()).toBe(2);
  });
});
