/** How many people and services use a role, and in how many sessions, as far as CloudTrail tells of AssumeRole. Pure. */
import { asObject, asText, type Json } from '../json.ts';

export interface RoleUse {
  readonly people: readonly string[];
  readonly services: readonly string[];
  readonly sessions: number;
  /** What of CloudTrail was not read, as a sentence; undefined: all of the time asked for was. */
  readonly unread: string | undefined;
  /** Hours that were looked back. */
  readonly hours: number;
}

const longestName = 128;

/** @param records of the role's AssumeRole calls, in any order */
export function usersOfRole(records: readonly Json[]): Pick<RoleUse, 'people' | 'services' | 'sessions'> {
  const people = new Set<string>();
  const services = new Set<string>();
  const sessions = new Set<string>();
  for (const record of records.filter(({ errorCode }) => errorCode === undefined)) {
    const { type, invokedBy, userName, arn, principalId } = asObject(record.userIdentity);
    const service = type === 'AWSService' ? asText(invokedBy) : undefined;
    const person = asText(userName) ?? asText(arn)?.split('/').at(-1) ?? asText(principalId);
    if (service !== undefined) services.add(service.slice(0, longestName));
    else if (person !== undefined) people.add(person.slice(0, longestName));
    const credentials = asObject(asObject(record.responseElements).credentials);
    sessions.add(asText(credentials.accessKeyId) ?? asText(record.eventID) ?? '');
  }
  return { people: [...people].toSorted(), services: [...services].toSorted(), sessions: sessions.size };
}

const named = 5;

function listed(all: readonly string[]): string {
  return all.length === 0 ? '' : ` (${all.slice(0, named).join(', ')}${all.length > named ? ', …' : ''})`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `30 people (…) and 2 services (…) took 214 sessions of it in the last 24 h, as far as CloudTrail shows.` */
export function roleUseWords({ people, services, sessions, unread, hours }: RoleUse): string {
  const who = `${counted(people.length, 'person', 'people')}${listed(people)} and ${counted(services.length, 'service', 'services')}${listed(services)}`;
  const whole = unread === undefined ? '' : ` Not all of it was read: ${unread}`;
  return `${who} took ${counted(sessions, 'session', 'sessions')} of it in the last ${hours} h, as far as CloudTrail shows; all of them stop working.${whole}`;
}
