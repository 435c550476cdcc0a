/** The pure parts that text from outside goes through, each with what it is fed. A target returns what is wrong; what it throws is a crash. */
import fc from 'fast-check';
import { labelledRecords } from '../../src/domain/detection/labelled/records.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { apply, severityWith } from '../../src/domain/incident/intake.ts';
import { readIncident, storedIncident } from '../../src/domain/incident/stored.ts';
import { meaningOf, triage } from '../../src/domain/incident/triage.ts';
import type { Json } from '../../src/domain/json.ts';
import { protectedUsersFrom } from '../../src/domain/response/protected.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { responses } from '../../src/features/responses.ts';
import { certificatePath } from '../../src/sandbox/sns.ts';
import { drawCard } from '../../src/slack/card.ts';
import { byHandModal, evidenceModal } from '../../src/slack/evidence.ts';
import { payloadRefusal } from '../../src/slack/payload.ts';
import { drawNotUnderstood } from '../../src/slack/status.ts';
import { askedFor, namesIn } from '../../src/slack/status-words.ts';
import { answersIn, privately } from '../../src/slack/view.ts';
import { wholeTextModal } from '../../src/slack/whole-text.ts';
import { readEnvelope, signedText } from '../../src/sns/envelope.ts';
import { misplaced } from '../../src/sns/signature.ts';
import { around } from '../support/memory.ts';
import { settings } from '../support/ports.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { faultsOfDrawnView, faultsOfMessage } from './drawn.ts';
import { hostileText, mutated } from './hostile.ts';

const now = Date.parse('2026-11-22T03:00:00Z');
const responders = ['S01ONCALL0'];
const accounts = new Map([['444455556666', 'prod']]);
const cardOptions = {
  accounts,
  responders,
  remediatorsExist: true,
  responses,
  reach: { ...settings, accounts },
  permalink: (ts: string) => `https://example.slack.com/archives/C0/p${ts}`,
};

const records: Json[] = labelledRecords.map(({ record }) => record);
const alarms = ['ALARM', 'OK', 'INSUFFICIENT_DATA'].map((state) => alarmText('A', state as 'ALARM', now) as Json);
const events: Json[] = records.map((detail) => ({
  version: '0',
  id: 'e',
  'detail-type': 'AWS Console Sign In via CloudTrail',
  source: 'aws.signin',
  account: '444455556666',
  time: '2026-11-22T03:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
}));
const changes: Json[] = alarms.map((alarm) => ({
  version: '0',
  id: 'e',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '444455556666',
  time: '2026-11-22T03:00:00Z',
  region: 'us-east-1',
  resources: [alarm.AlarmArn],
  detail: {
    alarmName: 'A',
    state: {
      value: 'ALARM',
      reason: 'Threshold Crossed',
      reasonData: '{"version":"1.0","recentDatapoints":[7.0],"threshold":5.0}',
      timestamp: '2026-11-22T03:00:00.000+0000',
    },
    previousState: { value: 'OK' },
    configuration: {
      metrics: [{ id: 'm1', metricStat: { metric: { namespace: 'N', name: 'M', dimensions: {} }, period: 300, stat: 'Sum' }, returnData: true }],
    },
  },
}));
const notices: Json[] = [
  {
    version: '0',
    id: 'e',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '444455556666',
    time: '2026-11-22T03:00:00Z',
    region: 'us-east-1',
    detail: { severity: 5, title: 't', description: 'd' },
  },
  {
    version: '0',
    id: 'e',
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: '444455556666',
    region: 'us-east-1',
    detail: { findings: [{ Title: 't' }] },
  },
  { title: 't', text: 'x' },
];

export const alarmMessages: Json[] = [...alarms, ...changes];
export const eventMessages: Json[] = [...records, ...events, ...notices];

interface Told {
  readonly subject: string | undefined;
  readonly message: string;
}

const told = (documents: readonly Json[]): fc.Arbitrary<Told> =>
  fc.record({ subject: fc.option(hostileText, { nil: undefined }), message: mutated(documents).map((one) => JSON.stringify(one)) });

/** From the text of a message to every view of what came of it. */
function drawnFrom({ subject, message }: Told): string[] {
  const signals = understand({ topicArn: topic, messageId: 'm', subject, publishedAt: now, message });
  let before: Incident | undefined;
  const faults: string[] = [];
  for (const signal of signals) {
    const meaning = meaningOf(signal, undefined, settings);
    const circumstances = { before, meaning, around: around(signals), others: [], now };
    const decision = triage(signal, { incident: before, alarm: undefined }, severityWith(signal, circumstances), now);
    before = apply(signal, decision, circumstances).incident ?? before;
  }
  if (before === undefined) return [];
  const incident = readIncident(storedIncident(before), { id: 7, revision: 1 });
  faults.push(...faultsOfMessage(drawCard(incident, cardOptions, new Map()), responders));
  for (const view of [evidenceModal(incident, accounts, 0), byHandModal(incident, cardOptions.reach), wholeTextModal(incident, 0)])
    faults.push(...faultsOfDrawnView(view));
  return faults;
}

export const envelopes: Json[] = [
  {
    Type: 'Notification',
    MessageId: '8a5b',
    TopicArn: topic,
    Subject: 'ALARM',
    Message: 'hello',
    Timestamp: '2026-11-22T03:00:00.000Z',
    SignatureVersion: '2',
    Signature: 'c2lnbmF0dXJl',
    SigningCertURL: `https://sns.us-east-1.amazonaws.com${certificatePath}`,
  },
];
envelopes.push({
  ...envelopes[0],
  Type: 'SubscriptionConfirmation',
  Token: 't',
  SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription',
});

const person = { id: 'U01BOBEK00', name: 'bob', username: 'bob', team_id: 'T01' };
const common = { api_app_id: 'A01SANDBOX', team: { id: 'T01', domain: 'x' }, user: person, trigger_id: '1.2.3', enterprise: null };
const view = {
  id: 'V01',
  type: 'modal',
  callback_id: 'respond',
  hash: 'h',
  private_metadata: '{"i":1}',
  blocks: [],
  state: {
    values: {
      why: { why: { type: 'plain_text_input', value: 'because' } },
      subject: { subject: { selected_option: { value: 'x' } } },
      devices: { devices: { selected_options: [{ value: 'd' }] } },
    },
  },
};
export const payloads: Json[] = [
  ...['acknowledge', 'resolve', 'reset-alarm', 'look-up-mfa', 'reset-password', 'timeline-older', 'entry-1-open'].map((action_id) => ({
    ...common,
    type: 'block_actions',
    actions: [{ action_id, type: 'button', value: '1' }],
    response_url: 'https://hooks.slack.com/actions/T01/1/x',
  })),
  ...['approve', 'deny', 'run', 'cancel', 'was-me', 'was-not-me'].map((action_id) => ({
    ...common,
    type: 'block_actions',
    actions: [{ action_id, type: 'button', value: '1:2' }],
    response_url: 'https://hooks.slack.com/actions/T01/1/x',
  })),
  { ...common, type: 'block_actions', actions: [{ action_id: 'more', type: 'overflow', selected_option: { value: 'timeline:1' } }] },
  { ...common, type: 'block_actions', view, actions: [{ action_id: 'evidence-older', type: 'button', value: '1' }] },
  ...['respond', 'choose-user', 'resolve', 'approve', 'gone'].map((callback_id) => ({
    ...common,
    type: 'view_submission',
    view: { ...view, callback_id },
  })),
  { ...common, type: 'view_closed', view },
  { type: 'event_callback', api_app_id: 'A01SANDBOX', team_id: 'T01', event: { type: 'app_home_opened', user: person.id, tab: 'home' } },
];
/** What a modal remembers. */
export const states: Json[] = [
  { i: 1, b: 'reset-password', target: { kind: 'iam-user', account: '444455556666', name: 'alice' }, facts: { path: '/' }, seen: 1 },
  { i: 1, b: 'reset-alarm', target: { kind: 'alarm', arn: String(alarms[0]?.AlarmArn) }, facts: {} },
  { i: 1, seq: 2, facts: { path: '/' } },
];

/** A form that was submitted with that state. */
export function submittedWith(state: Json, callback_id: string): Json {
  return { ...common, type: 'view_submission', view: { ...view, callback_id, private_metadata: JSON.stringify(state) } };
}

export const commands: Json[] = [
  ...['', 'help', 'SIN-1', 'coverage', 'A'].map((text) => ({ command: '/signin-status', text })),
  ...['why', 'confirm', 'end', 'lift'].map((text) => ({ command: '/signin-freeze', text })),
].map((command) => ({
  ...command,
  api_app_id: 'A01SANDBOX',
  user_id: person.id,
  user_name: 'bob',
  team_id: 'T01',
  response_url: 'https://hooks.slack.com/commands/T01/1/x',
  trigger_id: '1.2.3',
}));

/** One kind of case: its share of all, and what becomes of one. */
export interface Target {
  readonly name: string;
  readonly share: number;
  /** Runs so many cases; tells of each that went wrong. */
  run(cases: number, seed: number, wrong: (what: string, input: unknown) => void): void;
}

function target<T>(name: string, share: number, { fed, faults }: { fed: fc.Arbitrary<T>; faults: (input: T) => readonly string[] }): Target {
  const run: Target['run'] = (cases, seed, wrong) => {
    // By the piece, so that a hundred thousand are never held at once.
    const piece = 500;
    for (let done = 0; done < cases; done += piece) {
      for (const input of fc.sample(fed, { numRuns: Math.min(piece, cases - done), seed: seed + done })) {
        try {
          for (const fault of faults(input)) wrong(fault, input);
        } catch (thrown) {
          wrong(`crash: ${thrown instanceof Error ? thrown.stack : String(thrown)}`, input);
        }
      }
    }
  };
  return { name, share, run };
}

export const targets: readonly Target[] = [
  target('alarms', 20, { fed: told(alarmMessages), faults: drawnFrom }),
  target('records', 25, { fed: told([...records, ...events]), faults: drawnFrom }),
  target('other messages', 10, {
    fed: fc.oneof(told(notices), fc.record({ subject: fc.option(hostileText, { nil: undefined }), message: hostileText })),
    faults: drawnFrom,
  }),
  target('envelopes', 15, {
    fed: fc.oneof(
      mutated(envelopes).map((one) => JSON.stringify(one)),
      hostileText,
    ),
    faults: (body) => {
      const envelope = readEnvelope(Buffer.from(body));
      if (envelope === undefined) return [];
      misplaced(envelope.SigningCertURL, envelope.TopicArn);
      // One text has one reading: every field but Message is one line.
      const lines = signedText(envelope).split('\n').length - envelope.Message.split('\n').length;
      return lines % 2 === 0 ? [] : ['a field of several lines was taken'];
    },
  }),
  target('Slack payloads', 15, {
    fed: mutated([...payloads, ...commands]),
    faults: (payload) => {
      if (payloadRefusal(payload, { app: 'A01SANDBOX', sandbox: undefined }) !== undefined) return [];
      const { response_url: url } = payload as { response_url?: unknown };
      return url === undefined || url === null || url === '' || /^https:\/\/hooks\.slack(-gov)?\.com\//.test(String(url))
        ? []
        : [`answers at ${String(url)}`];
    },
  }),
  target('modal values', 5, {
    fed: mutated([view]),
    faults: (one) => {
      const submission = { ...common, type: 'view_submission', view: one };
      if (payloadRefusal(submission, { app: 'A01SANDBOX', sandbox: undefined }) !== undefined) return [];
      const answers = answersIn(one as Parameters<typeof answersIn>[0]);
      return Object.getPrototypeOf(answers) === Object.prototype ? [] : ['answers with another prototype'];
    },
  }),
  target('commands', 7, {
    fed: hostileText,
    faults: (text) => {
      const asked = askedFor(text, ['A', ...namesIn(text)]);
      return faultsOfMessage(privately(drawNotUnderstood(asked.what === 'alarm' ? asked.name : text, []).text), []);
    },
  }),
  target('protected users', 3, {
    fed: hostileText,
    faults: (text) => {
      const understood = protectedUsersFrom(text);
      if (understood.ok) understood.users.matches('/a/b');
      return understood.ok || understood.fault !== '' ? [] : ['refused without a reason'];
    },
  }),
];
