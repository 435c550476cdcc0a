import { describe, expect, it } from 'vitest';
import { alarmArn, isRegion, isTopicArn, type PartitionId, partitionOf, partitions, regionsWith, snsOf } from '../../src/domain/place.ts';

const regions: [string, PartitionId][] = [
  ['us-east-1', 'aws'],
  ['ap-southeast-7', 'aws'],
  ['mx-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
];

describe('a region', () => {
  it.each(regions)('%s is of %s, and so is what is in it', (region, id) => {
    expect(partitionOf(region)).toBe(id);
    expect(isTopicArn(`arn:${id}:sns:${region}:123456789012:signin-alarms`)).toBe(true);
    expect(alarmArn({ region, account: '123456789012' }, 'a: b')).toBe(`arn:${id}:cloudwatch:${region}:123456789012:alarm:a: b`);
  });

  it.each(['', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'US-EAST-1', 'us-east-1.evil.example', 'us-east-1/', 'us_east_1', 'cn-1'])(
    '"%s" is of none that is known, so nothing is said to be there',
    (region) => {
      expect(partitionOf(region)).toBeUndefined();
      expect(isRegion(region)).toBe(false);
      expect(snsOf(region)).toBeUndefined();
    },
  );

  it('named "global" by an old record is one of AWS, and of no host', () => {
    expect(isRegion('global')).toBe(true);
    expect(partitionOf('global')).toBe('aws');
    expect(snsOf('global')).toBeUndefined();
  });

  it('is reached with the credentials of its own partition only', () => {
    expect(regionsWith('cn-north-1', ['us-east-1', 'cn-northwest-1'])).toEqual(['cn-northwest-1']);
    expect(regionsWith('', ['us-east-1', 'cn-northwest-1'])).toEqual(['us-east-1']);
  });
});

it('a topic of one partition in a region of another is none', () => {
  expect(isTopicArn('arn:aws:sns:cn-north-1:123456789012:a')).toBe(false);
  expect(isTopicArn('arn:aws-us-gov:sns:us-east-1:123456789012:a')).toBe(false);
  expect(isTopicArn('arn:aws:sns:global:123456789012:a')).toBe(false);
});

it.each([
  ['us-east-1', 'sns.us-east-1.amazonaws.com', 'sns.amazonaws.com'],
  ['cn-north-1', 'sns.cn-north-1.amazonaws.com.cn', 'sns-cn-north-1.amazonaws.com.cn'],
  ['cn-northwest-1', 'sns.cn-northwest-1.amazonaws.com.cn', 'sns-cn-northwest-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'sns.us-gov-west-1.amazonaws.com', 'sns-us-gov-west-1.amazonaws.com'],
  ['us-gov-east-1', 'sns.us-gov-east-1.amazonaws.com', 'sns-us-gov-west-1.amazonaws.com'],
  ['eu-south-2', 'sns.eu-south-2.amazonaws.com', 'sns-signing.eu-south-2.amazonaws.com'],
  ['eusc-de-east-1', 'sns.eusc-de-east-1.amazonaws.eu', 'sns-signing.eusc-de-east-1.amazonaws.eu'],
  ['eu-west-9', 'sns.eu-west-9.amazonaws.com', 'sns.amazonaws.com'],
  ['cn-south-1', 'sns.cn-south-1.amazonaws.com.cn', 'sns.amazonaws.com.cn'],
])('the certificate of SNS in %s is at %s and names %s', (region, host, certificateName) => {
  expect(snsOf(region)).toEqual({ host, certificateName });
});

it.each(Object.entries(partitions))('%s: its regions are its own', (id, { iamRegion, signIn }) => {
  for (const region of [iamRegion, ...signIn.regions]) expect(partitionOf(region)).toBe(id);
});
