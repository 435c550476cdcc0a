import { duration, type Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { deviceKind, deviceWords, type UserFacts, type UserRef } from '../domain/response/iam-user.ts';
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
      const ended: Ended = { result: 'done', text: summary(facts, begun.incident, ports.clock.now()), details: deviceLines(facts, begun.incident) };
      return { facts, incident: begun.incident, ended };
    });
  return { ok: true, finish };
}

/** `alice in prod 123456789012`. */
export function subjectName(ports: Pick<Ports, 'settings'>, ref: UserRef): string {
  const name = ports.settings.accounts.get(ref.account);
  return `${ref.name} in ${name === undefined ? '' : `${name} `}${ref.account}`;
}

/** One line: devices, console password and since when there is one, active keys. */
function summary(facts: UserFacts, incident: Incident, now: number): string {
  const active = facts.keys.filter((key) => key.active).length;
  const late = facts.devices.filter((device) => device.enrolledAt >= incident.firstSignalAt).length;
  const parts = [
    facts.devices.length === 0
      ? 'no MFA device'
      : `${facts.devices.length} MFA device${facts.devices.length === 1 ? '' : 's'}${late > 0 ? ` (${late} enrolled after this incident began)` : ''}`,
    facts.password === undefined ? 'no console password' : `console password set up ${duration(now - facts.password.createdAt)} ago`,
    active === 0 ? 'no active access key' : `${active} active access key${active === 1 ? '' : 's'}`,
  ];
  return `${facts.ref.name} has: ${parts.join(' · ')}.`;
}

function deviceLines(facts: UserFacts, incident: Incident): string[] {
  return facts.devices.map((device) => {
    const since = new Date(device.enrolledAt).toISOString().slice(0, 16).replace('T', ' ');
    const late = device.enrolledAt >= incident.firstSignalAt ? ', after this incident began' : '';
    return `${deviceWords[deviceKind(device.serial)]}: since ${since} UTC${late}`;
  });
}
