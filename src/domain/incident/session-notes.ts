/** The incident with the sign-in sessions that AWS listed of its subjects. */
import type { SessionNotes } from '../sign-in/session-list.ts';
import type { Incident } from './incident.ts';

const keptSessions = 20;

/** The incident with what was listed of a subject; of very many the newest are kept. */
export function withSessions(incident: Incident, key: string, { at, listed }: SessionNotes): Incident {
  const notes = { at, listed: { ...listed, sessions: listed.sessions.slice(-keptSessions) } };
  return { ...incident, signInSessions: { ...incident.signInSessions, [key]: notes } };
}

/** How many of a subject's sessions were active. */
export function activeSessions({ signInSessions = {} }: Pick<Incident, 'signInSessions'>, key: string): number {
  return Object.hasOwn(signInSessions, key) ? (signInSessions[key]?.listed.sessions.length ?? 0) : 0;
}
