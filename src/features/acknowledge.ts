import { acknowledge as acknowledged, type Incident, release as released, takeOver as takenOver } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer, Clicker } from './respond.ts';
import { transition } from './transition.ts';

/** Says that the clicker is on it, and on all of its campaign that nobody acknowledged. A second one is told who was first. */
export async function acknowledge(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  const others = (await campaignOf(ports, incident)).filter(({ status }) => status === 'open').map(({ id }) => id);
  return transition(ports, clicker, { response: 'acknowledge', incident, others, step: acknowledged });
}

/** The other incidents of a campaign that are not resolved. */
export async function campaignOf({ store }: Pick<Ports, 'store'>, incident: number): Promise<Incident[]> {
  const { campaign } = (await store.incident(incident)) ?? { campaign: { incidents: [] } };
  const others = await Promise.all(campaign.incidents.map((id) => store.incident(id)));
  return others.filter((one): one is Incident => one?.status === 'open' || one?.status === 'acknowledged');
}

export function takeOver(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, { response: 'take-over', incident, step: takenOver });
}

export function release(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, { response: 'release', incident, step: released });
}
