import { acknowledge as acknowledged, release as released, takeOver as takenOver } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { type Answer, type Clicker, transition } from './respond.ts';

/** Says that the clicker is on it. A second one is told who was first. */
export function acknowledge(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, incident, 'acknowledge', acknowledged);
}

export function takeOver(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, incident, 'take-over', takenOver);
}

export function release(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, incident, 'release', released);
}
