/** Which buttons a card shows: a pure function of the incident's state, its subjects, and where the bot can act. */
import type { Incident } from '../incident/incident.ts';
import type { ReachSettings } from './reach.ts';
import type { Response } from './response.ts';

/** Views that change nothing. */
export type ViewId = 'evidence' | 'timeline' | 'by-hand';

export interface Offered {
  /** Row 1 of the card: the incident. One response of each button. */
  readonly incident: readonly Response[];
  /** Row 2: the user. */
  readonly user: readonly Response[];
  /** Behind ⋯: responses, then views. */
  readonly more: readonly Response[];
  readonly views: readonly ViewId[];
}

/** What Slack shows behind ⋯. */
const mostBehindMore = 5;

export function offered(responses: readonly Response[], incident: Incident, reach: ReachSettings): Offered {
  const places = responses.map((response) => ({ response, place: response.offered(incident, reach) }));
  const at = (wanted: string): Response[] => {
    const there = places.filter(({ place }) => place === wanted).map(({ response }) => response);
    return there.filter(({ button }, index) => there.findIndex((one) => one.button.id === button.id) === index);
  };
  const more = at('more');
  return { incident: at('incident'), user: at('user'), more, views: viewsOf(incident, mostBehindMore - more.length) };
}

/** The timeline leads to the evidence. */
function viewsOf({ status }: Incident, most: number): ViewId[] {
  if (status === 'merged') return ['timeline'];
  const all: ViewId[] = status === 'resolved' ? ['evidence', 'timeline'] : ['by-hand', 'evidence', 'timeline'];
  return all.length > most ? all.filter((view) => view !== 'evidence') : all;
}
