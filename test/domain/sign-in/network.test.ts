import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressThrough, bareAddress, isNetwork, networkOf, placeOf } from '../../../src/domain/sign-in/network.ts';

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['2001:db8:5:6::1003', '2001:db8:5:6::/64'],
    ['2001:0DB8:0005:0006:FFFF:FFFF:FFFF:FFFF', '2001:db8:5:6::/64'],
    ['2001:db8:5:6:7:8:203.0.113.7', '2001:db8:5:6::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:0:1::', '2001:db8::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['::1', '::/64'],
    ['::', '::/64'],
    ['0:0:0:1:2:3:4:5', '0:0:0:1::/64'],
    ['10.0.0.5 through vpce-0a1b2c3d', '10.0.0.5 through vpce-0a1b2c3d'],
    ['2001:db8:5:6::7 through vpce-0a1b2c3d', '2001:db8:5:6::/64 through vpce-0a1b2c3d'],
  ])('%s is in %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([
    undefined,
    '',
    'AWS Internal',
    'appstream.amazonaws.com',
    'signin.amazonaws.com',
    '1.2.3',
    '1234',
    '203.0.113.007',
    '203.0.113.7:443',
    'dead.beef',
    'face',
    'fe80::1%eth0',
    `fe80::1%${'a'.repeat(9_000)}`,
    '1'.repeat(9_000),
    '2001:db8:::1',
  ])('%s tells nobody apart', (address) => {
    expect(networkOf(address)).toBeUndefined();
  });

  it('is the same however the address is written, and of bounded length whatever is written', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const short = groups.map((one) => one.toString(16)).join(':');
        const long = groups.map((one) => one.toString(16).toUpperCase().padStart(4, '0')).join(':');
        expect(networkOf(long)).toBe(networkOf(short));
        const compressed = short.replace(/(^|:)0(:0)+(:|$)/, '::');
        expect(networkOf(compressed)).toBe(networkOf(short));
        const other = [...groups.slice(0, 4), 1, 2, 3, 4].map((one) => one.toString(16)).join(':');
        const holdsIpv4 = groups.slice(0, 5).every((one) => one === 0) && groups[5] === 0xffff;
        if (!holdsIpv4) expect(networkOf(other)).toBe(networkOf(short));
      }),
    );
    fc.assert(fc.property(fc.string({ maxLength: 9_000 }), (text) => (networkOf(text) ?? '').length <= 45 && placeOf(text).length <= 100));
  });
});

describe('an address behind a VPC endpoint', () => {
  it('is another one in each VPC, and one without an endpoint', () => {
    expect(addressThrough('10.0.0.5', 'vpce-0a1b2c3d')).toBe('10.0.0.5 through vpce-0a1b2c3d');
    expect(networkOf('10.0.0.5 through vpce-1')).not.toBe(networkOf('10.0.0.5 through vpce-2'));
    expect(addressThrough('10.0.0.5', undefined)).toBe('10.0.0.5');
    expect(bareAddress('10.0.0.5 through vpce-0a1b2c3d')).toBe('10.0.0.5');
  });

  it.each(['', 'vpce-<x>', `vpce-${'a'.repeat(60)}`, 'igw-1'])('is told without what is no endpoint: %s', (id) => {
    expect(addressThrough('10.0.0.5', id)).toBe('10.0.0.5');
  });

  it('is none where AWS wrote the name of a service', () => {
    expect(addressThrough('AWS Internal', 'vpce-0a1b2c3d')).toBe('AWS Internal');
  });

  it('is a network as it is kept', () => {
    for (const address of ['10.0.0.5', '2001:db8:5:6::7']) expect(isNetwork(placeOf(`${address} through vpce-1`))).toBe(true);
  });
});
