import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPattern } from '../../../src/domain/alarm/filter-pattern.ts';
import { eventNamesOf, eventPattern, filterPattern, matches } from '../../../src/domain/detection/condition.ts';
import {
  alarmName,
  detectionIds,
  detectionOf,
  detections,
  detectionsIn,
  recogniseName,
  recognisePattern,
} from '../../../src/domain/detection/detections.ts';
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
  [
    /splunk__security_content\/related\/.*-(deactivatemfadevice|updateloginprofile|createloginprofile|deletevirtualmfadevice)\.json$/,
    ['sign-in-credentials-changed'],
  ],
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
    expect(recognisePattern(filterPattern(detections[id].condition))).toEqual({ detection: id, flaw: undefined });
    expect(recogniseName(alarmName(id))).toBe(id);
  });

  it.each(detectionIds)('%s is told in the README with its severity', (id) => {
    expect(readFileSync('README.md', 'utf8')).toMatch(new RegExp(`\\| \`${id}\` +\\| ${detectionOf(id).severity} `));
  });

  it.each(Object.entries(recordsOfNoDetection))('%s: no detection', (_what, record) => {
    expect(expectEqualFaces(record)).toEqual([]);
  });
});

/** Values that the conditions ask for, near misses, and what CloudTrail may write instead of a text: objects and lists it does not, at these paths. */
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
  fc.constantFrom(null, true, 0),
);
const paths = ['errorCode', 'userIdentity.type', 'userIdentity.principalId', 'userIdentity.invokedBy', 'userIdentity.onBehalfOf.userId'].concat(
  ['additionalEventData.MFAUsed', 'additionalEventData.CredentialType', 'responseElements.ConsoleLogin', 'responseElements.GetSigninToken'],
  ['serviceEventDetails.CredentialVerification', 'serviceEventDetails.CredentialChallenge', 'requestParameters.name', 'requestParameters.filterName'],
);

function withValue(record: Json, path: string, value: unknown): Json {
  const [key = '', ...rest] = path.split('.');
  const inner = record[key];
  const deeper = typeof inner === 'object' && inner !== null ? (inner as Json) : {};
  return { ...record, [key]: rest.length === 0 ? value : withValue(deeper, rest.join('.'), value) };
}

const bases = Object.values(recordsOfDetections).flat();
const someRecord = fc
  .tuple(fc.constantFrom(...bases), fc.array(fc.tuple(fc.constantFrom('eventName', 'eventSource', ...paths), someValue), { maxLength: 4 }))
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

const seed002 = '{ $.eventName = "ConsoleLogin" && $.additionalEventData.MFAUsed = "No" }';
const seed003Iam = '{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed = "Yes") && ($.responseElements.ConsoleLogin = "Failure") }';
const seed003IdentityCenter =
  '{ ($.eventName = CredentialVerification) && (($.additionalEventData.CredentialType = "TOTP") || ($.additionalEventData.CredentialType = "WEBAUTHN")) && ($.serviceEventDetails.CredentialChallenge = "Failure")}';
const cisFailures = '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}';

describe("the seeds' and CIS's own patterns", () => {
  it.each([
    [seed002, 'console-sign-in-without-mfa', /also counts failed sign-ins/],
    [seed003Iam, 'mfa-failure-iam', undefined],
    [seed003IdentityCenter, 'mfa-failure-identity-center', /never matches/],
    [cisFailures, 'console-sign-in-failures', /misses failures with an unknown user name/],
    [
      '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
      'root-sign-in',
      /everything root does/,
    ],
  ])('%s', (pattern, detection, flaw) => {
    const found = recognisePattern(pattern);
    expect(found?.detection).toBe(detection);
    if (flaw) expect(found?.flaw).toMatch(flaw);
    else expect(found?.flaw).toBeUndefined();
  });

  it('have the flaws that are said of them', () => {
    const idc = recordsOfDetections['mfa-failure-identity-center'][0] as Json;
    expect(filterMatches(seed003IdentityCenter, idc)).toBe(false);
    expect(filterMatches(filterPattern(detections['mfa-failure-identity-center'].condition), idc)).toBe(true);
    const unknownName = recordsOfDetections['console-sign-in-failures'][1] as Json;
    expect(filterMatches(cisFailures, unknownName)).toBe(false);
    const federated = recordsOfDetections['federated-sign-in'][1] as Json;
    expect(filterMatches(seed002, federated)).toBe(true);
    expect(detectionsIn(federated)).toEqual(['federated-sign-in']);
  });

  it.each(['', '{', '{ }', '{ $.a }', 'ERROR', '{ ($.a = 1 }', '{ $.a = "b" || }', '[ip, user]'])('%s is no pattern that we can read', (text) => {
    expect(canonicalPattern(text)).toBeUndefined();
    expect(recognisePattern(text)).toBeUndefined();
  });

  it('mean the same whatever their spacing, quotes, parentheses and order', () => {
    expect(canonicalPattern('{($.b="2") && (($.a=1))}')).toBe(canonicalPattern('{ $.a = "1" && $.b = 2 }'));
    expect(canonicalPattern('{ $.a = 1 && $.b = 2 || $.c = 3 }')).not.toBe(canonicalPattern('{ $.a = 1 && ($.b = 2 || $.c = 3) }'));
  });
});
