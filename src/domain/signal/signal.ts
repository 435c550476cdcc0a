import { type AlarmChange, alarmFromEvent, alarmFromSnsText, type MessageContext } from '../alarm/alarm.ts';
import { sha256 } from '../digest.ts';
import { asList, asText, type Json, parseObject, printed } from '../json.ts';
import { isAccount, isRegion, placeOf } from '../place.ts';
import { isSignInRecord, type SignIn, signInFromRecord } from '../sign-in/sign-in.ts';

/** Anything that is neither an alarm change nor a sign-in: shown with its own text, because a security signal is never swallowed. */
export interface Notice {
  readonly kind: 'notice';
  readonly about: 'text' | 'event' | 'unsubscribed';
  readonly title: string;
  readonly text: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Equal for messages that say the same. */
  readonly digest: string;
}

export type Signal = AlarmChange | SignIn | Notice;

export interface ReceivedMessage extends MessageContext {
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
}

const longestText = 20_000;

/**
 * Understands the Message text of one SNS notification. Never throws: what is not understood is a Notice.
 * @returns the signal; a JSON array or a Records list of several sign-ins gives one signal per record
 */
export function understand(received: ReceivedMessage): Signal[] {
  try {
    return understood(received);
  } catch {
    return [notice(received, 'text', received.subject ?? firstLine(received.message), received.message)];
  }
}

function understood(received: ReceivedMessage): Signal[] {
  const parsed = parseObject(received.message);
  if (parsed === undefined)
    return [lambdaText(received) ?? notice(received, 'text', received.subject ?? firstLine(received.message), received.message)];
  const alarm = alarmFromSnsText(parsed, received) ?? alarmFromEvent(parsed);
  if (alarm !== undefined) return [alarm.at === 0 ? { ...alarm, at: received.publishedAt } : alarm];
  const place = placeOf(received.topicArn);
  const fallback = { ...place, at: received.publishedAt, id: received.messageId };
  const listed = asList(parsed.Records);
  const records = listed.length > 0 ? listed : [parsed];
  if (records.every(isSignInRecord)) {
    return records.map((record, index) => signInFromRecord(record, { ...fallback, id: `${received.messageId}#${index}` }));
  }
  if (isSignInRecord(parsed.detail) && isOfAws(parsed, parsed.detail)) {
    const around = {
      account: isAccount(parsed.account) ? parsed.account : place.account,
      region: isRegion(parsed.region) ? parsed.region : place.region,
    };
    return [signInFromRecord(parsed.detail, { ...fallback, ...around })];
  }
  const title = [parsed['detail-type'], received.subject, parsed.AlarmName, parsed.source].map(asText).find((part) => part !== undefined);
  return [notice(received, 'event', title ?? 'Message that is not understood', printed(parsed) ?? received.message)];
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

/** The incident-worthy fact that a topic no longer reaches us: somebody ended the subscription. */
export function unsubscribed(received: ReceivedMessage): Notice {
  const text = `The subscription of this responder to ${received.topicArn} was ended. Nothing published there reaches it any more.`;
  return notice(received, 'unsubscribed', `Unsubscribed from ${received.topicArn.split(':').at(-1) ?? 'a topic'}`, text);
}

function notice(received: ReceivedMessage, about: Notice['about'], title: string, text: string): Notice {
  return {
    kind: 'notice',
    about,
    title: title.replaceAll('\0', '').slice(0, 200).toWellFormed(),
    text: text.replaceAll('\0', '').slice(0, longestText).toWellFormed(),
    ...placeOf(received.topicArn),
    at: received.publishedAt,
    digest: sha256(`${received.topicArn}\n${about}\n${title}\n${text}`).slice(0, 24),
  };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 120) || 'Empty message';
}
