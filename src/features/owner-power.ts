/** Whether a user whose owner is asked is an administrator: read in the name of whoever asks, which is an entry. What is not read is not known. */
import { asAppError } from '../domain/error.ts';
import type { Incident, Person } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { type Power, powerOf } from '../domain/response/administrator.ts';
import { targetOf } from '../domain/response/target.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { readingAs, recordRead } from './read-as.ts';

interface Of {
  readonly incident: Incident;
  readonly subject: Subject;
}

/** Never throws: who asks is not kept from asking. */
export async function powerOfSubject(ports: Ports, { id, name }: Person, { incident, subject }: Of): Promise<Power> {
  const target = targetOf(subject, ['iam-user', 'identity-center-user']);
  if (target === undefined) return 'not-known';
  const person = { id, name };
  try {
    await recordRead(ports, person, { incident, label: 'Was this you?', target });
    const { identities, identityCenter } = readingAs(ports, { person, incident: incident.id, response: 'was-this-you' });
    if (target.kind === 'iam-user') return powerOf(await identities.held(target));
    if (target.kind !== 'identity-center-user' || identityCenter === undefined) return 'not-known';
    return powerOf(await identityCenter.held(target));
  } catch (thrown) {
    ports.log.warn({ incident: incident.id, err: asAppError(thrown) }, 'whether a user is an administrator was not read');
    return 'not-known';
  }
}
