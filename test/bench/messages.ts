/** Signed notifications, made before anything is measured. */
import { randomUUID } from 'node:crypto';
import type { Json } from '../../src/domain/json.ts';
import { envelopeOf, type Signer } from '../../src/sandbox/sns.ts';
import { consoleLogin } from '../support/records.ts';
import { alarmText, topic } from '../support/sandbox.ts';

/** `one` alarm that goes back and forth, `fifty` of them, or `different` alarms only. */
export type AlarmKind = 'one' | 'fifty' | 'different';
/** Sign-ins as EventBridge brings them: 500 names of ten accounts that fail from one address (`spray`), from fifty (`botnet`), or 500 people in their offices. */
export type SignInKind = 'spray' | 'botnet' | 'people';
export type Kind = AlarmKind | SignInKind;
const alarmsOf: Record<AlarmKind, number> = { one: 1, fifty: 50, different: Number.POSITIVE_INFINITY };
const addressesOf: Record<SignInKind, number> = { spray: 1, botnet: 50, people: 200 };
const names = 500;

/** As long as descriptions are that hold a runbook. */
const description = 'Counts failed sign-ins at the console. Runbook: look at who it was, ask the user, then reset. '.repeat(12).slice(0, 1_000);

export interface Batch {
  readonly kind: Kind;
  readonly count: number;
  /** Begins the names of its alarms. */
  readonly name?: string;
  /** How many of this name went before it, so that an alarm's changes go on in their order. */
  readonly from?: number;
}

/** Notifications as SNS posts them: whole HTTP requests of more than 2 kB. */
export function requests(signer: Signer, { kind, count, name = 'Alarm', from = 0 }: Batch): Buffer[] {
  const at = Date.now() - 3_600_000;
  const message = (index: number): object =>
    kind in addressesOf ? signInMessage(kind as SignInKind, index, at + index * 50) : alarmMessage(kind as AlarmKind, name, index, at);
  return Array.from({ length: count }, (_, index) => request(signer, message(from + index)));
}

function signInMessage(kind: SignInKind, index: number, at: number): object {
  const who = `user${index % names}`;
  const account = String(100_000_000_000 + (index % 10));
  const from = index % addressesOf[kind];
  const identity = { type: 'IAMUser', userName: who, accountId: account, arn: `arn:aws:iam::${account}:user/${who}` };
  const more = { eventTime: new Date(at).toISOString(), recipientAccountId: account, eventID: randomUUID(), sourceIPAddress: `198.51.100.${from}` };
  const event = kind === 'people' ? consoleLogin(identity, 'Success', 'Yes', more) : consoleLogin(identity, 'Failure', 'No', more);
  return signInEvent(account, event);
}

function alarmMessage(kind: AlarmKind, name: string, index: number, at: number): object {
  const turn = Math.floor(index / alarmsOf[kind]);
  const which = kind === 'different' ? index : index % alarmsOf[kind];
  return alarmText(`${name}-${which}`, turn % 2 === 0 ? 'ALARM' : 'OK', at + index, { AlarmDescription: description });
}

/** A firing of an alarm that nothing came of before. */
export function alarmRequest(signer: Signer, { name, account }: { name: string; account: string }): Buffer {
  const at = Date.now();
  const AlarmArn = `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`;
  return request(signer, alarmText(name, 'ALARM', at, { AlarmDescription: description, AWSAccountId: account, AlarmArn }));
}

/** Root of an account signs in without MFA, as EventBridge brings it. */
export function rootRequest(signer: Signer, account: string): Buffer {
  const time = new Date().toISOString();
  const userIdentity = { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account, principalId: account };
  const more = {
    eventTime: time,
    recipientAccountId: account,
    eventID: `root-${account}-${time}`,
    sourceIPAddress: `198.51.100.${Number(account) % 250}`,
  };
  return request(signer, signInEvent(account, consoleLogin(userIdentity, 'Success', 'No', more)));
}

function signInEvent(account: string, detail: Json): object {
  return {
    version: '0',
    id: detail.eventID,
    'detail-type': 'AWS Console Sign In via CloudTrail',
    source: 'aws.signin',
    account,
    time: detail.eventTime,
    region: 'us-east-1',
    resources: [],
    detail,
  };
}

function request(signer: Signer, message: object): Buffer {
  const envelope = envelopeOf(signer, { message: message as Record<string, unknown> }, topic);
  const body = JSON.stringify(envelope);
  const headers = [
    'POST /sns HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: text/plain; charset=UTF-8',
    'x-amz-sns-message-type: Notification',
    `x-amz-sns-message-id: ${envelope.MessageId}`,
    `x-amz-sns-topic-arn: ${topic}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
