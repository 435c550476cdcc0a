/** What an alarm means: the detection it is about and how that is known, and what it may claim before anybody has read what it counted. */
import { isWorse, type Severity } from '../severity.ts';
import { type DetectionId, detectionOf, recogniseName } from './detections.ts';
import { judgePatterns } from './judge.ts';
import type { Judgement } from './judgement.ts';

export interface Recognition {
  readonly detection: DetectionId;
  readonly by: 'configured' | 'metric-filter' | 'name' | 'event' | 'text';
  /** Of its metric filters, where they say it. */
  readonly judgement?: Judgement | undefined;
}

/** What is known of one alarm. Kept with it, so an older one may lack what is newer. */
export interface AlarmMeaning {
  /** Undefined: of no detection, as far as is known. */
  readonly recognised?: Recognition | undefined;
  /** What its metric filters say; undefined: it has none, or they were not read. */
  readonly judgement?: Judgement | undefined;
  /** Why its filters were not read when they were last asked for, as a sentence. */
  readonly unread?: string | undefined;
}

/** The patterns of the filters that feed an alarm, or why they were not read. */
export type Filters = { readonly patterns: readonly string[] } | { readonly fault: string };

/**
 * What an alarm means by its filters, else by its name. Filters that were read and mean something else leave no room for the name.
 * @param before what was known: a look at the filters that failed takes nothing of it back
 */
export function meaningByFilters(name: string, filters: Filters, before: AlarmMeaning): AlarmMeaning {
  if ('fault' in filters) {
    const known = before.judgement === undefined ? { recognised: byName(name, undefined) } : before;
    return { recognised: known.recognised, judgement: before.judgement, unread: filters.fault };
  }
  if (filters.patterns.length === 0) return { recognised: byName(name, undefined), judgement: undefined, unread: undefined };
  const judgement = judgePatterns(filters.patterns);
  const known = { judgement, unread: undefined };
  if (judgement.is === 'something-else') return { ...known, recognised: undefined };
  if (judgement.is === 'not-judged') return { ...known, recognised: byName(name, judgement) };
  return { ...known, recognised: { detection: judgement.detection, by: 'metric-filter', judgement } };
}

function byName(name: string, judgement: Judgement | undefined): Recognition | undefined {
  const detection = recogniseName(name);
  return detection && { detection, by: 'name', judgement };
}

export interface Claim {
  readonly severity: Severity;
  /** It rings nobody, however often it fires. */
  readonly isQuiet: boolean;
}

const unrecognised: Claim = { severity: 'MEDIUM', isQuiet: false };

/**
 * What an alarm may claim that fired, before what it counted was read. A filter that counts no more than the detection, people who configured
 * it and an event vouch for it; a filter that counts other things too and a name only suggest it.
 */
export function claimOf(recognised: Recognition | undefined): Claim {
  if (recognised === undefined) return unrecognised;
  const { severity } = detectionOf(recognised.detection);
  if (vouches(recognised)) return { severity, isQuiet: false };
  return { severity: isWorse(severity, 'MEDIUM') ? 'MEDIUM' : severity, isQuiet: true };
}

function vouches({ by, judgement }: Recognition): boolean {
  if (by === 'name') return false;
  // One that was recognised before filters were judged had the detection's own pattern, or one that was listed.
  return by !== 'metric-filter' || judgement === undefined || judgement.is === 'same' || judgement.is === 'narrower';
}

/** What events prove of a detection that an alarm may only have suggested: the severity of one of its own among them. */
export function provenBy(detection: DetectionId | undefined, events: readonly { readonly detections: readonly DetectionId[] }[]): Severity {
  if (detection === undefined || !events.some(({ detections }) => detections.includes(detection))) return 'LOW';
  const { alone, severity } = detectionOf(detection);
  return alone ?? severity;
}
