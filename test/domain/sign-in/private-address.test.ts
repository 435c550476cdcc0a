/** Sign-ins through VPC endpoints: the same private address is somebody else's in another VPC. */
import { expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { toldApart } from '../../../src/domain/sign-in/told-apart.ts';
import { drawn, minute, ofSignIns, t0 } from '../../support/drawn.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';

const through = (minutes: number, record: Json, vpcEndpointId: string): Json => ({
  ...record,
  eventTime: new Date(t0 + minutes * minute).toISOString(),
  sourceIPAddress: '10.0.0.5',
  vpcEndpointId,
});
const failure = (name: string): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', 'No', { errorMessage: 'Failed authentication' });
const fallback = { account: '123456789012', region: 'us-east-1', at: t0, id: 'e' };

it('five users who mistype at one private address are a spray of one VPC, and nobody’s of five', () => {
  const names = ['alice', 'bella', 'carl', 'dora', 'emil'];
  const one = ofSignIns(...names.map((name, index) => through(index, failure(name), 'vpce-0a1')));
  expect(one.assessment?.verdict).toBe('spray');
  expect(drawn(one)).toContain('5 users failed from 10.0.0.5 through vpce-0a1');
  expect(ofSignIns(...names.map((name, index) => through(index, failure(name), `vpce-0a${index}`))).assessment).toBeUndefined();
});

it('OAuth tells the endpoint in a place of its own', () => {
  const record = { ...consoleLogin(iamUser('alice'), 'Success', 'Yes'), sourceIPAddress: '10.0.0.5' };
  const address = (id: string): string | undefined =>
    signInFromRecord({ ...record, additionalEventData: { 'x-amzn-vpce-id': id } }, fallback).address;
  expect([address('vpce-0a1'), address('')]).toEqual(['10.0.0.5 through vpce-0a1', '10.0.0.5']);
});

it('an event that was stored without its endpoint is the same one when it comes again', () => {
  const read = signInFromRecord(through(0, failure('alice'), 'vpce-0a1'), fallback);
  const stored = { ...read, address: '10.0.0.5' };
  expect(toldApart([read], new Map([[read.eventId, stored]]))).toEqual([read]);
});
