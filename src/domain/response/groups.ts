/** All that an incident offers, by whom or what it is done to. Pure. */
import { hitIn } from '../incident/attacked.ts';
import type { Incident } from '../incident/incident.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { type ReachSettings, reachesSubject } from './reach.ts';
import type { Response } from './response.ts';
import { kindsIn, type Target, targetOf, theTargetOf } from './target.ts';

export interface Group {
  /** `to-choose`: somebody who is typed or chosen on a form of its own. */
  readonly of: Subject | 'to-choose' | 'alarm' | 'incident';
  /** Those of one button beside each other. */
  readonly responses: readonly { readonly response: Response; readonly target: Target | undefined }[];
}

/** Of people also those to whom nothing can be done; those whom it may have hit come first. @param listed as `offered` tells them. Each is in one group at least */
export function groupsOf(listed: readonly Response[], incident: Incident, reach: ReachSettings): Group[] {
  const isThere = (one: Subject): boolean => reachesSubject(one, reach) && !incident.users[one.key]?.isMissing;
  const reached = [...new Set([...hitIn(incident), ...incident.subjects])].filter(isThere);
  const bySubject = reached.map((subject): Group => {
    const responses = listed.flatMap((response) => {
      const target = targetOf(subject, response.target);
      return target === undefined ? [] : [{ response, target }];
    });
    return { of: subject, responses };
  });
  const placed = new Set(bySubject.flatMap(({ responses }) => responses.map(({ response }) => response)));
  const simply = (of: 'alarm' | 'incident'): Group => {
    const kinds = of === 'alarm' ? ['alarm'] : ['incident', 'entry'];
    return {
      of,
      responses: listed
        .filter(({ target }) => typeof target === 'string' && kinds.includes(target))
        .map((response) => ({ response, target: at(response) })),
    };
  };
  const at = ({ target }: Response): Target | undefined => theTargetOf(incident, target);
  const ofSomebody = listed.filter(({ target }) => target !== 'alarm' && target !== 'incident' && target !== 'entry');
  const toChoose = ofSomebody.filter((response) => kindsIn(response.target).includes('iam-user') || !placed.has(response));
  const others: Group = { of: 'to-choose', responses: toChoose.map((response) => ({ response, target: undefined })) };
  return [...bySubject, ...[others, simply('alarm'), simply('incident')].filter(({ responses }) => responses.length > 0)];
}
