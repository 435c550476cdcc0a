import { detectionOf } from '../detection/detections.ts';
import type { Signal } from '../signal/signal.ts';
import type { Incident } from './incident.ts';
import { keyOf, type Meaning, severityOf } from './triage.ts';

interface Beginning {
  /** The resolved incident of the same key that came before. */
  readonly before: Incident | undefined;
  readonly meaning: Meaning;
  readonly now: number;
}

/** An incident as a signal begins it, before anything of it is counted; it has id 0 until it is stored. */
export function blank(signal: Signal, { before: previous, meaning, now }: Beginning): Incident {
  const { recognised } = meaning;
  return {
    id: 0,
    key: keyOf(signal, meaning),
    revision: 0,
    title: recognised ? detectionOf(recognised.detection).title : titleOf(signal),
    severity: severityOf(signal, meaning),
    rung: severityOf(signal, meaning),
    told: {},
    tells: 'itself',
    campaign: { incidents: [], gravest: severityOf(signal, meaning) },
    status: 'open',
    origin: signal.kind === 'alarm-change' ? 'alarm' : signal.kind,
    account: meaning.home,
    region: signal.region,
    detection: recognised?.detection,
    recognised: recognised && { by: recognised.by },
    alarm: undefined,
    otherAlarms: [],
    noticeText: signal.kind === 'notice' ? signal.text : undefined,
    counts: { signals: 0, firings: 0, recoveries: 0 },
    firstSignalAt: signal.at,
    lastSignalAt: signal.at,
    subjects: [],
    moreSubjects: 0,
    assessment: undefined,
    ownActions: [],
    look: undefined,
    users: {},
    links: [],
    mergedInto: undefined,
    openedAt: now,
    acknowledged: undefined,
    owner: undefined,
    resolved: undefined,
    reopenings: 0,
    previous: previous?.id,
    deeds: [],
    notStopped: [],
    leftToDo: [],
    passwordsReset: [],
  };
}

function titleOf(signal: Signal): string {
  if (signal.kind === 'alarm-change') return signal.name;
  if (signal.kind === 'notice') return signal.title;
  return signal.eventName;
}
