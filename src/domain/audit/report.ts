/** What a verification found, in words. */
import { nameOf } from '../incident/incident.ts';
import { timeText } from '../utc.ts';
import type { AnchorsRead, Outside } from './anchors-read.ts';
import type { Fault, Finding, FoundBy } from './verify.ts';

const faults: Readonly<Record<Fault, string>> = {
  changed: 'its number, time, kind or place is not what was written',
  'body-changed': 'its text is not what was written',
  'out-of-sequence': 'its number does not follow the one before: entries are missing, or were put in',
  'not-following': 'it is not linked to the one before',
  'unknown-key': 'it was signed with a key that is not in AUDIT_KEY',
  unsigned: 'it is not signed, though the log was by then',
  'cut-off': 'entries after it are missing',
  'beyond-its-end': 'it comes after the end of the log',
  'no-entries': 'nothing of its log is left',
  'body-missing': 'its text is missing, and no pruning took it',
  'not-as-anchored': 'it is not what was anchored',
  'cut-off-since-anchor': 'entries after it are missing that were anchored',
  'anchor-changed': 'the anchor is not what was written',
  'another-anchor': 'another one of that number was written down outside: the database was an older copy when it made this one, or it was made anew',
  'older-than-anchor': 'the database is older than this anchor',
  'never-signed': 'nothing in it is signed, though AUDIT_KEY is set',
  'anchored-unsigned': 'it is signed, and the anchor of it is not: the anchor was made anew without the key',
  'another-log': 'the bucket holds anchors of another log, and none of this one',
  'response-changed': 'what is kept of the response is not what its entries say',
  'response-missing': 'what is kept of the response or request is gone',
  unsealed: 'what is kept of the incident has no seal: it was taken away, or never made',
  'kept-unsealed': 'what is kept of its responses and requests has no seal: it was taken away, or never made',
  'state-changed': 'what is kept of the incident is not what was sealed',
  'kept-changed': 'what is kept of its responses and requests is not what was sealed',
  'state-older': 'what is kept of the incident is older than what was anchored, or its seal is gone',
  'state-not-as-anchored': 'what is kept of the incident is not what was anchored',
  'not-as-in-slack': 'it is not what Slack shows: it was changed, or the database is another one',
  'missing-but-in-slack': 'it is gone, and Slack shows it',
};

const finders: Readonly<Record<FoundBy, string>> = {
  chain: 'the chain',
  key: 'the key',
  anchor: 'an anchor',
  bucket: 'the bucket',
  state: 'what is kept beside the log',
  seal: 'its seal',
  slack: 'Slack',
};

/** One line. */
export function findingText({ incident, seq, until, fault, foundBy }: Finding): string {
  const of = (what: string, many: string): string[] =>
    seq === undefined ? [] : [until === undefined ? `${what} ${seq}` : `${many} ${seq} to ${until}, each`];
  const log = incident === 0 ? 'log' : nameOf({ id: incident ?? 0 });
  const where = incident === undefined ? of('anchor', 'anchors') : [log, ...of('entry', 'entries')];
  return `${where.join(' ')}: ${faults[fault]} (found by ${finders[foundBy]})`;
}

/** An entry in which the responder told that the database was changed. */
export interface ToldChange {
  readonly incident: number;
  readonly seq: number;
}

const mostNamed = 10;

/** In words: what was found while it ran is not found again where the responder went on from it. */
function toldText(told: readonly ToldChange[]): string {
  const some = told.slice(0, mostNamed).map(({ incident, seq }) => `${incident === 0 ? 'log' : nameOf({ id: incident })} entry ${seq}`);
  const more = told.length > mostNamed ? ` and ${told.length - mostNamed} more` : '';
  return `The responder itself told of changes in the database, and goes on from what it found then: ${some.join(', ')}${more}.`;
}

export interface Verified {
  readonly findings: readonly Finding[];
  readonly incidents: number;
  readonly entries: number;
  readonly anchors: number;
  readonly anchoredAt: number | undefined;
  readonly proven: AnchorsRead['proven'];
  readonly told: readonly ToldChange[];
  /** Of those, what an older version wrote and nothing has sealed since. */
  readonly unsealed: number;
}

/** What a verification found, and how far it reaches. @param says what was compared beside the database, and what was not */
export function printedVerification(
  { findings, incidents, entries, anchors, anchoredAt, proven, unsealed, told }: Verified,
  { isKeyed, says }: { isKeyed: boolean; says: readonly string[] },
): string {
  const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
  const read = `Read ${counted(entries, 'entry', 'entries')} of ${counted(incidents, 'chain')} and ${counted(anchors, 'anchor')}.`;
  const key = isKeyed ? [] : ['AUDIT_KEY is not set: whoever writes to the database can link the whole log anew without showing.'];
  const seals =
    unsealed === 0
      ? []
      : [
          `What is kept of ${counted(unsealed, 'incident')} has no seal: an older version wrote it and no anchor was made since, or the seal was taken away.`,
        ];
  const reach = anchoredAt === undefined ? 'Nothing is anchored yet.' : `The newest anchor is of ${timeText(anchoredAt)}.`;
  const whereWords: Readonly<Record<Outside, string>> = { anchor: 'the anchors given (--anchor)', bucket: 'the bucket' };
  const proofs = [...proven].map(
    ([where, at]) => `The anchor of ${timeText(at)} is as ${whereWords[where]} had it: what it covers cannot have been changed without showing.`,
  );
  const proof =
    proofs.length > 0
      ? proofs
      : ['No anchor from outside the database was given (--anchor, --with-bucket): one that was replaced as a whole by an older copy does not show.'];
  const whole = told.length === 0 ? 'Everything is what was written.' : 'Nothing else is found.';
  const result = findings.length === 0 ? whole : `${findings.length} fault${findings.length === 1 ? '' : 's'}:`;
  const changes = told.length === 0 ? [] : [toldText(told)];
  return `${[read, reach, ...proof, ...says, ...key, ...seals, ...changes, result, ...findings.map((finding) => `  ${findingText(finding)}`)].join('\n')}\n`;
}

/**
 * Of another log in the bucket.
 * @param last when its newest anchor was put, ms
 * @param began when this log was first anchored, ms; undefined: it never was
 */
export function otherLogText(name: string, { count, last }: { count: number; last: number }, began: number | undefined): string {
  const is =
    began !== undefined && last > began
      ? 'another responder puts anchors here too'
      : 'that is before this log began. Unless another responder used this bucket, the database was emptied, or is a copy from before its first anchor';
  return `It has ${count} of another log, ${name}, the newest of ${timeText(last)}: ${is}.`;
}
