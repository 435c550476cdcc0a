/** The terms of a filter pattern as CloudTrail knows their fields. */
import type { Pattern, Term } from '../alarm/filter-pattern.ts';
import { valuesAt } from '../alarm/run-pattern.ts';

export function termsOf(pattern: Pattern): Term[] {
  if ('term' in pattern) return [pattern.term];
  return ('all' in pattern ? pattern.all : pattern.some).flatMap(termsOf);
}

/** `userIdentity.userName`, `requestParameters.alarmNames[0]`. */
export function pathText({ path }: Pick<Term, 'path'>): string {
  return path
    .map((step) => ('key' in step ? `.${step.key}` : 'index' in step ? `[${step.index}]` : step.any === 'field' ? '.*' : '[*]'))
    .join('')
    .slice(1);
}

/** Fields whose values CloudTrail documents: what none of the labelled records has, there is not. */
const closed = /^(userIdentity\.type|additionalEventData\.(MFAUsed|CredentialType|MobileVersion)|serviceEventDetails\..*)$/;
const responses = /^responseElements\.(ConsoleLogin|GetSigninToken|CheckMfa|SwitchRole|PasswordUpdated|PasswordRecovery\w+)$/;

export function isClosed(term: Term): boolean {
  const path = pathText(term);
  return closed.test(path) || responses.test(path) || isOfEvent(term);
}

/** Which event it is: the field is closed for what is labelled, and there are others. */
export function isOfEvent(term: Term): boolean {
  return /^event(Name|Source)$/.test(pathText(term));
}

/** Whether it asks for something, rather than for its absence or for anything else. */
export function isPositive({ test }: Term): boolean {
  return 'compares' in test && test.compares === '=';
}

/** The top of a CloudTrail record. Source: "CloudTrail record contents" (CloudTrail user guide). */
const cloudTrailKeys = new Set([
  ...[
    'eventVersion',
    'userIdentity',
    'eventTime',
    'eventSource',
    'eventName',
    'awsRegion',
    'sourceIPAddress',
    'userAgent',
    'errorCode',
    'errorMessage',
  ],
  ...[
    'requestParameters',
    'responseElements',
    'additionalEventData',
    'requestID',
    'eventID',
    'eventType',
    'apiVersion',
    'managementEvent',
    'readOnly',
  ],
  ...[
    'resources',
    'recipientAccountId',
    'serviceEventDetails',
    'sharedEventID',
    'vpcEndpointId',
    'vpcEndpointAccountId',
    'eventCategory',
    'addendum',
  ],
  ...['sessionCredentialFromConsole', 'edgeDeviceDetails', 'tlsDetails', 'eventContext', 'insightDetails'],
]);

/** Whether a CloudTrail record can have the field. */
export function isOfCloudTrail({ path: [top] }: Term): boolean {
  return top !== undefined && 'key' in top && cloudTrailKeys.has(top.key);
}

/** The text that a term compares with; undefined: none, or a regular expression. */
export function wantedText({ test }: Term): string | undefined {
  return 'compares' in test && 'text' in test.with ? test.with.text : undefined;
}

/** It has a `*` in the middle, which stands for itself: no name, ARN or address of AWS has one. */
export function isLiteralStar(term: Term): boolean {
  return wantedText(term)?.slice(1, -1).includes('*') ?? false;
}

/** What was meant with a `*` in the middle. */
export function wouldFit(term: Term, record: unknown): boolean {
  const [first = '', ...rest] = wantedText(term)?.split('*') ?? [];
  const last = rest.pop() ?? '';
  return valuesAt(record, term.path).some((value) => {
    if (typeof value !== 'string' || !value.startsWith(first)) return false;
    let from = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return value.length - last.length >= from && value.endsWith(last);
  });
}

/** `ops1`, `> 5`, `%^a%`: what a term asks for, for people. */
export function valueText(term: Term): string {
  const text = wantedText(term);
  if (text !== undefined) return text === '' ? '""' : text;
  const [, verb = '', ...rest] = term.text.split(' ');
  return verb === '=' || verb === '!=' ? rest.join(' ') : `${verb} ${rest.join(' ')}`;
}
