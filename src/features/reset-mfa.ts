import { sha256 } from '../domain/digest.ts';
import { AppError } from '../domain/error.ts';
import { deviceKind, deviceName, deviceWords, type MfaDevice, type UserRef } from '../domain/iam-user.ts';
import { type Incident, withDeed } from '../domain/incident.ts';
import type { Actor, Ports } from '../domain/ports.ts';
import { planUserChange, type UserPlan } from './plan-user-change.ts';
import { type Answer, type Begun, begin, type Clicker, concluding, type Ended } from './respond.ts';

export type Identified = 'call-back' | 'in-person' | 'video';
const identifiedWords: Record<Identified, string> = {
  'call-back': 'called back on a known number',
  'in-person': 'met in person',
  video: 'seen on video',
};

export interface MfaPlan extends UserPlan {
  /** True once this incident holds a password reset of the user: the last device may then go. */
  readonly passwordWasReset: boolean;
}

/** Refused where there is no device. */
export async function planMfaReset(ports: Ports, clicker: Clicker, incident: number, ref: UserRef): Promise<Answer<{ plan: MfaPlan }>> {
  const answer = await planUserChange(ports, clicker, incident, 'reset-mfa', ref);
  if (!answer.ok) return answer;
  const { plan } = answer;
  if (plan.facts.devices.length === 0)
    return { ok: false, reason: 'no-device', message: `${ref.name} has no MFA device, so there is none to reset.` };
  return { ok: true, plan: { ...plan, passwordWasReset: plan.incident.passwordsReset.includes(`${ref.account}/${plan.facts.ref.name}`) } };
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
  const { facts, on, passwordWasReset } = answer.plan;
  const keys = facts.devices.map(deviceKey);
  if (keys.toSorted().join() !== request.shown.toSorted().join()) {
    return {
      ok: false,
      reason: 'devices-changed',
      message: `The MFA devices of ${facts.ref.name} changed since you were shown them. Nothing was done; open “Reset MFA” again.`,
    };
  }
  const chosen = facts.devices.filter((device) => request.chosen.includes(deviceKey(device)));
  if (chosen.length === 0) return { ok: false, reason: 'none-chosen', message: 'Choose at least one device.' };
  if (chosen.length === facts.devices.length && !passwordWasReset && request.identified === undefined) {
    return { ok: false, reason: 'last-device', message: lastDeviceText(facts.ref.name) };
  }
  const identified = request.identified ? ` The person was identified: ${identifiedWords[request.identified]}.` : '';
  const text = `${clicker.name} resets ${chosen.length} of ${facts.devices.length} MFA devices of ${on}.${identified}`;
  const begun = await begin(ports, { clicker, incident: request.incident, response: 'reset-mfa', on, why: request.why, text, seen: request.seen });
  if (!begun.ok) return begun;
  const run = async () => ({ ended: await act(ports, begun.begun, facts.ref, chosen, facts.devices.length - chosen.length) });
  return { ok: true, finish: async () => (await concluding(ports, begun.begun, run)).ended };
}

export function lastDeviceText(user: string): string {
  return `This would remove the last MFA device of ${user}, and the password alone would sign in. Reset the password in this incident first, or say how the person was identified outside Slack.`;
}

interface DeviceOutcome {
  readonly text: string;
  readonly result: 'done' | 'failed' | 'unknown';
}

async function act(ports: Ports, begun: Begun, ref: UserRef, chosen: readonly MfaDevice[], kept: number): Promise<Ended> {
  const actor: Actor = { person: begun.by, incident: begun.incident.id };
  const outcomes: DeviceOutcome[] = [];
  for (const device of chosen) outcomes.push(await resetDevice(ports, ref, device, actor));
  const done = outcomes.filter((outcome) => outcome.result === 'done').length;
  const result = done === outcomes.length ? 'done' : outcomes.some((one) => one.result === 'unknown') ? 'unknown' : done > 0 ? 'partly' : 'failed';
  const none = kept === 0 && done === chosen.length;
  const text = `${done} of ${chosen.length} MFA devices of ${ref.name} removed.${none ? ` ${ref.name} has none now and must enrol one.` : ''}`;
  const details = outcomes.map((outcome) => outcome.text);
  return { result, text, details, change: (incident, now) => (done === 0 ? incident : afterReset(incident, begun, ref, done, none, now)) };
}

function afterReset(incident: Incident, begun: Begun, ref: UserRef, done: number, none: boolean, now: number): Incident {
  const left = none ? [...new Set([...incident.leftToDo, `${ref.name} enrols MFA (none yet)`])] : incident.leftToDo;
  const deed = { at: now, by: begun.by, how: 'bot' as const, what: `${done} MFA device${done === 1 ? '' : 's'} of ${ref.name} removed` };
  return withDeed(incident, deed, { leftToDo: left, notStopped: [...new Set([...incident.notStopped, `running sessions of ${ref.name}`])] });
}

async function resetDevice(ports: Ports, ref: UserRef, device: MfaDevice, actor: Actor): Promise<DeviceOutcome> {
  const name = `${deviceWords[deviceKind(device.serial)]} ${deviceName(device.serial)}`;
  try {
    const deactivated = await certainly(
      () => ports.identities.deactivate(ref, device.serial, actor),
      () => isDeactivated(ports, ref, device),
    );
    if (!deactivated) return { result: 'unknown', text: `${name}: AWS gave no answer and still lists it. Check CloudTrail for DeactivateMFADevice.` };
    if (deviceKind(device.serial) !== 'virtual') return { result: 'done', text: `${name}: deactivated.` };
  } catch (thrown) {
    return { result: 'failed', text: `${name}: not deactivated. ${messageOf(thrown)}` };
  }
  try {
    const deleted = await certainly(
      () => ports.identities.deleteVirtual(ref.account, device.serial, actor),
      async () => !(await ports.identities.virtualDeviceExists(ref.account, device.serial)),
    );
    return deleted
      ? { result: 'done', text: `${name}: deactivated and deleted.` }
      : { result: 'unknown', text: `${name}: deactivated; whether it was deleted is not known.` };
  } catch (thrown) {
    return {
      result: 'failed',
      text: `${name}: deactivated, but not deleted. ${messageOf(thrown)} Until it is, ${ref.name} cannot enrol a device of that name.`,
    };
  }
}

async function isDeactivated(ports: Ports, ref: UserRef, device: MfaDevice): Promise<boolean> {
  return !(await ports.identities.devices(ref)).some((one) => one.serial === device.serial);
}

/** Calls once; after an ambiguous end reads whether it happened. IAM is eventually consistent, so "not yet" is read again. */
async function certainly(call: () => Promise<void>, happened: () => Promise<boolean>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'ambiguous') throw thrown;
  }
  for (let reads = 0; reads < 3; reads++) {
    if (await happened()) return true;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return false;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof AppError ? thrown.message : 'Something went wrong inside the responder.';
}
