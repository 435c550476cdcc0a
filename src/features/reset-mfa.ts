import { sha256 } from '../domain/digest.ts';
import { asAppError } from '../domain/error.ts';
import { withDeed } from '../domain/incident/deeds.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Result } from '../domain/incident/timeline.ts';
import type { Actor, Ports } from '../domain/ports.ts';
import { deviceKind, deviceName, deviceWords, type MfaDevice, type UserRef } from '../domain/response/iam-user.ts';
import { certainly } from './certainly.ts';
import { planUserChange, type UserPlan } from './plan-user-change.ts';
import { type Answer, type Begun, begin, type Clicker, concluding, type Ended } from './respond.ts';

export type Identified = 'call-back' | 'in-person' | 'video';
const identifiedWords: Record<Identified, string> = {
  'call-back': 'called back on a known number',
  'in-person': 'met in person',
  video: 'seen on video',
};

export interface MfaPlan extends UserPlan {
  /** Newest first. */
  readonly devices: readonly MfaDevice[];
  /** True once this incident holds a password reset of the user: the last device may then go. */
  readonly passwordWasReset: boolean;
}

/** Refused where there is no device, and where they could not be read: which one goes is chosen from the list. */
export async function planMfaReset(ports: Ports, clicker: Clicker, incident: number, ref: UserRef): Promise<Answer<{ plan: MfaPlan }>> {
  const answer = await planUserChange(ports, clicker, incident, 'reset-mfa', ref);
  if (!answer.ok) return answer;
  const { plan } = answer;
  const { devices } = plan.facts;
  if (devices.is === 'not-read') {
    const message = `The MFA devices of ${ref.name} could not be read, so none can be chosen: ${devices.why} Nothing was done.`;
    return { ok: false, reason: 'devices-not-read', message };
  }
  if (devices.value.length === 0) return { ok: false, reason: 'no-device', message: `${ref.name} has no MFA device, so there is none to reset.` };
  return {
    ok: true,
    plan: { ...plan, devices: devices.value, passwordWasReset: plan.incident.passwordsReset.includes(`${ref.account}/${plan.facts.ref.name}`) },
  };
}

/** A short key for a device: Slack's option values are too short for ARNs. */
export function deviceKey(device: MfaDevice): string {
  return sha256(`${device.serial}\n${device.enrolledAt}`).slice(0, 16);
}

export interface MfaRequest {
  readonly incident: number;
  readonly ref: UserRef;
  /** Keys of all devices that the person was shown. */
  readonly shown: readonly string[];
  readonly chosen: readonly string[];
  readonly identified: Identified | undefined;
  readonly why: string;
  readonly seen: number;
}

export async function resetMfa(ports: Ports, clicker: Clicker, request: MfaRequest): Promise<Answer<{ finish: () => Promise<Ended> }>> {
  const answer = await planMfaReset(ports, clicker, request.incident, request.ref);
  if (!answer.ok) return answer;
  const { facts, devices, on, passwordWasReset } = answer.plan;
  const keys = devices.map(deviceKey);
  if (keys.toSorted().join() !== request.shown.toSorted().join()) {
    return { ok: false, reason: 'devices-changed', message: devicesChanged(facts.ref.name) };
  }
  const chosen = devices.filter((device) => request.chosen.includes(deviceKey(device)));
  if (chosen.length === 0) return { ok: false, reason: 'none-chosen', message: 'Choose at least one device.' };
  if (chosen.length === devices.length && !passwordWasReset && request.identified === undefined) {
    return { ok: false, reason: 'last-device', message: lastDeviceText(facts.ref.name) };
  }
  const identified = request.identified ? ` The person was identified: ${identifiedWords[request.identified]}.` : '';
  const text = `${clicker.name} resets ${chosen.length} of ${devices.length} MFA devices of ${on}.${identified}`;
  const intent = {
    clicker,
    incident: request.incident,
    response: 'reset-mfa',
    on,
    changes: facts.ref,
    why: request.why,
    text,
    seen: request.seen,
  } as const;
  const begun = await begin(ports, intent);
  if (!begun.ok) return begun;
  const run = async () => ({ ended: await act(ports, begun.begun, facts.ref, chosen, keys) });
  return { ok: true, finish: async () => (await concluding(ports, begun.begun, run)).ended };
}

function devicesChanged(user: string): string {
  return `The MFA devices of ${user} changed since you were shown them. Nothing was done; open “Reset MFA” again.`;
}

export function lastDeviceText(user: string): string {
  return `This would remove the last MFA device of ${user}, and the password alone would sign in. Reset the password in this incident first, or say how the person was identified outside Slack.`;
}

interface DeviceOutcome {
  readonly text: string;
  /** Whether it can still be used to sign in, as far as is known. */
  readonly off: 'yes' | 'no' | 'unknown';
  /** Whether nothing of it is left to be done. */
  readonly isComplete: boolean;
}

async function act(ports: Ports, begun: Begun, ref: UserRef, chosen: readonly MfaDevice[], shown: readonly string[]): Promise<Ended> {
  // Once more, right before the first change: another incident may be about the same user.
  const now = await ports.identities.devices(ref);
  if (now.map(deviceKey).toSorted().join() !== shown.toSorted().join()) return { result: 'refused', text: devicesChanged(ref.name) };
  const actor: Actor = { person: begun.by, incident: begun.incident.id };
  const outcomes: DeviceOutcome[] = [];
  for (const device of chosen) outcomes.push(await resetDevice(ports, ref, device, actor));
  const off = outcomes.filter((outcome) => outcome.off === 'yes').length;
  const none = off === shown.length;
  const text = `${off} of ${chosen.length} MFA devices of ${ref.name} deactivated.${none ? ` ${ref.name} has none now and must enrol one.` : ''}`;
  const details = outcomes.map((outcome) => outcome.text);
  return {
    result: resultOf(outcomes),
    text,
    details,
    change: (incident, at) => (off === 0 ? incident : afterReset(incident, begun, ref, off, none, at)),
  };
}

function resultOf(outcomes: readonly DeviceOutcome[]): Result {
  if (outcomes.some(({ off }) => off === 'unknown')) return 'unknown';
  if (outcomes.every(({ isComplete }) => isComplete)) return 'done';
  return outcomes.some(({ off }) => off === 'yes') ? 'partly' : 'failed';
}

function afterReset(incident: Incident, begun: Begun, ref: UserRef, off: number, none: boolean, now: number): Incident {
  const left = none ? [...new Set([...incident.leftToDo, `${ref.name} enrols MFA (none yet)`])] : incident.leftToDo;
  const deed = { at: now, by: begun.by, how: 'bot' as const, what: `${off} MFA device${off === 1 ? '' : 's'} of ${ref.name} deactivated` };
  return withDeed(incident, deed, { leftToDo: left, notStopped: [...new Set([...incident.notStopped, `running sessions of ${ref.name}`])] });
}

async function resetDevice(ports: Ports, ref: UserRef, device: MfaDevice, actor: Actor): Promise<DeviceOutcome> {
  const name = `${deviceWords[deviceKind(device.serial)]} ${deviceName(device.serial)}`;
  try {
    const isGone = async (): Promise<boolean> => !(await ports.identities.devices(ref)).some((one) => one.serial === device.serial);
    const how = await certainly(ports, () => ports.identities.deactivate(ref, device.serial, actor), isGone);
    if (how === 'unknown') {
      return {
        off: 'unknown',
        isComplete: false,
        text: `${name}: AWS gave no answer, and whether it is off is not known. Check CloudTrail for DeactivateMFADevice.`,
      };
    }
  } catch (thrown) {
    return { off: 'no', isComplete: false, text: `${name}: not deactivated. ${asAppError(thrown).message}` };
  }
  if (deviceKind(device.serial) !== 'virtual') return { off: 'yes', isComplete: true, text: `${name}: deactivated.` };
  return deleteVirtual(ports, ref, device, actor, name);
}

/** A virtual device that is only deactivated keeps its name, so that the user cannot enrol one of that name. */
async function deleteVirtual(ports: Ports, ref: UserRef, device: MfaDevice, actor: Actor, name: string): Promise<DeviceOutcome> {
  const left = `Until it is deleted, ${ref.name} cannot enrol a device of that name.`;
  try {
    const isGone = async (): Promise<boolean> => !(await ports.identities.virtualDeviceExists(ref.account, device.serial));
    const how = await certainly(ports, () => ports.identities.deleteVirtual(ref.account, device.serial, actor), isGone);
    if (how !== 'unknown') return { off: 'yes', isComplete: true, text: `${name}: deactivated and deleted.` };
    return { off: 'yes', isComplete: false, text: `${name}: deactivated; whether it was deleted is not known. ${left}` };
  } catch (thrown) {
    const why = asAppError(thrown).message.replace('; nothing was changed', '');
    return { off: 'yes', isComplete: false, text: `${name}: deactivated, but not deleted. ${why} ${left}` };
  }
}
