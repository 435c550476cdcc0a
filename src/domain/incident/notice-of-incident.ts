/** What an incident holds of the messages that opened it: the newest in words, and how many came of each kind. */
import { lookUp } from '../json.ts';
import { worseOf } from '../severity.ts';
import type { Notice, NoticeKind } from '../signal/notice.ts';
import type { Incident, NoticeOfIncident } from './incident.ts';

/** The title follows the newest message that is no less grave than those before. */
export function withNotice(incident: Incident, { about, says, isPlaceTold, topic, title, text, severity }: Notice): Incident {
  const before = incident.notice?.received ?? {};
  const received = about === 'noise' && says !== undefined ? { ...before, [says]: (lookUp(before, says) ?? 0) + 1 } : before;
  const isGraver = worseOf(severity, incident.severity) === severity;
  const notice: NoticeOfIncident = { about, says, isPlaceTold, topic, received };
  return { ...incident, notice, noticeText: text, title: isGraver && about !== 'noise' ? title : incident.title };
}

const aboutNobody: readonly NoticeKind[] = ['noise', 'test', 'backup', 'chain-cut', 'outage', 'remediators'];

/** Whether what came is about nobody: services' own words, tests, the chain and the responder itself. */
export function concernsNobody({ notice }: Pick<Incident, 'notice'>): boolean {
  return notice !== undefined && aboutNobody.includes(notice.about);
}

/** Whether a message of this kind has come already, so that one more says nothing that is not known. */
export function isKnownNoise({ about, says }: Notice, incident: Incident | undefined): boolean {
  return about === 'noise' && says !== undefined && lookUp(incident?.notice?.received ?? {}, says) !== undefined;
}
