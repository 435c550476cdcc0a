/** The emulated AWS alone, without Slack and without the bot, for the real SDK clients. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Activity } from '../../src/sandbox/activity.ts';
import { type Alarms, alarmsOf } from '../../src/sandbox/aws/alarms.ts';
import { hubKey } from '../../src/sandbox/aws/names.ts';
import { s3Server } from '../../src/sandbox/aws/s3.ts';
import { awsServer } from '../../src/sandbox/aws/server.ts';
import { AwsState } from '../../src/sandbox/aws/state.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { Faults } from '../../src/sandbox/faults.ts';
import { serve } from '../../src/sandbox/http.ts';

export interface EmulatedAws {
  readonly state: AwsState;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly alarms: Alarms;
  readonly published: { target: string; subject: string | undefined; message: object }[];
  /** What a client of the hub account takes; one try a call. */
  readonly options: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
  readonly stop: () => void;
}

export async function emulatedAws(): Promise<EmulatedAws> {
  const clock = new SandboxClock();
  const state = new AwsState(clock);
  const faults = new Faults();
  const published: EmulatedAws['published'] = [];
  const alarms = alarmsOf(state, async (target, subject, message) => void published.push({ target, subject, message }));
  const served = { state, faults, activity: new Activity(), seen: () => undefined };
  const s3 = s3Server(served);
  const server: Server = serve({ 'POST /aws/*': awsServer({ ...served, alarms }), 'PUT /aws/*': s3, 'GET /aws/*': s3, 'DELETE /aws/*': s3 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aws`;
  const credentials = { accessKeyId: hubKey, secretAccessKey: 'sandbox' };
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { state, clock, faults, alarms, published, options: { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }, stop };
}
