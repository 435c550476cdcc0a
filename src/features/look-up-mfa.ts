import type { Incident } from '../domain/incident/incident.ts';
import type { Result } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { deviceKind, deviceWords, type UserFacts, type UserRef } from '../domain/response/iam-user.ts';
import { devicesWords, keysWords, passwordWords } from '../domain/response/user-words.ts';
import { type Answer, begin, type Clicker, concluding, type Ended } from './respond.ts';

export interface LookedUp {
  readonly facts: UserFacts;
  readonly incident: Incident;
  readonly ended: Ended;
}

/** Reads what IAM says of a user; a summary goes into the thread. `finish` returns undefined facts when AWS did not give them. */
export async function lookUpMfa(
  ports: Ports,
  clicker: Clicker,
  incident: number,
  ref: UserRef,
): Promise<Answer<{ finish: () => Promise<LookedUp | { ended: Ended }> }>> {
  const on = subjectName(ports, ref);
  const text = `${clicker.name} looks up the MFA devices of ${on}.`;
  // A look-up may be repeated as often as one likes: nothing is changed by it.
  const answer = await begin(ports, { clicker, incident, response: 'look-up-mfa', on, why: '', text, seen: Number.MAX_SAFE_INTEGER });
  if (!answer.ok) return answer;
  const { begun } = answer;
  const finish = () =>
    concluding(ports, begun, async () => {
      const facts = await ports.identities.facts(ref);
      const ended: Ended = {
        result: resultOf(facts),
        text: summary(facts, begun.incident, ports.clock.now()),
        details: deviceLines(facts, begun.incident),
      };
      return { facts, incident: begun.incident, ended };
    });
  return { ok: true, finish };
}

/** `alice in prod 123456789012`. */
export function subjectName(ports: Pick<Ports, 'settings'>, ref: UserRef): string {
  const name = ports.settings.accounts.get(ref.account);
  return `${ref.name} in ${name === undefined ? '' : `${name} `}${ref.account}`;
}

/** One line: devices, console password and since when there is one, active keys; what could not be read is named. */
function summary(facts: UserFacts, incident: Incident, now: number): string {
  const { devices } = facts;
  const late = devices.is === 'read' ? devices.value.filter((device) => device.enrolledAt >= incident.firstSignalAt).length : 0;
  const enrolled = `${devicesWords(devices)}${late > 0 ? ` (${late} enrolled after this incident began)` : ''}`;
  return `${facts.ref.name} has: ${[enrolled, passwordWords(facts.password, now), keysWords(facts.keys)].join(' · ')}.`;
}

function resultOf({ devices, password, keys }: UserFacts): Result {
  return [devices, password, keys].every(({ is }) => is === 'read') ? 'done' : 'partly';
}

function deviceLines({ devices }: UserFacts, incident: Incident): string[] {
  if (devices.is === 'not-read') return [];
  return devices.value.map((device) => {
    const since = new Date(device.enrolledAt).toISOString().slice(0, 16).replace('T', ' ');
    const late = device.enrolledAt >= incident.firstSignalAt ? ', after this incident began' : '';
    return `${deviceWords[deviceKind(device.serial)]}: since ${since} UTC${late}`;
  });
}
