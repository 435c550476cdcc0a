import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alarmLink,
  eventHistoryLink,
  eventLink,
  iamRolesLink,
  iamUserLink,
  iamUsersLink,
  identityCenterLink,
  logEventsLink,
  rootCredentialsLink,
} from '../../src/domain/links.ts';

const hosts: [string, string][] = [
  ['us-east-1', 'console.aws.amazon.com'],
  ['eu-south-2', 'console.aws.amazon.com'],
  ['cn-north-1', 'console.amazonaws.cn'],
  ['us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'eusc-de-east-1.console.amazonaws-eusc.eu'],
];
const window = { pattern: '{ $.eventName = "ConsoleLogin" }', from: 1_700_000_000_000, until: 1_700_000_300_000 };

function all(region: string, text: string): (string | undefined)[] {
  return [
    eventHistoryLink(region),
    eventHistoryLink(region, text),
    eventLink(region, '11111111-2222-3333-4444-555555555555'),
    eventLink(region, text),
    alarmLink(region, text),
    logEventsLink(region, text, { ...window, pattern: text }),
    iamUserLink(region, text),
    iamUsersLink(region),
    iamRolesLink(region),
    rootCredentialsLink(region),
    identityCenterLink(region),
  ].map(({ url }) => url);
}

describe('a link into the console', () => {
  it.each(hosts)('of %s goes to %s', (region, host) => {
    const urls = all(region, 'x').flatMap((url) => (url === undefined ? [] : new URL(url)));
    expect(urls.length).toBeGreaterThan(8);
    expect(new Set(urls.map((url) => `${url.protocol}//${url.host}`))).toEqual(new Set([`https://${host}`]));
    for (const url of urls) expect([null, region]).toContain(url.searchParams.get('region'));
  });

  it('of the root user is known only where one can sign in to the console', () => {
    const known = hosts.filter(([region]) => rootCredentialsLink(region).url !== undefined).map(([region]) => region);
    expect(known).toEqual(['us-east-1', 'eu-south-2', 'eusc-de-east-1']);
  });

  it('shows the lines of a log group, filtered and in a window', () => {
    expect(logEventsLink('us-east-1', '/aws/trail', { ...window, pattern: '{ $.a = "b" }' }).url).toBe(
      'https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Faws$252Ftrail/log-events' +
        '$3FfilterPattern$3D$257B$2520$2524.a$2520$253D$2520$2522b$2522$2520$257D$26start$3D1700000000000$26end$3D1700000300000',
    );
  });

  it('leaves out a pattern that is too long for an address, not the window', () => {
    const { url = '' } = logEventsLink('us-east-1', 'g', { ...window, pattern: '{'.repeat(1_024) });
    expect(url).toContain('log-events$3Fstart$3D1700000000000$26end$3D1700000300000');
  });

  it('of a record that says "global" opens where such records are', () => {
    expect(eventLink('global', '11111111-2222').url).toBe('https://console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/11111111-2222');
  });

  it('holds no text that leaves its place, whatever AWS or anybody else wrote', () => {
    const region = fc.constantFrom(...hosts.map(([name]) => name));
    fc.assert(
      fc.property(region, fc.string({ unit: 'binary', maxLength: 60 }), (where, text) => {
        const shape = all(where, 'x').map((url) => url && new URL(url));
        all(where, text).forEach((url, index) => {
          if (url === undefined) return;
          const [is, like] = [new URL(url), shape[index] as URL | undefined];
          expect(`${is.origin}${is.pathname}${is.search}`).toBe(
            `${like?.origin ?? is.origin}${like?.pathname ?? is.pathname}${like?.search ?? is.search}`,
          );
          expect(url).toMatch(/^[\w:/.?=#&%$!'()*~-]+$/);
          const depth = (path: string): number => path.split(/[/?&#]/).length;
          if (like) expect(depth(is.hash)).toBe(depth(like.hash));
        });
      }),
    );
  });

  it('of a place that is none is no link', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(text) && text !== 'global');
        expect(all(text, 'x').filter((url) => url !== undefined)).toEqual([]);
      }),
    );
  });
});
