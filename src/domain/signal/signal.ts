import { type AlarmChange, alarmFromEvent, alarmFromSnsText } from '../alarm/alarm.ts';
import { asList, asObject, asText, type Json, parsed } from '../json.ts';
import { isAccount, isAlarmArn, isRegion, placeOf } from '../place.ts';
import { isSignInRecord, type SignIn, signInFromRecord } from '../sign-in/sign-in.ts';
import { noiseIn } from './noise.ts';
import { type Notice, objectNotice, type ReceivedMessage, recordsNotice, textNotice } from './notice.ts';

export type Signal = AlarmChange | SignIn | Notice;

/**
 * Understands the Message text of one SNS notification. Never throws: what is not understood is a Notice.
 * @returns the signal; a JSON array or a list of records gives each its due: one signal for every alarm and sign-in in it, and one notice for
 * all the rest. None is later than the message: what is said to come from the future would stand before all that really follows.
 */
export function understand(received: ReceivedMessage): Signal[] {
  const { publishedAt } = received;
  return attempted(received).map((signal) => (signal.at > publishedAt ? { ...signal, at: publishedAt } : signal));
}

function attempted(received: ReceivedMessage): Signal[] {
  try {
    return understood(received);
  } catch {
    return [textNotice(received)];
  }
}

function understood(received: ReceivedMessage): Signal[] {
  const value = parsed(received.message);
  if (Array.isArray(value) && value.length > 0) return listed(received, value);
  const body = asObject(value);
  if (value !== body) return [lambdaText(received) ?? textNotice(received)];
  const records = asList(body.Records);
  return records.length > 0 && noiseIn(body) === undefined ? listed(received, records) : [one(received, body)];
}

function listed(received: ReceivedMessage, records: readonly unknown[]): Signal[] {
  const signals = records.flatMap((record, index) => inList({ ...received, messageId: `${received.messageId}#${index}` }, asObject(record)));
  const understood = signals.filter(({ kind }) => kind !== 'notice');
  const rest = signals.filter((signal) => signal.kind === 'notice');
  if (rest.length === 0) return understood;
  // Messages passed on together speak for themselves, each kind once; records that are none do so together.
  if (records.some(isWrapped)) return [...understood, ...new Map(rest.map((one) => [one.digest, one])).values()];
  const others = records.filter((_record, index) => signals[index]?.kind === 'notice');
  return [...understood, recordsNotice(received, others, records.length)];
}

/** One signal for one record. SNS wraps a message so for a function, which may have passed it on as it came. */
function inList(received: ReceivedMessage, record: Json): Signal {
  const { Message, Subject } = asObject(record.Sns);
  const message = asText(Message);
  if (message === undefined) return one(received, record);
  const inner = { ...received, message, subject: asText(Subject) };
  const value = parsed(message);
  const body = asObject(value);
  return value === body ? one(inner, body) : (lambdaText(inner) ?? textNotice(inner));
}

function isWrapped(record: unknown): boolean {
  return asObject(record).Sns !== undefined;
}

function one(received: ReceivedMessage, body: Json): Signal {
  const alarm = alarmFromSnsText(body, received) ?? alarmFromEvent(body) ?? alarmFromEvent(lambdaEvent(body));
  if (alarm !== undefined) return alarm.at === 0 ? { ...alarm, at: received.publishedAt } : alarm;
  const place = placeOf(received.topicArn);
  const fallback = { ...place, at: received.publishedAt, id: received.messageId };
  const bare: unknown = body;
  if (isSignInRecord(bare)) return signInFromRecord(bare, fallback);
  if (isSignInRecord(body.detail) && isOfAws(body, body.detail)) {
    const around = {
      account: isAccount(body.account) ? body.account : place.account,
      region: isRegion(body.region) ? body.region : place.region,
    };
    return signInFromRecord(body.detail, { ...fallback, ...around });
  }
  return objectNotice(received, body);
}

/** What CloudWatch hands to a function as an alarm's action, and the function may pass on: its event, by other names. */
function lambdaEvent(body: Json): Json {
  if (body.alarmData === undefined) return {};
  const arn = [asText(body.alarmArn), asText(asList(body.resources)[0])].find((text) => text !== undefined && isAlarmArn(text));
  const account = asText(body.account) ?? asText(body.accountId);
  return { ...body, 'detail-type': 'CloudWatch Alarm State Change', account, resources: [arn], detail: body.alarmData };
}

/**
 * What the Lambda function of seed 002 publishes. It names a user and nothing else, so the sign-in counts neither as a success nor as a failure:
 * its event may come by another way.
 */
function lambdaText(received: ReceivedMessage): SignIn | undefined {
  const name = /^\s*User signed in without MFA: ([\w+=,.@-]{1,128})\s*$/.exec(received.message)?.[1];
  if (name === undefined) return undefined;
  const place = placeOf(received.topicArn);
  return {
    kind: 'sign-in',
    eventId: `text:${received.topicArn}:${received.messageId}`,
    eventName: 'ConsoleLogin',
    act: { is: 'reported-sign-in' },
    ...place,
    at: received.publishedAt,
    principal: { kind: 'iam-user', name, nameIs: 'told', arn: undefined, account: place.account, directory: undefined },
    outcome: 'unknown',
    mfa: 'no',
    address: undefined,
    userAgent: undefined,
    errorMessage: undefined,
    detections: ['console-sign-in-without-mfa'],
    target: undefined,
    workflow: undefined,
    sourceIdentity: undefined,
  };
}

/**
 * Whether an event is AWS's own: whoever may put events on a bus writes the detail as he likes, but not a source that begins with `aws.`, and
 * not another account around it. An event always has a source; a text without one was put together by whoever may publish.
 * Source: "PutEvents" in the EventBridge API reference.
 */
function isOfAws({ source, account }: Json, { recipientAccountId }: Json): boolean {
  const isSameAccount = account === undefined || recipientAccountId === undefined || account === recipientAccountId;
  return (source === undefined || (typeof source === 'string' && source.startsWith('aws.'))) && isSameAccount;
}
