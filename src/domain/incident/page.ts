/** What a pager is sent of an incident. It may be read by anybody on call, and on a lock screen: no addresses. */
import { isolated, withoutInvisible } from '../visible.ts';
import { whatHappened } from './headline.ts';
import { type Incident, nameOf } from './incident.ts';
import { isReleased, mostPages } from './reminders.ts';

export interface Page {
  /** As SNS takes it: ASCII, less than 100 characters, one line. */
  readonly subject: string;
  readonly text: string;
}

/** The topic that wakes people. Throws `ambiguous` when it is not known whether SNS took the page, else what SNS refused it for. */
export interface Pager {
  readonly topicArn: string;
  /** Published once. Returns the MessageId. */
  publish(page: Page): Promise<string>;
}

const longestSubject = 99;

/**
 * @param where the account as people call it
 * @param nth the how-maniest of the campaign
 * @param link to the card; undefined: it is not in Slack yet
 */
export function pageOf(incident: Incident, { where, nth, link }: { where: string; nth: number; link: string | undefined }): Page {
  const what = oneLine(whatHappened(incident));
  const head = `${nameOf(incident)} ${incident.severity}`;
  const subject = `${head}: ${what}, ${oneLine(where)}`.replace(/[^\x20-\x7e]/g, '?').slice(0, longestSubject);
  const text = [
    `${head}: ${isolated(what)}`,
    `Account: ${isolated(oneLine(where))}`,
    `${isReleased(incident) ? 'Whoever was on it in Slack has released it' : 'Nobody is on it in Slack'}. Acknowledge it there, on its card; that ends these.`,
    link === undefined ? 'The card is not in Slack yet.' : link,
    `Page ${nth} of ${mostPages} at most. The same one may come twice.`,
  ].join('\n');
  return { subject, text };
}

function oneLine(text: string): string {
  return withoutInvisible(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')).trim();
}
