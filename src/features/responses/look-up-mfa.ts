import { duration, type Incident } from '../../domain/incident/incident.ts';
import type { Result } from '../../domain/incident/timeline.ts';
import { accountWords } from '../../domain/place.ts';
import { type AccessKey, deviceKind, deviceWords, type MfaDevice, type UserFacts } from '../../domain/response/iam-user.ts';
import type { Line } from '../../domain/response/plan.ts';
import type { CallResponse } from '../../domain/response/response.ts';
import { concernsIamUsers } from '../../domain/response/target.ts';
import {
  devicesWords,
  keysWords,
  lastUseWords,
  lateWords,
  passwordWords,
  subjectName,
  userLines,
  withoutStop,
} from '../../domain/response/user-words.ts';
import { utc } from '../../domain/utc.ts';
import { userIn } from '../plan-user-change.ts';

/** Reads what IAM says of a user; a summary goes into the thread. */
export const lookUpMfa: CallResponse = {
  kind: 'call',
  id: 'look-up-mfa',
  label: 'MFA devices',
  button: { id: 'look-up-mfa', label: 'MFA devices', heading: 'MFA', verb: 'Look up' },
  needs: 'responder',
  effect: "Reads the user's MFA devices, password age and access keys from IAM.",
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Nothing to undo',
  target: 'iam-user',
  permissions: [],
  causes: [],
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'user' : undefined),
  plan: async ({ settings }, target) => {
    const ref = userIn(target);
    const on = subjectName(ref, settings.accounts);
    return { ok: true, plan: { target, named: ref.name, on, facts: {}, lines: [], notes: [], warnings: [], questions: [] } };
  },
  intent: ({ on }, by) => `${by.name} looks up the MFA devices of ${on}.`,
  calls: () => [],
  act: async (ports, { target }, { incident }) => {
    const facts = await ports.identities.facts(userIn(target));
    const now = ports.clock.now();
    return {
      result: resultOf(facts),
      text: summary(facts, incident, now),
      details: deviceLines(facts, incident),
      shown: { title: `MFA · ${facts.ref.name}`, blocks: factsBlocks(facts, incident, { now, accounts: ports.settings.accounts }) },
    };
  },
};

/** One line: devices, console password and since when there is one, active keys; what could not be read is named. */
function summary({ ref, devices, password, keys }: UserFacts, { firstSignalAt }: Incident, now: number): string {
  const late = devices.is === 'read' ? devices.value.filter(({ enrolledAt }) => enrolledAt >= firstSignalAt).length : 0;
  const enrolled = `${devicesWords(devices)}${late > 0 ? ` (${late} enrolled after this incident began)` : ''}`;
  return `${ref.name} has: ${[enrolled, passwordWords(password, now), keysWords(keys)].join(' · ')}.`;
}

function resultOf({ devices, password, keys }: UserFacts): Result {
  return [devices, password, keys].every(({ is }) => is === 'read') ? 'done' : 'partly';
}

function deviceLines({ devices }: UserFacts, incident: Incident): string[] {
  if (devices.is === 'not-read') return [];
  return devices.value.map((device) => `${deviceWords[deviceKind(device.serial)]}: since ${utc(device.enrolledAt)}${lateWords(device, incident)}`);
}

interface Seen {
  readonly now: number;
  readonly accounts: ReadonlyMap<string, string>;
}

function factsBlocks(facts: UserFacts, incident: Incident, { now, accounts }: Seen): Line[][] {
  const { ref, devices, keys } = facts;
  return [
    [[{ bold: ref.name }, ` in ${accountWords(ref.account, accounts)}`], ...userLines(facts, now)],
    ...(devices.is === 'read' ? deviceBlocks(devices.value, incident) : []),
    ...(keys.is === 'read' ? keys.value.map((key) => [keyLine(key, now)]) : []),
  ];
}

function deviceBlocks(devices: readonly MfaDevice[], incident: Incident): Line[][] {
  if (devices.length === 0) return [[[{ bold: 'No MFA device.' }, ' The password alone signs in, unless a policy denies it.']]];
  return devices.map((device) => {
    const late = device.enrolledAt >= incident.firstSignalAt ? [{ bold: ' · enrolled after this incident began' }] : [];
    return [[{ bold: deviceWords[deviceKind(device.serial)] }, ' since ', { at: device.enrolledAt }, ...late], [{ code: device.serial }]];
  });
}

function keyLine({ id, active, createdAt, lastUsed }: AccessKey, now: number): Line {
  const used = lastUsed.is === 'read' ? lastUseWords(lastUsed.value, now) : `last use: could not be read: ${withoutStop(lastUsed.why)}`;
  return [`Access key ${id}: `, { bold: active ? 'active' : 'inactive' }, `, ${duration(now - createdAt)} old, ${used}`];
}
