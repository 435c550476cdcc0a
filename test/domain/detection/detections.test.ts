import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventNamesOf, eventPattern, filterPattern, matches } from '../../../src/domain/detection/condition.ts';
import { alarmName, detectionIds, detectionOf, detections, detectionsIn, recogniseName } from '../../../src/domain/detection/detections.ts';
import { judgePattern } from '../../../src/domain/detection/judge.ts';
import { contrasts, labelledRecords } from '../../../src/domain/detection/labelled/records.ts';
import type { Json } from '../../../src/domain/json.ts';
import { eventMatches } from '../../support/event-pattern.ts';
import { filterMatches } from '../../support/filter-pattern.ts';
import { recordsOfDetections, recordsOfNoDetection } from '../../support/records.ts';
import { samplesExist, samplesIn } from '../../support/samples.ts';

/** What each of the three faces says of a record. */
function faces(record: Json): string[][] {
  const matching = (says: (id: (typeof detectionIds)[number]) => boolean): string[] => detectionIds.filter(says);
  return [
    matching((id) => matches(detections[id].condition, record)),
    matching((id) => filterMatches(filterPattern(detections[id].condition), record)),
    matching((id) => eventMatches(eventPattern(detections[id].condition), { detail: record })),
  ];
}

function expectEqualFaces(record: Json): string[] {
  const [own = [], filter, event] = faces(record);
  expect({ filter, event }).toEqual({ filter: own, event: own });
  return own;
}

/** By file under samples/signin: what it matches, the detection it belongs to first. Everything else there matches nothing. */
const expectedOfSamples: [RegExp, string[]][] = [
  [/stratus-red-team\/signin\/.*consolelogin(-\d)?\.json$/, ['console-sign-in-without-mfa']],
  [/stratus-red-team\/related\/.*-(create|update)loginprofile(-2)?\.json$/, ['sign-in-credentials-changed']],
  [/related\/root-user-mfa-changed\.json$/, ['sign-in-credentials-changed']],
  [/signin\/iam-user-successful-sign-in-without-mfa\.json$/, ['console-sign-in-without-mfa']],
  [/signin\/iam-user-unsuccessful-sign-in\.json$/, ['mfa-failure-iam', 'console-sign-in-failures']],
  [/signin\/root-user-successful-sign-in-with-mfa\.json$/, ['root-sign-in']],
  [/signin\/root-user-successful-sign-in-without-mfa\.json$/, ['root-sign-in', 'console-sign-in-without-mfa']],
  [/signin\/root-user-unsuccessful-sign-in\.json$/, ['root-sign-in-failures', 'console-sign-in-failures']],
  [/signin\/root-user-password-changed\.json$/, ['root-password-recovery']],
  [/iam-user-guide\/signin\/.*\.json$/, ['console-sign-in-failures']],
  [/splunk__security_content\/signin\/.*\.json$/, ['console-sign-in-failures']],
  [/splunk__security_content\/related\/.*-(deactivatemfadevice|updateloginprofile|createloginprofile)\.json$/, ['sign-in-credentials-changed']],
];

describe.skipIf(!samplesExist)('the samples of AWS sign-in records', () => {
  const samples = samplesIn('signin');
  it.each(samples)('$name: three faces agree, on what is expected', ({ name, text }) => {
    const { source, event } = JSON.parse(text) as { source: { expected: unknown }; event: Json };
    const expected = expectedOfSamples.find(([file]) => file.test(name))?.[1] ?? [];
    expect(expectEqualFaces(event)).toEqual(expected);
    if (source.expected === 'no console incident') expect(expected).toEqual([]);
  });

  it('are all there, and the expectations name files that exist', () => {
    for (const [file] of expectedOfSamples) expect(samples.filter(({ name }) => file.test(name)).length, String(file)).toBeGreaterThan(0);
  });
});

describe('each detection', () => {
  it.each(detectionIds)('%s matches a record of its own, alike in all faces', (id) => {
    const own = recordsOfDetections[id];
    expect(own.length).toBeGreaterThan(0);
    for (const record of own) expect(expectEqualFaces(record)).toContain(id);
  });

  it.each(detectionIds)('%s fits into what AWS takes', (id) => {
    const { condition, alarm } = detectionOf(id);
    expect(filterPattern(condition).length).toBeLessThanOrEqual(1_024);
    expect(JSON.stringify(eventPattern(condition)).length).toBeLessThanOrEqual(2_048);
    expect(eventNamesOf(condition).length).toBeGreaterThan(0);
    expect([10, 30].includes(alarm.seconds) || alarm.seconds % 60 === 0).toBe(true);
  });

  it.each(detectionIds)('%s is told from its own pattern and from the name the templates give it', (id) => {
    expect(judgePattern(filterPattern(detections[id].condition))).toEqual({ is: 'same', detection: id, scope: [] });
    expect(recogniseName(alarmName(id))).toBe(id);
  });

  it.each(detectionIds)('%s is told in the README with its severity', (id) => {
    expect(readFileSync('README.md', 'utf8')).toMatch(new RegExp(`\\| \`${id}\` +\\| ${detectionOf(id).severity} `));
  });

  it.each(Object.entries(recordsOfNoDetection))('%s: no detection', (_what, record) => {
    expect(expectEqualFaces(record)).toEqual([]);
  });
});

describe('the labelled records', () => {
  it.each(labelledRecords)('$kind: three faces agree, on what it is labelled', ({ record, twin, of }) => {
    expect(expectEqualFaces(record)).toEqual(of);
    expect(expectEqualFaces(twin)).toEqual(of);
    expect(detectionsIn(record)).toEqual(of);
  });

  it('are made up: one account, documentation addresses, no two of one kind', () => {
    const text = JSON.stringify(labelledRecords.map(({ record }) => record));
    expect(new Set(text.match(/\b\d{12}\b/g))).toEqual(new Set(['123456789012', '000000000001', '555555555555']));
    expect(new Set(text.match(/\b\d{1,3}(\.\d{1,3}){3}\b/g))).toEqual(new Set(['203.0.113.7']));
    expect(new Set(labelledRecords.map(({ record }) => JSON.stringify(record))).size).toBe(labelledRecords.length);
  });

  it.each(detectionIds)('tell %s from what it is not: some of its own, some that are not', (id) => {
    expect(labelledRecords.filter(({ of }) => of.includes(id)).length).toBeGreaterThan(0);
    expect(contrasts[id].core.every((kind) => labelledRecords.some((one) => one.kind === kind && one.of.includes(id)))).toBe(true);
    expect(contrasts[id].opposite.some((kind) => labelledRecords.some((one) => one.kind === kind && one.of.includes(id)))).toBe(false);
  });
});

/** Values that the conditions ask for, near misses, and what CloudTrail may write instead of a text: objects, lists and numbers it does not, at these paths. */
const someValue = fc.oneof(
  fc.constantFrom('ConsoleLogin', 'CredentialVerification', 'GetSigninToken', 'PasswordUpdated', 'UpdateLoginProfile', 'DeleteRule', 'StopLogging'),
  fc.constantFrom(
    'Success',
    'Failure',
    'failure',
    'Yes',
    'YES',
    'no',
    'No',
    'nO',
    'TOTP',
    'PASSWORD',
    'IAMUser',
    'Root',
    'AssumedRole',
    'FederatedUser',
  ),
  fc.constantFrom('signin.amazonaws.com', 'iam.amazonaws.com', 'AROA:i-0abc', 'AROA:i-', 'signin-responder-x', 'x:signin-responder-x', '', '*'),
  fc.constantFrom('true', 'false', 'authorization_code', 'refresh_token', 'CreateOAuth2Token', 'UpdateRole'),
  fc.constantFrom(null, true),
);
const paths = ['errorCode', 'userIdentity.type', 'userIdentity.principalId', 'userIdentity.invokedBy', 'userIdentity.onBehalfOf.userId'].concat(
  ['additionalEventData.MFAUsed', 'additionalEventData.CredentialType', 'responseElements.ConsoleLogin', 'responseElements.GetSigninToken'],
  ['additionalEventData.success', 'additionalEventData.grant_type', 'responseElements.PasswordUpdated'],
  ['serviceEventDetails.CredentialVerification', 'serviceEventDetails.CredentialChallenge', 'requestParameters.name', 'requestParameters.filterName'],
);

function withValue(record: Json, path: string, value: unknown): Json {
  const [key = '', ...rest] = path.split('.');
  const inner = record[key];
  const deeper = typeof inner === 'object' && inner !== null ? (inner as Json) : {};
  return { ...record, [key]: rest.length === 0 ? value : withValue(deeper, rest.join('.'), value) };
}

const bases = Object.values(recordsOfDetections).flat();
const someChange = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constantFrom('eventName', 'eventSource', ...paths), someValue) },
  fc.tuple(fc.constant('requestParameters.maxSigninSessionDuration'), fc.constantFrom<unknown[]>(0, 1, 7_776_000, null)),
);
const someRecord = fc
  .tuple(fc.constantFrom(...bases), fc.array(someChange, { maxLength: 4 }))
  .map(([base, changes]) => changes.reduce((record, [path, value]) => withValue(record, path, value), base));

describe('generated records', () => {
  it('are matched alike by the three faces', () => {
    let matched = 0;
    fc.assert(
      fc.property(someRecord, (record) => {
        matched += expectEqualFaces(record).length;
      }),
      { numRuns: 3_000 },
    );
    expect(matched).toBeGreaterThan(500);
  });
});
