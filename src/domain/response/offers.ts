/** Which buttons a card shows, and which first: a pure function of the incident's state, its subjects, and where the bot can act. */
import { isOnOne } from '../incident/attacked.ts';
import type { Incident } from '../incident/incident.ts';
import type { ReachSettings } from './reach.ts';
import type { Response } from './response.ts';
import { isDone } from './standing.ts';

/** Views that change nothing. */
export type ViewId = 'evidence' | 'timeline' | 'by-hand';

export interface Offered {
  /** Row 1 of the card: the incident. One response of each button. */
  readonly incident: readonly Response[];
  /** Row 2: whoever is in it, what fits best first. */
  readonly user: readonly Response[];
  /** Behind ⋯: responses, then views. */
  readonly more: readonly Response[];
  readonly views: readonly ViewId[];
  /** In the list behind “More responses”: all that is offered, those of one button beside each other. */
  readonly listed: readonly Response[];
  /** Whether the card leads to that list: it says more than the card has room for. */
  readonly hasList: boolean;
}

/** What Slack shows behind ⋯, what of it are views at least, and what is read at a glance in one row. */
const mostBehindMore = 5;
const fewestViews = 2;
const mostInRow = 4;

export function offered(responses: readonly Response[], incident: Incident, reach: ReachSettings): Offered {
  const places = responses.flatMap((response) => {
    const place = response.offered(incident, reach);
    if (place === undefined) return [];
    // What is done leaves its place to what is left.
    return [{ response, place: place === 'user' && isDone(response, { responses, incident, reach }) ? ('listed' as const) : place }];
  });
  const at = (wanted: string): Response[] => {
    const there = places.filter(({ place }) => place === wanted).map(({ response }) => response);
    return firstOfEach(inOrder(there, incident));
  };
  const more = at('more').slice(0, mostBehindMore - fewestViews);
  const user = at('user').slice(0, mostInRow);
  const isBeyond = at('user').length + at('more').length > user.length + more.length || at('listed').length > 0;
  const all = inOrder(
    places.map(({ response }) => response),
    incident,
  );
  return {
    incident: at('incident'),
    user,
    more,
    views: viewsOf(incident, mostBehindMore - more.length),
    listed: all,
    hasList: user.length > 0 || isBeyond,
  };
}

function firstOfEach(all: readonly Response[]): Response[] {
  return all.filter(({ button }, index) => all.findIndex((one) => one.button.id === button.id) === index);
}

/** While an attack is under way, what takes access comes first. Else, and among equals, as each says itself; then in the order of the list. */
function inOrder(all: readonly Response[], incident: Incident): Response[] {
  const isUnderWay = isAttack(incident);
  const waits = ({ access }: Response): number => (isUnderWay && access !== 'takes' ? 1 : 0);
  // What is behind one button goes by the first of them.
  const lead = (response: Response): Response => all.find(({ button }) => button.id === response.button.id) ?? response;
  return all.toSorted((a, b) => {
    const [one, other] = [lead(a), lead(b)];
    const byFit = waits(one) - waits(other) || rankOf(one, incident) - rankOf(other, incident);
    return byFit || all.indexOf(one) - all.indexOf(other) || all.indexOf(a) - all.indexOf(b);
  });
}

const withoutRank = 50;

function rankOf(response: Response, incident: Incident): number {
  return response.rank?.(incident) ?? withoutRank;
}

/** Whether somebody is most likely in who should not be. */
function isAttack(incident: Pick<Incident, 'severity' | 'assessment' | 'ownerQuestions'>): boolean {
  return incident.severity === 'CRITICAL' || isOnOne(incident);
}

/** The timeline leads to the evidence. */
function viewsOf({ status }: Incident, most: number): ViewId[] {
  if (status === 'merged') return ['timeline'];
  const all: ViewId[] = status === 'resolved' ? ['evidence', 'timeline'] : ['by-hand', 'evidence', 'timeline'];
  return all.length > most ? all.filter((view) => view !== 'evidence') : all;
}
